"""Asking over and over on kept connections, as cheaply as Python can: the client must not be what is measured."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(slots=True)
class Answered:
    """What came of it."""

    seconds: float
    took: list[float] = field(default_factory=list)

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

    def __init__(self, request: bytes, answered: Answered, status: bytes) -> None:
        self._request, self._answered, self._status = request, answered, status
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
            if not head.startswith(self._status):
                self.done.set_exception(RuntimeError(head.decode()))
                return
            self._head = b""
            _, said, rest = head.partition(LENGTH)
            self._left = int(rest.partition(b"\r\n")[0]) if said else 0
        self._left -= len(data)
        if not self._left:
            self._answered.took.append(time.perf_counter() - self._began)
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or RuntimeError("the server closed the connection"))

    def _ask(self) -> None:
        self._began = time.perf_counter()
        if self._began < self._until:
            self._transport.write(self._request)
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()


async def asked(
    address: str, path: str, headers: str, *, connections: int, seconds: float, status: int = 200
) -> Answered:
    """Ask this for so long on so many connections at once. Raises when an answer has another status."""
    request = f"GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n".encode()
    host, _, port = address.partition(":")
    answered, loop = Answered(seconds), asyncio.get_running_loop()
    expected = f"HTTP/1.1 {status}".encode()
    pairs = [
        await loop.create_connection(lambda: _Asker(request, answered, expected), host, int(port))
        for _ in range(connections)
    ]
    await asyncio.gather(*(asker.done for _, asker in pairs))
    return answered
