"""A server on loopback whose answers a test scripts, one after another: the only fake, and only at the wire.

What a real API server answers is checked by tests/cluster.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return dict(self.headers).get(name.lower(), "")


@dataclass
class Wire:
    """Answers in the order they were scripted, each path its own; what was not scripted is a 500, and remembered."""

    port: int = 0
    scheme: str = "http"
    asked: list[Request] = field(default_factory=list)
    surprises: list[Request] = field(default_factory=list)
    serving: set[asyncio.Task[Any]] = field(default_factory=set)
    _scripts: dict[tuple[str, str, bool], list[Answer]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def on(self, method: str, path: str, *answers: Answer, watch: bool = False) -> None:
        """Answer these, in order, to requests of this path."""
        self._scripts.setdefault((method, path, watch), []).extend(answers)

    def queries(self, path: str) -> list[Mapping[str, str]]:
        return [request.query for request in self.asked if request.path == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                self.asked.append(request)
                key = (request.method, request.path, request.query.get("watch") == "true")
                script = self._scripts.get(key)
                if not script:
                    self.surprises.append(request)
                await (script.pop(0) if script else status(500, "InternalError", "not scripted"))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    first = await reader.readline()
    if not first:
        return None
    method, target, _ = first.decode().split(" ")
    headers = []
    while (line := (await reader.readline()).decode().strip()) != "":
        name, _, value = line.partition(":")
        headers.append((name.lower(), value.strip()))
    size = int(dict(headers).get("content-length", "0"))
    parts = urlsplit(target)
    return Request(method, parts.path, dict(parse_qsl(parts.query)), tuple(headers), await reader.readexactly(size))


def answer(code: int, body: bytes, *, pieces: int = 1, **headers: str) -> Answer:
    """A whole answer, its body in so many pieces that come one after another."""

    async def send(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} Scripted", f"Content-Length: {len(body)}", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        size = max(1, -(-len(body) // pieces))
        for start in range(0, len(body), size):
            writer.write(body[start : start + size])
            await writer.drain()
            await asyncio.sleep(0.02 if pieces > 1 else 0)

    return send


def document(value: Mapping[str, Any]) -> Answer:
    """200 with this JSON."""
    return answer(200, json.dumps(value).encode())


def status(
    code: int,
    reason: str,
    message: str,
    *,
    causes: list[dict[str, str]] | None = None,
    pieces: int = 1,
    **headers: str,
) -> Answer:
    """A refusal as the API server words it."""
    details = {"causes": causes} if causes else {}
    said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason}
    return answer(code, json.dumps({**said, "message": message, "details": details}).encode(), pieces=pieces, **headers)


def page(*objects: Mapping[str, Any], resource_version: str, more: str = "") -> Answer:
    """One page of a list."""
    metadata = {"resourceVersion": resource_version, **({"continue": more} if more else {})}
    return document({"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": list(objects)})


def thing(name: str, resource_version: int | str, **spec: object) -> dict[str, Any]:
    """An object whose uid follows from its name."""
    metadata = {"name": name, "namespace": "apps", "uid": f"uid-{name}", "resourceVersion": str(resource_version)}
    return {"apiVersion": "example.dev/v1", "kind": "Thing", "metadata": metadata, "spec": spec}


def event(kind: str, value: Mapping[str, Any]) -> bytes:
    """One line of a watch."""
    return json.dumps({"type": kind, "object": value}).encode() + b"\n"


def bookmark(resource_version: int) -> bytes:
    return event("BOOKMARK", {"kind": "Thing", "metadata": {"resourceVersion": str(resource_version)}})


def stream(*pieces: bytes, end: str = "close", after: asyncio.Event | None = None) -> Answer:
    """A chunked answer in these pieces, which then is closed, cut (`cut`) or left silent (`hang`).

    With `after`, the end comes when that is set.
    """

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()
        if after:
            await after.wait()
        if end == "hang":
            await asyncio.Event().wait()
        if end == "cut":
            writer.transport.abort()
            raise ConnectionError
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return send


async def hang(writer: asyncio.StreamWriter) -> None:
    """Accept the request and never answer."""
    await asyncio.Event().wait()


async def cut(writer: asyncio.StreamWriter) -> None:
    """Accept the request and drop the connection."""
    writer.transport.abort()
    raise ConnectionError


@asynccontextmanager
async def open_wire(tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """Serve while inside."""
    wire = Wire(scheme="https" if tls else "http")
    tasks = wire.serving

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        tasks.add(task)
        try:
            await wire._serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20, ssl=tls)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
