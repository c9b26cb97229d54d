"""What broadcaster stands on when there is one process: an inbox with a bound.

Between processes: see gyre.events.redis_backend.
"""

from asyncio import Queue, QueueFull
from dataclasses import dataclass
from typing import Final, cast

from broadcaster import BroadcastBackend, Event

from gyre.events.metrics import BUS_DROPPED, BUS_GAPS

INBOX = 16_384
"""Messages on their way to subscribers: eight seconds of 2,000 a second. Beyond it every topic gets a gap instead."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a subscriber gets when messages before this point may be missing."""

    cause: str


Payload = bytes | Gap


class LocalBackend(BroadcastBackend):
    """Hands what this process publishes to its own subscribers; nothing here suspends but waiting for the next."""

    reaches_others: bool = False

    def __init__(self) -> None:
        self.topics: Final[set[str]] = set()
        self._inbox: Queue[Event] = Queue(INBOX)

    @property
    def problem(self) -> str:
        """Why other processes are not reached now; empty when they are, or when there are none."""
        return ""

    async def connect(self) -> None:
        """Nothing to connect to."""

    async def disconnect(self) -> None:
        """Nothing to leave."""

    async def subscribe(self, channel: str) -> None:
        """Broadcaster has its first subscriber for this topic."""
        self.topics.add(channel)

    async def unsubscribe(self, channel: str) -> None:
        """Broadcaster's last subscriber for this topic left."""
        self.topics.discard(channel)

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell this process's own subscribers."""
        self.hear(channel, message)

    async def tell_others(self, channel: str, message: bytes) -> None:
        """There are no others."""

    async def run(self) -> None:
        """Nothing runs besides."""

    async def next_published(self) -> Event:
        """Broadcaster's listener waits here; it must never see an exception, or it ends in silence."""
        return await self._inbox.get()

    def hear(self, channel: str, payload: Payload) -> None:
        """Put what was said on its way; when too much waits already, all of it becomes one gap a topic."""
        if channel not in self.topics:
            return
        try:
            self._inbox.put_nowait(_event(channel, payload))
        except QueueFull:
            self._give_up_inbox()

    def gap(self, cause: str) -> None:
        """Tell every subscriber that messages may be missing."""
        BUS_GAPS.labels(cause).inc()
        for topic in sorted(self.topics):
            self.hear(topic, Gap(cause))

    def _give_up_inbox(self) -> None:
        BUS_DROPPED.labels("inbox").inc(self._inbox.qsize())
        while not self._inbox.empty():
            self._inbox.get_nowait()
        self.gap("inbox full")


def payload_of(event: Event) -> Payload:
    """What an event of this backend carries."""
    return cast("Payload", event.message)


def _event(channel: str, payload: Payload) -> Event:
    return Event(channel, payload)  # type: ignore[arg-type] # annotated as text; broadcaster only passes it on
