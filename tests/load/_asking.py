"""Asking over and over on kept connections, as cheaply as Python can: the client must not be what is measured."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, repeat
from typing import Any

END = b"\r\n\r\n"
LENGTH = b"content-length: "
UNCHANGED = b"HTTP/1.1 304"
TAKEN = (b"HTTP/1.1 200", UNCHANGED)


@dataclass(slots=True)
class Answered:
    """What came of it."""

    seconds: float
    took: list[float] = field(default_factory=list)
    unchanged: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    @property
    def late(self) -> float:
        """The 99th percentile, in milliseconds."""
        return sorted(self.took)[int(len(self.took) * 0.99)] * 1e3


class _Asker(asyncio.Protocol):
    """One connection: asks, counts the answer's bytes, asks again."""

    def __init__(self, requests: Iterator[bytes], answered: Answered) -> None:
        self._requests, self._answered = requests, answered
        self._until = time.perf_counter() + answered.seconds
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = 0
        self._head = b""
        self._began = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        if not self._left:
            self._head += data
            head, end, data = self._head.partition(END)
            if not end:
                return
            if not head.startswith(TAKEN):
                self._fail(RuntimeError(head.decode()))
                return
            self._answered.unchanged += head.startswith(UNCHANGED)
            self._head = b""
            _, said, rest = head.partition(LENGTH)
            self._left = int(rest.partition(b"\r\n")[0]) if said else 0
        self._left -= len(data)
        if not self._left:
            self._answered.took.append(time.perf_counter() - self._began)
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or RuntimeError("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            self._transport.close()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        if self._began < self._until:
            self._transport.write(next(self._requests))
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()


async def asked(
    address: str, path: str, headers: str, *, connections: int, seconds: float, anew: bool = False
) -> Answered:
    """Ask this for so long on so many connections at once; `anew`: each time as nobody asked before.

    Raises when an answer is neither 200 nor 304.
    """
    host, _, port = address.partition(":")
    answered, loop = Answered(seconds), asyncio.get_running_loop()
    requests = (_request(address, f"{path}&n={n}", headers) for n in count()) if anew else None
    fixed = _request(address, path, headers)
    pairs = [
        await loop.create_connection(lambda: _Asker(requests or repeat(fixed), answered), host, int(port))
        for _ in range(connections)
    ]
    await asyncio.gather(*(asker.done for _, asker in pairs))
    return answered


def _request(address: str, path: str, headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n".encode()
