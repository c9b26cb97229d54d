"""Refusals as they are told to callers: whatever no resolver has told the audit yet is told here, by the faces.

What a resolver refuses it tells itself, with the true reason, and marks the error (`in_audit`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Protocol

from gyre.audit.entries import Deed, refused_soon
from gyre.audit.sparing import spared
from gyre.errors import GyreError, Invalid, NoSuchCluster, NotAllowed, NotSignedIn, TooLarge, TooOften
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts

ACTION: Final = "request"
LONGEST_WHAT: Final = 500

REFUSALS: Final = (NotSignedIn, NotAllowed, TooOften, TooLarge, Invalid, NoSuchCluster)
"""What is a refusal whoever asked for whatever; an object that does not exist is none, and who may not see one is told
by the resolver."""


class Asks(Protocol):
    """Who asks: it may become known, and change, while a request or a socket lives."""

    @property
    def principal(self) -> Principal | None:
        """Who, None for nobody."""
        ...


@dataclass(slots=True)
class Request:
    """One request or socket: what it is, where it came from, and who asks, once that is known."""

    what: str
    facts: Callable[[], RequestFacts]
    context: Asks | None = None


_now: ContextVar[Request | None] = ContextVar("asking", default=None)


@contextmanager
def answering(what: str, facts: Callable[[], RequestFacts]) -> Iterator[None]:
    """A request is answered inside."""
    token = _now.set(Request(what[:LONGEST_WHAT], facts))
    try:
        yield
    finally:
        _now.reset(token)


def asked_by(context: Asks) -> None:
    """It is known who asks."""
    request = _now.get()
    if request is not None:
        request.context = context


def tell_refusal(error: GyreError, *, of_write: bool = False) -> None:
    """The caller is told of this error. What keeps a write from being tried is a refusal, whatever it is."""
    if not error.in_audit and (of_write or isinstance(error, REFUSALS)):
        error.in_audit = True
        tell_refused(error.code, error.message)


def tell_refused(code: str, why: str, *, field: str = "") -> None:
    """The caller is told that the request cannot be answered: it cannot be read, or is more than is taken."""
    request = _now.get()
    if request is None:
        return
    who, facts = request.context.principal if request.context else None, request.facts()
    unrecorded = spared(who.user_id if who else facts.place, time.monotonic())
    if unrecorded is None:
        return
    details: dict[str, object] = {"what": request.what, "code": code}
    more = {"field": field, "unrecorded": unrecorded}
    details |= {name: value for name, value in more.items() if value}
    refused_soon(Deed(action=ACTION, who=who, facts=facts, details=details), reason=why)
