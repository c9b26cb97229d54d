"""Every change of every cluster: of Flux objects, and apart from them of the Kubernetes Events about these.

How they are numbered, kept and told is gyre.events.numbering's. Who may see what is not known here; what a client gets
is gyre.events.hub's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gyre.events.bus import Bus
from gyre.events.numbering import Numbering
from gyre.events.standing import Standing
from gyre.events.tasks import owned_tasks
from gyre.terms.changes import Change, ChangeType, EventChange, Subject
from gyre.terms.events import EventRow
from gyre.terms.naming import ClusterName
from gyre.terms.rows import Row

TOPIC = "feed"
EVENTS_TOPIC = "feed-events"


class EventFeed(Numbering):
    """The changes of Kubernetes Events."""

    async def record(
        self, cluster: ClusterName, what: ChangeType, old: EventRow | None, new: EventRow | None, body: bytes
    ) -> EventChange:
        """Number a change of a cluster begun here, keep it, tell it."""
        position = self._next(cluster)
        change = EventChange(cluster=cluster, position=position, type=what, old=old, new=new, body=body)
        await self._record(change)
        return change


class Feed(Numbering):
    """The changes of objects; `events` are those of Events, whose positions are of another order and their own.

    `standing` tells that a cluster is known otherwise than before.
    """

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus, TOPIC)
        self.events = EventFeed(bus, EVENTS_TOPIC)
        self.standing = Standing(self)

    async def record(
        self, cluster: ClusterName, what: ChangeType, old: Row | None, new: Row | None, body: bytes
    ) -> Change:
        """Number a change of a cluster begun here, keep it, tell it."""
        position = self._next(cluster)
        change = Change(cluster=cluster, position=position, type=what, old=old, new=new, body=body)
        await self._record(change)
        return change

    def about(self, subject: Subject) -> Numbering | Standing:
        """The changes about this subject."""
        if subject is Subject.CLUSTERS:
            return self.standing
        return self.events if subject is Subject.EVENTS else self


@asynccontextmanager
async def open_feed(bus: Bus) -> AsyncIterator[Feed]:
    """The feed of this process, following the others as long as it is open."""
    feed = Feed(bus)
    async with owned_tasks() as tasks:
        feed.run_in(tasks)
        feed.events.run_in(tasks)
        yield feed
