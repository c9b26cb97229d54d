"""Follows one kind with the product's reflector and keeps what it tells, to be compared with the API server's own list.

What the fleet makes of it: see test_fleet.py.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from gyre.clock import SystemClock
from gyre.kube.client import KubeClient
from gyre.kube.listing import list_all
from gyre.kube.reflector import Pace, reflect
from gyre.kube.told import Put, Removed, Replaced, Served, SyncChanged, Told
from gyre.terms.sync import Sync

PATIENCE_SECONDS = 180  # the longest waits of a reflector are half a minute, and can come twice
QUICKLY = Pace(first_seconds=0.1, longest_seconds=1.0, slow_first_seconds=0.5, slow_longest_seconds=1.0)


class Metadata(msgspec.Struct, rename="camel"):
    """What an object is told apart by."""

    name: str
    uid: str
    resource_version: str
    namespace: str = ""


class Head(msgspec.Struct):
    """The start of any object."""

    metadata: Metadata


@dataclass
class Follower:
    """What one reflector told: the objects as they are now, and everything on the way there.

    `told` is each change, `known` every version that was told as there, by a change or in a list.
    """

    client: KubeClient
    served: Served
    objects: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)
    states: list[SyncChanged] = field(default_factory=list)
    replacements: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sync(self) -> Sync | None:
        return self.states[-1].state.sync if self.states else None

    @property
    def told_once(self) -> bool:
        return len(self.told) == len(set(self.told))

    def take(self, told: Told) -> None:
        match told:
            case SyncChanged():
                self.states.append(told)
            case Replaced(objects=objects):
                self.replacements += 1
                heads = [_head(raw) for raw in objects]
                self.objects = {it.uid: it.resource_version for it in heads}
                self.known |= set(self.objects.items())
            case Put(raw=raw):
                self.told.append((_head(raw).uid, _head(raw).resource_version))
                self.objects[_head(raw).uid] = _head(raw).resource_version
                self.known.add(self.told[-1])
            case Removed(raw=raw):
                self.told.append((_head(raw).uid, _head(raw).resource_version))
                self.objects.pop(_head(raw).uid, None)
        self._changed.set()

    async def until(self, what: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when this is true of what was told."""
        async with asyncio.timeout(seconds):
            while not what():
                self._changed.clear()
                await self._changed.wait()

    async def is_live(self) -> None:
        await self.until(lambda: self.sync is Sync.LIVE)

    async def equals_a_fresh_list(self, fresh_from: KubeClient) -> None:
        """Return when what is known is what a fresh list says; a list taken too early is taken again."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                fresh = await list_all(fresh_from, self.served)
                expected = {head.uid: head.resource_version for head in map(_head, fresh.objects)}
                if self.objects == expected:
                    return
                self._changed.clear()
                await asyncio.wait([asyncio.ensure_future(self._changed.wait())], timeout=0.5)


def _head(raw: bytes) -> Metadata:
    return msgspec.json.decode(raw, type=Head).metadata


@asynccontextmanager
async def following(client: KubeClient, served: Served, *, pace: Pace = QUICKLY) -> AsyncIterator[Follower]:
    """Follow while inside, from the moment that the kind is live."""
    follower = Follower(client, served)

    async def follow() -> None:
        async with aclosing(reflect(client, served, SystemClock(), pace=pace)) as telling:
            async for one in telling:
                follower.take(one)

    task = asyncio.create_task(follow())
    try:
        await follower.is_live()
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
