"""Takes what the watch of Events tells into the store, and records each difference in the feed, in the same order.

Only Events about Flux objects get in; at a bound the oldest give way, which is told as any removal is.
"""

import asyncio
import logging
from collections import Counter

import msgspec

from gyre.errors import Invalid
from gyre.events.feed import EventFeed
from gyre.fleet.cache import Cache
from gyre.fleet.events.store import PER_CLUSTER, PER_OBJECT, PLACE, About, EventShelf, EventStore, HeldEvent, Key, held
from gyre.flux.events import known_kind, take_event
from gyre.terms.changes import ChangeType
from gyre.terms.naming import ClusterName, Kind

BATCH = 100
"""Events taken in before others get a turn: about 4 ms."""

FLOOD = 200
"""A first list with more Events than this is told as one RESYNC instead of as many additions."""

log = logging.getLogger(__name__)


class _Metadata(msgspec.Struct, frozen=True):
    name: str = ""
    namespace: str = ""


class _Identity(msgspec.Struct, frozen=True):
    metadata: _Metadata


_identity_decoder = msgspec.json.Decoder(_Identity)


class EventKeeper:
    """The only writer of the store of Events."""

    def __init__(self, store: EventStore, cache: Cache, feed: EventFeed) -> None:
        self._store = store
        self._cache = cache
        self._feed = feed

    async def replace(self, shelf: EventShelf, objects: tuple[bytes, ...]) -> None:
        """These are all Events: record how those about Flux objects differ from what was kept."""
        found = await self._take_all(shelf, objects)
        kept, given_up = _newest(found)
        flood = not shelf.synced and len(kept) > FLOOD
        there = {event.key for event in kept}
        for key in [key for key in shelf.events if key not in there]:
            await self._drop(shelf, key)
        for count, event in enumerate(kept, 1):
            await self._accept(shelf, event, silent=flood)
            if count % BATCH == 0:
                await asyncio.sleep(0)
        shelf.forget_given_up()
        for event in given_up:
            shelf.give_up(event.key, event.about)
        shelf.synced = True
        if flood:
            await self._feed.begin(shelf.cluster)

    async def put(self, shelf: EventShelf, raw: bytes) -> None:
        """The Event is new, or was told again."""
        event = self._take(shelf, raw)
        if event is not None:
            await self._accept(shelf, event)
            for oldest in tuple(shelf.too_many(event.about)):
                await self._drop(shelf, oldest.key)
                shelf.give_up(oldest.key, oldest.about)

    async def remove(self, shelf: EventShelf, raw: bytes) -> None:
        """Kubernetes has removed the Event."""
        try:
            gone = _identity_decoder.decode(raw).metadata
        except msgspec.MsgspecError as error:
            log.warning("%s: a deleted Event can't be read: %s", shelf.cluster, error)
            return
        await self._drop(shelf, (gone.namespace, gone.name))

    async def _take_all(self, shelf: EventShelf, objects: tuple[bytes, ...]) -> list[HeldEvent]:
        shelf.unreadable = 0
        found = []
        for start in range(0, len(objects), BATCH):
            found += [event for raw in objects[start : start + BATCH] if (event := self._take(shelf, raw))]
            await asyncio.sleep(0)
        return found

    def _take(self, shelf: EventShelf, raw: bytes) -> HeldEvent | None:
        try:
            taken = take_event(shelf.cluster, raw, lambda group, name: self._kind(shelf.cluster, group, name))
        except Invalid as error:
            shelf.unreadable += 1
            log.warning("%s: an Event can't be read: %s", shelf.cluster, error.message)
            return None
        return held(taken) if taken else None

    def _kind(self, cluster: ClusterName, group: str, name: str) -> Kind | None:
        """The Flux kind, by the table or as this cluster serves it."""
        shelves = self._cache.shelves(cluster)
        served = (shelf.kind for shelf in shelves if (shelf.kind.group, shelf.kind.name) == (group, name))
        return next(served, None) or known_kind(group, name)

    async def _accept(self, shelf: EventShelf, event: HeldEvent, *, silent: bool = False) -> None:
        kept = shelf.events.get(event.key)
        if kept and (kept.row.uid, kept.row.resource_version) == (event.row.uid, event.row.resource_version):
            return
        if kept and kept.row.uid != event.row.uid:
            await self._drop(shelf, event.key)  # another Event that took the name
        old = self._store.put(shelf, event)
        if not silent:
            what = ChangeType.MODIFIED if old else ChangeType.ADDED
            await self._feed.record(shelf.cluster, what, old.row if old else None, event.row, event.body)

    async def _drop(self, shelf: EventShelf, key: Key) -> None:
        old = self._store.drop(shelf, key)
        if old is not None:
            await self._feed.record(shelf.cluster, ChangeType.DELETED, old.row, None, old.body)


def _newest(found: list[HeldEvent]) -> tuple[list[HeldEvent], list[HeldEvent]]:
    """What is kept of a list, from the oldest on, and what is not."""
    kept: list[HeldEvent] = []
    given_up: list[HeldEvent] = []
    counts: Counter[About] = Counter()
    for event in sorted(found, key=PLACE, reverse=True):
        fits = len(kept) < PER_CLUSTER and counts[event.about] < PER_OBJECT
        (kept if fits else given_up).append(event)
        counts[event.about] += fits
    kept.reverse()
    return kept, given_up
