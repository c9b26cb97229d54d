"""A client of a WebSocket that talks over and over and reads nothing, as the server has it: no send to it ends."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain, cycle

from starlette.types import Message


class Deaf:
    """What it says once, and then again and again; of what is sent to it, so many first messages get through."""

    def __init__(
        self, words: Sequence[str], *, first: Sequence[str] = (), hears: int = 0, pause_seconds: float
    ) -> None:
        self._words: Iterator[str] = chain(first, cycle(words))
        self._connected = False
        self._hears = hears
        self._pause_seconds = pause_seconds
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        await asyncio.sleep(self._pause_seconds)
        return {"type": "websocket.receive", "text": next(self._words)}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message["type"] == "websocket.send":
            self._hears -= 1
            if self._hears < 0:
                await asyncio.Event().wait()
