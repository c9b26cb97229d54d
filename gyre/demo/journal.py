"""The recent changes of one collection: a bounded ring that watches read from, each at its own pace.

How changes come about: see gyre.demo.store.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec
import orjson

from gyre.demo import refusals

RING = 3_000  # changes of one kind; if all of 20 a second are of one, a client may be away for two minutes


class Held(msgspec.Struct, frozen=True, gc=False):
    """One object as it is stored: encoded once, with what selectors and deletion ask of it beside."""

    key: str
    raw: bytes
    version: int
    namespace: str
    name: str
    uid: str
    labels: dict[str, str]
    fields: dict[str, str]
    owners: tuple[str, ...] = ()
    finalizers: tuple[str, ...] = ()
    deleting: bool = False

    def read(self) -> dict[str, Any]:
        """The object, parsed anew: the caller may change what it gets."""
        manifest: dict[str, Any] = orjson.loads(self.raw)
        return manifest


class ChangeType(StrEnum):
    """What a watch event says happened."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


class Change(msgspec.Struct, frozen=True, gc=False):
    """One change: the object as it is now (or was last), and as it was before."""

    type: ChangeType
    version: int
    held: Held
    before: Held | None = None


class Journal:
    """The ring of one collection. `floor` is the oldest version a watch may start after."""

    def __init__(self, floor: int, *, ring: int = RING) -> None:
        self.floor = floor
        self._ring = ring
        self._changes: deque[Change] = deque()
        self._wake = asyncio.Event()

    def append(self, change: Change) -> None:
        """Keep the change, forget the oldest when full, wake who waits."""
        if len(self._changes) == self._ring:
            self.floor = self._changes.popleft().version
        self._changes.append(change)
        self.wake()

    def forget(self, version: int) -> None:
        """Drop what happened up to this version, as compaction does."""
        while self._changes and self._changes[0].version <= version:
            self._changes.popleft()
        self.floor = max(self.floor, version)

    def after(self, version: int) -> list[Change]:
        """The changes since that version, oldest first; refused when the ring does not reach back so far."""
        if version < self.floor:
            raise refusals.too_old(version, self.floor)
        found = list(self._newer(version))
        found.reverse()
        return found

    def _newer(self, version: int) -> Iterator[Change]:
        for change in reversed(self._changes):
            if change.version <= version:
                return
            yield change

    def newer_than(self, version: int) -> bool:
        """Whether anything happened since that version."""
        return bool(self._changes) and self._changes[-1].version > version

    def wake(self) -> None:
        """Let those who wait look around."""
        self._wake.set()
        self._wake = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Wait for the next change; False when none came in that time."""
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return False
        return True
