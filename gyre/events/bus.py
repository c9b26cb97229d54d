"""The one door to what is said between Gyre's parts and its processes, behind broadcaster's API.

A process always hears itself at once, whatever Redis does. What the messages mean is their topic's own matter.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from broadcaster import Broadcast, Event

from gyre.events.backends import Gap, LocalBackend, Payload, payload_of
from gyre.events.metrics import BUS_DROPPED, BUS_GAPS
from gyre.events.redis_backend import RedisBackend
from gyre.events.tasks import Tasks, owned_tasks

SUBSCRIBER_BACKLOG = 4_096
"""Messages one subscriber may leave unread: two seconds of 2,000 a second. Then they become one gap."""


class Subscription:
    """What one subscriber has not read yet: an endless asynchronous iterator of messages and gaps."""

    def __init__(self) -> None:
        self._waiting: deque[Payload] = deque()
        self._some = asyncio.Event()

    def offer(self, payload: Payload) -> None:
        """Put a message into the queue, or one gap in the place of all that is in it."""
        if len(self._waiting) >= SUBSCRIBER_BACKLOG:
            BUS_DROPPED.labels("subscriber").inc(len(self._waiting))
            BUS_GAPS.labels("slow subscriber").inc()
            self._waiting.clear()
            self._waiting.append(Gap("slow subscriber"))
        self._waiting.append(payload)
        self._some.set()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Payload:
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()


class Bus:
    """Topics one can publish to and subscribe to. Messages may come twice after a gap; they never come out of order."""

    def __init__(self, backend: LocalBackend, broadcast: Broadcast, tasks: Tasks) -> None:
        self._backend = backend
        self._broadcast = broadcast
        self._tasks = tasks

    @property
    def reaches_others(self) -> bool:
        """Whether there can be other processes at all; False in memory."""
        return self._backend.reaches_others

    @property
    def problem(self) -> str:
        """Why the others can't be heard now; empty when they can, or when there are none."""
        return self._backend.problem

    async def publish(self, topic: str, payload: bytes) -> None:
        """Say it to everyone, this process included. Never waits for Redis."""
        await self._broadcast.publish(topic, payload)

    async def tell_others(self, topic: str, payload: bytes) -> None:
        """Say it to the other processes only. Never waits for Redis."""
        await self._backend.tell_others(topic, payload)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[Subscription]:
        """Hear a topic from now on. Through Redis the first thing heard is a gap: what was said before is unknown."""
        async with self._broadcast.subscribe(topic) as events:
            subscription = Subscription()
            pump = self._tasks.start(_pump(events, subscription), name=f"bus {topic}")
            try:
                yield subscription
            finally:
                pump.cancel()


class _Events(Protocol):
    """The part of broadcaster's subscriber that is used here."""

    async def get(self) -> Event:
        """The next event."""
        ...


async def _pump(events: _Events, subscription: Subscription) -> None:
    """Empty broadcaster's queue, which has no bound, into the subscriber's, which has one."""
    while True:
        event = await events.get()
        subscription.offer(payload_of(event))


@asynccontextmanager
async def open_bus(redis_url: str | None) -> AsyncIterator[Bus]:
    """The bus of this process: in memory, or through Redis when there is an address."""
    backend = LocalBackend() if redis_url is None else RedisBackend(redis_url)
    async with owned_tasks() as tasks, Broadcast(backend=backend) as broadcast:
        tasks.start(backend.run(), name="bus link")
        yield Bus(backend, broadcast, tasks)
