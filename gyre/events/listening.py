"""Hearing the other processes through Redis: subscribe, notice silence, and say where messages may be missing.

What is done with what was heard is the backend's: see gyre.events.redis_backend.
"""

import asyncio
from collections.abc import Callable, Collection

from redis.asyncio.connection import AbstractConnection

from gyre.events.redis_link import PATIENCE_SECONDS, PING_SECONDS


class Listener:
    """One connection in subscriber mode: a reader, and a writer that keeps the subscriptions as they should be."""

    def __init__(
        self,
        channels: Callable[[], Collection[str]],
        heard: Callable[[str, bytes], None],
        joined: Callable[[str], None],
        alive: Callable[[], None],
    ) -> None:
        self._channels = channels
        self._heard = heard
        self._joined = joined
        self._alive = alive
        self._fresh: set[str] = set()
        self._changed = asyncio.Event()

    def join(self, channel: str) -> None:
        """Somebody wants to hear this channel. It is asked for even if subscribed: the answer marks the moment."""
        self._fresh.add(channel)
        self._changed.set()

    def leave(self) -> None:
        """A channel is not wanted any more."""
        self._changed.set()

    async def use(self, connection: AbstractConnection) -> None:
        """Listen until the connection fails."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(connection), name="bus read")
            tasks.create_task(self._write(connection), name="bus subscribe")

    async def _read(self, connection: AbstractConnection) -> None:
        while True:
            reply = await connection.read_response(timeout=PATIENCE_SECONDS)
            match reply:
                case [b"message", bytes() as channel, bytes() as message]:
                    self._heard(channel.decode(), message)
                case [b"subscribe", bytes() as channel, _]:
                    self._joined(channel.decode())
                case None:
                    raise TimeoutError(f"Redis was silent for {PATIENCE_SECONDS:.0f} s")
            self._alive()

    async def _write(self, connection: AbstractConnection) -> None:
        subscribed: set[str] = set()
        await _command(connection, "PING")
        while True:
            self._changed.clear()
            wanted = set(self._channels())
            fresh = self._fresh & wanted
            self._fresh.clear()
            await self._send(connection, "SUBSCRIBE", (wanted - subscribed) | fresh)
            await self._send(connection, "UNSUBSCRIBE", subscribed - wanted)
            subscribed = wanted
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                await _command(connection, "PING")

    async def _send(self, connection: AbstractConnection, command: str, channels: set[str]) -> None:
        if channels:
            await _command(connection, command, *sorted(channels))


async def _command(connection: AbstractConnection, *words: str) -> None:
    if not connection.is_connected:
        raise ConnectionError("the connection ended")  # sending would open a new one, with nothing subscribed
    await connection.send_command(*words)
