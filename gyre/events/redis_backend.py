"""What broadcaster stands on when there are many processes: Redis, without ever waiting for it.

The process hears itself first and at once; what comes back of its own is dropped. After anything that may have lost
messages, every subscriber gets a gap.
"""

import asyncio
import logging
import secrets

from gyre.events.backends import Gap, LocalBackend
from gyre.events.listening import Listener
from gyre.events.metrics import BUS_CONNECTED, BUS_GAPS, BUS_MESSAGES
from gyre.events.redis_link import Link
from gyre.events.speaking import Message, Speaker

_ORIGIN_BYTES = 12
_SAID = b"m"
_GAP = b"g"

logger = logging.getLogger(__name__)


class RedisBackend(LocalBackend):
    """Broadcaster's backend through Redis; subscribing and publishing never suspend."""

    reaches_others = True

    def __init__(self, url: str) -> None:
        super().__init__()
        self._deaf = "Redis was not reached yet"
        self._mute = ""
        self._origin = secrets.token_bytes(_ORIGIN_BYTES)
        self._link = Link(url)
        self._prefix = f"gyre:{self._link.database}:"
        self._speaker = Speaker(self._gap_message, self._confirmed)
        self._listener = Listener(self._channels, self._heard, self._joined, self._alive)

    @property
    def problem(self) -> str:
        """Why other processes are not reached now; empty when they are."""
        return self._deaf or self._mute

    async def subscribe(self, channel: str) -> None:
        """Hear this topic as soon as Redis is there."""
        await super().subscribe(channel)
        self._listener.join(self._prefix + channel)

    async def unsubscribe(self, channel: str) -> None:
        """Hear it no more."""
        await super().unsubscribe(channel)
        self._listener.leave()

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell this process's own subscribers now, and the others as soon as Redis is there."""
        self.hear(channel, message)
        await self.tell_others(channel, message)

    async def tell_others(self, channel: str, message: bytes) -> None:
        """Tell the others as soon as Redis is there."""
        self._speaker.say(self._prefix + channel, self._origin + _SAID + message)

    async def run(self) -> None:
        """Keep both connections, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.keep(self._listener.use, self._lost_ear), name="bus listener")
            tasks.create_task(self._link.keep(self._speaker.use, self._lost_voice), name="bus speaker")

    def _channels(self) -> list[str]:
        return [self._prefix + topic for topic in self.topics]

    def _gap_message(self, channel: str) -> Message:
        return channel, self._origin + _GAP

    def _heard(self, channel: str, message: bytes) -> None:
        origin, kind, payload = (
            message[:_ORIGIN_BYTES],
            message[_ORIGIN_BYTES : _ORIGIN_BYTES + 1],
            message[_ORIGIN_BYTES + 1 :],
        )
        if origin == self._origin:
            return
        topic = channel.removeprefix(self._prefix)
        BUS_MESSAGES.labels("heard").inc()
        if kind == _SAID:
            self.hear(topic, payload)
        else:
            self._gap_in(topic, "another process gave up messages")

    def _joined(self, channel: str) -> None:
        self._gap_in(channel.removeprefix(self._prefix), "joined")

    def _alive(self) -> None:
        if self._deaf:
            BUS_CONNECTED.set(1)
            logger.info("Other processes are heard through Redis.")
        self._deaf = ""

    def _gap_in(self, topic: str, cause: str) -> None:
        BUS_GAPS.labels(cause).inc()
        self.hear(topic, Gap(cause))

    def _lost_ear(self, problem: str) -> None:
        BUS_CONNECTED.set(0)
        if self._deaf != problem:
            logger.warning("Other processes are not heard: %s", problem)
        self._deaf = problem

    def _lost_voice(self, problem: str) -> None:
        if self._mute != problem:
            logger.warning("Other processes do not hear this one: %s", problem)
        self._mute = problem

    def _confirmed(self) -> None:
        self._mute = ""
