"""What a face hands to the hub for one live subscription: who sits where, and how frames are made there.

Queues and delivery: see gyre.events.members and gyre.events.cohorts.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gyre.events.news import News
from gyre.terms.changes import Subject

F = TypeVar("F")
"""A frame, ready to be sent: text or bytes, as the face likes."""


class EachChange(ABC, Generic[F]):
    """Makes one frame of each piece of news, once for all who share the seat."""

    @abstractmethod
    async def render(self, news: News) -> F | None:
        """The frame, or None when these viewers see nothing of it.

        For a Resync that names no cluster there must be a frame: it is what a viewer gets instead of what was lost.
        """


class Latest(ABC, Generic[F]):
    """Makes a frame of how things are now; viewers get the newest, at most four a second."""

    def concerns(self, news: News) -> bool:  # noqa: ARG002 # for those who narrow it
        """Whether this news can change the frame."""
        return True

    @abstractmethod
    async def render(self) -> F:
        """The frame as of now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat(Generic[F]):
    """Where a subscription belongs, and through which session its viewer came (for an API token: the token's id).

    Equal keys share frames: a key holds all that a frame depends on (document, variables, scope of rights). Only news
    of its subject reach a seat.
    """

    key: Hashable
    renderer: EachChange[F] | Latest[F]
    user_id: str
    session_id: str
    subject: Subject = Subject.OBJECTS


Seating = Callable[[], Awaitable[Seat[F]]]
"""Says where the subscription belongs now, from the rights of now: asked again whenever they may have changed.

Raises NotSignedIn or NotAllowed when it may not be any more; its reader gets that error.
"""
