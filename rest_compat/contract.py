"""What each endpoint says of itself: what it takes, what it answers, with what it may refuse.

The document is made of it by openapi, and requests are read by it in reading: so the two cannot differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar

import msgspec

from gyre import errors
from gyre.errors import GyreError

Handler = TypeVar("Handler", bound=Callable[..., Any])
Refusals = tuple[type[GyreError], ...]

JSON: Final = "application/json"
YAML: Final = ("application/yaml", "application/x-yaml")
SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

OBJECTS: Final[Refusals] = (errors.NoSuchKind, errors.NoSuchCluster, errors.NotSynced)
"""What is answered about objects of a kind that is not there, or not read yet."""

ONE: Final[Refusals] = (*OBJECTS, errors.NoSuchResource)
"""The same, about one object."""

LIVE: Final[Refusals] = (errors.RefusedByCluster, errors.ClusterUnreachable, errors.TimedOut)
"""What is answered when the cluster itself has to be asked."""

WRITES: Final[Refusals] = (*ONE, *LIVE, errors.NotAllowed, errors.Conflict, errors.RejectedByCluster)
"""What is answered to a write of an object."""


class Who(Enum):
    """Whom an endpoint answers."""

    EVERYONE = "everyone"
    ONESELF = "oneself"
    """Whoever is signed in, even who must change their password first."""
    SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its body, its headers beside those that all have, and what it means.

    `body` None: there is none; bytes: JSON Schema has no words for it.
    """

    body: Any = None
    media_type: str = JSON
    headers: tuple[str, ...] = ()
    meaning: str = ""
    example: object = None


NAMED: Final = ("ETag", "Vary")
"""Headers of an answer that one has to be sent again only when it has changed."""

UNCHANGED: Final = Answer(headers=NAMED, meaning="What was sent as `If-None-Match` still holds.")


@dataclass(frozen=True, slots=True)
class Body:
    """The body that an endpoint takes; `optional` when it may be left out, `manifest` when it may be YAML, too."""

    kind: type[msgspec.Struct]
    example: Mapping[str, object]
    optional: bool = False
    manifest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An endpoint in its own words. `refuses` are what it answers beside what every endpoint does."""

    summary: str
    tag: str
    answers: Mapping[int, Answer]
    who: Who = Who.SIGNED_IN
    query: type[msgspec.Struct] | None = None
    body: Body | None = None
    refuses: Refusals = ()
    http: tuple[int, ...] = ()
    """The same, of what HTTP itself adds: by status."""

    def __call__(self, handler: Handler) -> Handler:
        """Say it of this handler."""
        _SAID[handler] = self
        return handler


_SAID: dict[Callable[..., Any], Operation] = {}


def said_of(handler: Callable[..., Any]) -> Operation:
    """What a handler says of itself. Raises LookupError for one that is silent."""
    return _SAID[handler]
