"""What one process holds in memory of sessions or tokens, and when it asks the database again.

What is read, and when a single one is over by itself, is known by who keeps it here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

from gyre.auth.version import PeopleVersion
from gyre.clock import Clock

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 10_000
"""Held in memory; those read first are read again."""
TRUSTED_SECONDS = 60.0
"""What is held is believed for so long when the database cannot be asked whether it still holds."""


class Believed(Generic[V]):
    """What rows say, by their ids, without the database as long as nothing changed."""

    def __init__(
        self, version: PeopleVersion, clock: Clock, read: Callable[[list[UUID]], Awaitable[Mapping[UUID, V]]]
    ) -> None:
        self._version = version
        self._clock = clock
        self._read = read
        self._held: OrderedDict[UUID, V] = OrderedDict()
        self._generation = version.generation
        self._renewing = asyncio.Lock()

    async def of(self, key: UUID, *, still: Callable[[V], bool] = lambda _: True) -> V | None:
        """What the row says, None when there is none that holds. What is not `still` true is read again."""
        await self._renew()
        held = self._held.get(key)
        fresh = self._clock.monotonic() - self._version.looked_at <= TRUSTED_SECONDS
        if held is not None and fresh and still(held):
            return held
        generation = self._version.generation
        found = (await self._read([key])).get(key)
        if found is not None and generation == self._version.generation:
            remember(self._held, key, found)
        return found

    def held(self, key: UUID) -> V | None:
        """What is in memory now, be it true or not."""
        return self._held.get(key)

    def forget(self, key: UUID) -> None:
        """It is over: read it again if it is ever asked for."""
        self._held.pop(key, None)

    async def _renew(self) -> None:
        """After a change, read all that is held at once: a thousand open sockets must not cost a thousand queries."""
        if self._generation == self._version.generation:
            return
        async with self._renewing:
            generation = self._version.generation
            if self._generation == generation:
                return
            now = await self._read(list(self._held))
            self._held = OrderedDict((each, now[each]) for each in self._held if each in now)
            self._generation = generation


def remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep it, and forget what was kept first when there is too much."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
