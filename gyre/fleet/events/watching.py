"""The one watch of a cluster's Events. Whatever happens to it, the cluster's objects are known as well as before.

What is told goes to gyre.fleet.events.keeping.
"""

import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from gyre.clock import Clock
from gyre.events.feed import EventFeed
from gyre.fleet.events.keeping import EventKeeper
from gyre.fleet.events.store import EventShelf
from gyre.fleet.health import problem_of
from gyre.flux.events import EVENT, NOT_ABOUT, VERSION
from gyre.kube.client import KubeClient
from gyre.kube.reflector import reflect
from gyre.kube.told import Put, Removed, Replaced, Served, SyncChanged, Told
from gyre.terms.sync import Sync, SyncState

AFTER_MISTAKE_SECONDS = 30.0
"""A watch that met a mistake of our own begins again after this long."""

SERVED = Served(kind=EVENT, version=VERSION, fields=NOT_ABOUT)

log = logging.getLogger(__name__)


class EventWatch:
    """The Events of one cluster, as long as it is registered."""

    def __init__(
        self, shelf: EventShelf, keeper: EventKeeper, feed: EventFeed, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self._shelf = shelf
        self._keeper = keeper
        self._feed = feed
        self._clock = clock
        self._changed = changed

    @property
    def settled(self) -> bool:
        """Whether they were read, or could not be."""
        return self._shelf.state.sync is not Sync.SYNCING

    async def run(self, client: KubeClient) -> None:
        """Watch for ever."""
        while True:
            try:
                async with aclosing(reflect(client, SERVED, self._clock)) as told:
                    async for one in told:
                        await self._hear(one)
            except Exception as error:  # a mistake of ours here must not stop the watches of objects
                log.exception("%s: watching Events failed", self._shelf.cluster)
                self.become(SyncState(sync=Sync.ERROR, since=self._clock.now(), problem=f"Gyre failed: {error}"))
                await self._clock.sleep(AFTER_MISTAKE_SECONDS)

    def become(self, state: SyncState) -> None:
        """The watch is in this state now; what was read once is stale without it, not unread."""
        shelf = self._shelf
        before = problem_of(shelf)
        if shelf.synced and state.sync in (Sync.SYNCING, Sync.ERROR):
            since = shelf.state.since if shelf.state.sync is Sync.STALE else state.since
            state = replace(state, sync=Sync.STALE, since=since)
        shelf.state = state
        after = problem_of(shelf)
        if (before and before.code) != (after and after.code):
            self._feed.reread(shelf.cluster)
        self._changed()

    async def _hear(self, told: Told) -> None:
        shelf = self._shelf
        match told:
            case Replaced(objects=objects):
                await self._keeper.replace(shelf, objects)
                self._changed()
            case Put(raw):
                await self._keeper.put(shelf, raw)
            case Removed(raw):
                await self._keeper.remove(shelf, raw)
            case SyncChanged(state):
                self.become(state)
