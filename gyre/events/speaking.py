"""Telling the other processes through Redis: a bounded outbox, sent again until Redis has confirmed it.

Whoever publishes never waits. What had to be given up is told to the others as a gap.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from redis.asyncio.connection import AbstractConnection

from gyre.events.metrics import BUS_DROPPED, BUS_MESSAGES
from gyre.events.redis_link import PATIENCE_SECONDS, PING_SECONDS

OUTBOX = 10_000
"""Messages kept while Redis is away: as many changes as a ring holds."""

OUTBOX_BYTES = 32 * 1024 * 1024
"""Bytes kept while Redis is away."""

BATCH = 100
"""Messages sent before waiting for their confirmation: one round trip for each would be one at a time."""

Message = tuple[str, bytes]


class Speaker:
    """What is still to be said, and one connection to say it."""

    def __init__(self, gap: Callable[[str], Message], confirmed: Callable[[], None]) -> None:
        self._gap = gap
        self._confirmed = confirmed
        self._outbox: deque[Message] = deque()
        self._outbox_bytes = 0
        self._lost: dict[str, None] = {}
        self._unconfirmed: list[Message] = []
        self._some = asyncio.Event()

    def say(self, channel: str, message: bytes) -> None:
        """Put a message into the outbox; when it is full, one gap a channel takes the place of all that is in it."""
        if len(self._outbox) >= OUTBOX or self._outbox_bytes + len(message) > OUTBOX_BYTES:
            BUS_DROPPED.labels("outbox").inc(len(self._outbox) + 1)
            self._lost.update(dict.fromkeys([channel, *(kept for kept, _ in self._outbox)]))
            self._outbox.clear()
            self._outbox_bytes = 0
        else:
            self._outbox.append((channel, message))
            self._outbox_bytes += len(message)
        self._some.set()

    async def use(self, connection: AbstractConnection) -> None:
        """Send what waits, until the connection fails."""
        while True:
            if not self._unconfirmed:
                await self._next_batch()
            await self._confirm(connection)

    async def _next_batch(self) -> None:
        try:
            async with asyncio.timeout(PING_SECONDS):
                while not (self._lost or self._outbox):
                    self._some.clear()
                    await self._some.wait()
        except TimeoutError:
            return
        self._unconfirmed = [self._gap(channel) for channel in self._lost]
        self._lost.clear()
        while self._outbox and len(self._unconfirmed) < BATCH:
            message = self._outbox.popleft()
            self._outbox_bytes -= len(message[1])
            self._unconfirmed.append(message)

    async def _confirm(self, connection: AbstractConnection) -> None:
        commands: list[tuple[str | bytes, ...]] = [("PUBLISH", *message) for message in self._unconfirmed] or [
            ("PING",)
        ]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await connection.send_packed_command(connection.pack_commands(commands))
            for _ in commands:
                await connection.read_response()
        BUS_MESSAGES.labels("sent").inc(len(self._unconfirmed))
        self._unconfirmed = []
        self._confirmed()
