"""Takes what reflectors and writes tell into the cache, and records each difference in the feed, in the same order.

An object never goes back: what is older than the object kept, or was deleted, changes nothing.
"""

import asyncio
import logging

import msgspec

from gyre.errors import Invalid
from gyre.events.feed import Feed
from gyre.fleet.cache import Cache, Held, Key, Shelf
from gyre.flux.intake import Taken, take
from gyre.terms.changes import ChangeType
from gyre.terms.rows import Row

BATCH = 100
"""Objects taken in before others get a turn: about 6 ms."""

FLOOD = 200
"""A kind first read with more objects than this is told as one RESYNC instead of as many additions."""

log = logging.getLogger(__name__)


class _Metadata(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    namespace: str = ""
    uid: str = ""


class _Identity(msgspec.Struct, frozen=True):
    metadata: _Metadata


_identity_decoder = msgspec.json.Decoder(_Identity)


def newer(version: str, than: str) -> bool:
    """Whether one resourceVersion came after another; where they are no numbers, what is told later is newer."""
    if version.isdecimal() and than.isdecimal():
        return int(version) > int(than)
    return version != than


class Keeper:
    """The only writer of the cache."""

    def __init__(self, cache: Cache, feed: Feed) -> None:
        self._cache = cache
        self._feed = feed

    async def replace(self, shelf: Shelf, objects: tuple[bytes, ...], resource_version: str) -> None:
        """These are all objects of the kind, as of this version: record how that differs from what was kept."""
        taken = await self._take_all(shelf, objects)
        restored = bool(shelf.listed_at) and newer(shelf.listed_at, resource_version) and shelf.listed_at.isdecimal()
        if restored:
            shelf.forget_deletions()
        flood = not shelf.synced and len(taken) > FLOOD
        there: set[Key] = set()
        for one in taken:
            there.add((one.row.namespace, one.row.name))
            await self._accept(shelf, one, restored=restored, silent=flood)
        for key, held in tuple(shelf.objects.items()):
            if key not in there and (restored or not newer(held.row.resource_version, resource_version)):
                await self._drop(shelf, key)
        shelf.synced = True
        shelf.listed_at = resource_version
        if flood:
            await self._feed.begin(shelf.cluster)

    async def put(self, shelf: Shelf, raw: bytes) -> Held | None:
        """The object is new or has changed; what is kept now, or None when it cannot be read or was deleted."""
        taken = self._take(shelf, raw)
        if taken is None:
            return None
        await self._accept(shelf, taken)
        return shelf.objects.get((taken.row.namespace, taken.row.name))

    async def remove(self, shelf: Shelf, raw: bytes) -> None:
        """The object does not exist any more. One of the same name that came after it stays."""
        try:
            gone = _identity_decoder.decode(raw).metadata
        except msgspec.MsgspecError as error:
            log.warning("%s: a deleted object of %s can't be read: %s", shelf.cluster, shelf.kind, error)
            return
        shelf.bury(gone.uid)
        held = shelf.objects.get((gone.namespace, gone.name))
        if held and held.row.uid == gone.uid:
            await self._drop(shelf, (gone.namespace, gone.name))

    async def clear(self, shelf: Shelf) -> None:
        """The kind is not served any more."""
        for key in tuple(shelf.objects):
            await self._drop(shelf, key)

    async def _take_all(self, shelf: Shelf, objects: tuple[bytes, ...]) -> list[Taken]:
        """Read all of them before any is kept, so that nobody sees half a list."""
        shelf.unreadable = 0
        found = []
        for start in range(0, len(objects), BATCH):
            found += [taken for raw in objects[start : start + BATCH] if (taken := self._take(shelf, raw))]
            await asyncio.sleep(0)
        return found

    def _take(self, shelf: Shelf, raw: bytes) -> Taken | None:
        try:
            return take(shelf.cluster, shelf.kind, shelf.version, raw)
        except Invalid as error:
            shelf.unreadable += 1
            log.warning("%s: an object of %s can't be read: %s", shelf.cluster, shelf.kind, error.message)
            return None

    async def _accept(self, shelf: Shelf, taken: Taken, *, restored: bool = False, silent: bool = False) -> None:
        row = taken.row
        key = (row.namespace, row.name)
        old = shelf.objects.get(key)
        if old and (old.row.uid, old.row.resource_version) == (row.uid, row.resource_version):
            if old.row.version != row.version:
                self._cache.put(shelf, taken)  # the same object in another version's words: nothing to tell
            return
        if not restored and _is_late(shelf, row, old):
            return
        if old and old.row.uid != row.uid:
            await self._drop(shelf, key)
            await self._accept(shelf, taken, restored=restored, silent=silent)  # others had a turn: look again
            return
        new = self._cache.put(shelf, taken)
        if not silent:
            what = ChangeType.MODIFIED if old else ChangeType.ADDED
            await self._feed.record(shelf.cluster, what, old.row if old else None, new.row, new.body)

    async def _drop(self, shelf: Shelf, key: Key) -> None:
        old = self._cache.drop(shelf, key)
        await self._feed.record(shelf.cluster, ChangeType.DELETED, old.row, None, old.body)


def _is_late(shelf: Shelf, row: Row, old: Held | None) -> bool:
    """Whether this was told after something newer of the same object, or of the one that took its name."""
    return shelf.buried(row.uid) or (old is not None and not newer(row.resource_version, old.row.resource_version))
