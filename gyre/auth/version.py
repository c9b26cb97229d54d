"""When people or their rights change: a number in the database that every process looks at, and a wake-up in this one.

What changed is not said: who holds something read it again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from gyre.clock import Clock
from gyre.errors import Unavailable
from gyre.events.bus import Bus
from gyre.events.notices import people_changes, tell_people_changed
from models.asking import asking_the_database
from models.people import Version

LOOK_EVERY_SECONDS = 5.0
TOPIC = "people"

log = logging.getLogger(__name__)


class PeopleVersion:
    """Raised with each change of a user, a session or a right; waited for by whoever has to act on it at once."""

    def __init__(self, clock: Clock, bus: Bus | None = None) -> None:
        self._clock = clock
        self._bus = bus
        self._known: int | None = None
        self._turn = asyncio.Event()
        self.generation = 0
        self.looked_at = clock.monotonic()

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[BaseDBAsyncClient]:
        """A transaction that changes people or rights; when it is committed, every process is told.

        The number is raised first and in it, so such changes take turns, and none is committed without being told.
        """
        with asking_the_database():
            async with in_transaction() as transaction:
                await transaction.execute_query(
                    f"INSERT INTO versions (topic, n) VALUES ('{TOPIC}', 1) "  # noqa: S608  a constant
                    "ON CONFLICT (topic) DO UPDATE SET n = versions.n + 1"
                )
                yield transaction
        self._wake()
        if self._bus is not None:
            await tell_people_changed(self._bus)

    async def raise_it(self) -> None:
        """Tell every process of a change that is committed already."""
        async with self.changing():
            return

    async def look(self) -> None:
        """Compare with the database once."""
        with asking_the_database():
            row = await Version.get_or_none(topic=TOPIC)
        self.looked_at = self._clock.monotonic()
        now = row.n if row else 0
        if self._known is not None and now != self._known:
            self._wake()
        self._known = now

    async def keep_looking(self) -> None:
        """Look for as long as the process lives; a database that is away is said once and asked again."""
        away = False
        while True:
            try:
                await self.look()
            except Unavailable as problem:
                if not away:
                    log.warning("sessions cannot be compared with the database: %s", problem.__cause__)
                away = True
            else:
                away = False
            await self._clock.sleep(LOOK_EVERY_SECONDS)

    async def keep_hearing(self) -> None:
        """Look whenever another process says that it changed something; without a bus there is nothing to hear."""
        if self._bus is None:
            return
        async for _ in people_changes(self._bus):
            with suppress(Unavailable):  # said by whoever keeps looking
                await self.look()

    async def changed_since(self, generation: int, *, within_seconds: float | None = None) -> None:
        """Return as soon as this process knows of a change after this generation, or when so long has passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                while self.generation == generation:
                    await self._turn.wait()

    def _wake(self) -> None:
        self.generation += 1
        self._turn.set()
        self._turn = asyncio.Event()
