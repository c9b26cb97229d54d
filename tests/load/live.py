"""A thousand subscribers of each face: what one delivery costs the server's process.

To reach: over the REST WebSocket and as server-sent events no more than over GraphQL, in one run.
"""

import asyncio
import json
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

import httpx2
import psutil
import uvloop
import websockets

from tests.load._gyre import PASSWORD, Served, served
from tests.load._stamping import stamping

PEOPLE: Final = 10
EACH: Final = 100
"""Sockets of one person: as many as Gyre lets one have."""
CHANGES: Final = 40
ROUNDS: Final = 3
PAUSE_SECONDS: Final = 0.1
QUIET_SECONDS: Final = 1.5
DOCUMENT: Final = """subscription { resourceChanges(filter: {kinds: ["Kustomization"]}) {
    type position previousStatus row {
        id cluster kind namespace name resourceVersion status reason message revision reconciledAt } } }"""

Hear = Callable[[], None]
Face = Callable[[str, str, Hear], AbstractAsyncContextManager[None]]


async def _run() -> None:
    faces: dict[str, Face] = {"GraphQL": _graphql, "/api/ws": _rest, "/api/events/stream": _events}
    async with served(objects=200, changes_per_second=0) as gyre:
        cookies = [await _person(gyre, f"person-{number}") for number in range(PEOPLE)]
        found: dict[str, list[float]] = {name: [] for name in faces}
        for _ in range(ROUNDS):
            for name, face in faces.items():
                found[name].append(await _cost(gyre, cookies, face))
                await _all_closed(gyre)
    print(f"{PEOPLE * EACH} subscribers of each face")
    usual = statistics.median(found["GraphQL"])
    for name, costs in found.items():
        cost = statistics.median(costs)
        print(f"{name}: {cost:.1f} µs of the server a delivery, {cost / usual:.2f} of GraphQL's")


async def _cost(gyre: Served, cookies: list[str], face: Face) -> float:
    """Microseconds of the server's time for each message that arrived."""
    heard = 0

    def hear() -> None:
        nonlocal heard
        heard += 1

    process = psutil.Process(gyre.process_id)
    async with AsyncExitStack() as stack, stamping(gyre) as stamp:
        for cookie in cookies:
            for _ in range(EACH):
                await stack.enter_async_context(face(gyre.address, cookie, hear))
        await asyncio.sleep(QUIET_SECONDS)
        heard, before = 0, _busy(process)
        for _ in range(CHANGES):
            await stamp()
            await asyncio.sleep(PAUSE_SECONDS)
        seen = -1
        while heard < PEOPLE * EACH * CHANGES or seen != heard:
            seen = heard
            await asyncio.sleep(QUIET_SECONDS)
        return (_busy(process) - before) / heard * 1e6


async def _all_closed(gyre: Served) -> None:
    """Wait until the server let go of every socket: a person may keep only so many open."""
    async with httpx2.AsyncClient(base_url=f"http://{gyre.address}") as client:
        for _ in range(100):
            if "gyre_connections_open 0.0" in (await client.get("/metrics")).text:
                return
            await asyncio.sleep(PAUSE_SECONDS)
    raise RuntimeError("the server keeps sockets open that were closed")


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@asynccontextmanager
async def _graphql(address: str, cookie: str, hear: Hear) -> AsyncIterator[None]:
    protocol = websockets.Subprotocol("graphql-transport-ws")
    async with _socket(address, "/graphql", cookie, protocol) as socket:
        await socket.send('{"type": "connection_init"}')
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": DOCUMENT}}))
        async with _reading(socket, hear):
            yield


@asynccontextmanager
async def _rest(address: str, cookie: str, hear: Hear) -> AsyncIterator[None]:
    async with _socket(address, "/api/ws?resourceType=ks", cookie) as socket:
        await socket.recv()
        async with _reading(socket, hear):
            yield


def _socket(
    address: str, path: str, cookie: str, protocol: websockets.Subprotocol | None = None
) -> "websockets.connect":
    return websockets.connect(
        f"ws://{address}{path}",
        additional_headers={"Cookie": cookie},
        origin=websockets.Origin(f"http://{address}"),
        subprotocols=[protocol] if protocol else None,
        compression=None,
        proxy=None,
    )


@asynccontextmanager
async def _reading(socket: websockets.ClientConnection, hear: Hear) -> AsyncIterator[None]:
    async def read() -> None:
        async for message in socket:
            if "heartbeat" not in message and '"ping"' not in message:
                hear()

    task = asyncio.create_task(read())
    yield
    task.cancel()


@asynccontextmanager
async def _events(address: str, cookie: str, hear: Hear) -> AsyncIterator[None]:
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
    path = "/api/events/stream?resourceType=ks"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b'"connected"')

    async def read() -> None:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                hear()

    task = asyncio.create_task(read())
    yield
    task.cancel()
    writer.close()


async def _person(gyre: Served, name: str) -> str:
    """Somebody who may see everything; their cookie."""
    account = {"username": name, "password": PASSWORD}
    (await gyre.http.post("/api/users", json={**account, "role": "viewer"})).raise_for_status()
    async with httpx2.AsyncClient(base_url=f"http://{gyre.address}", trust_env=False) as http:
        (await http.post("/api/auth/login", json=account)).raise_for_status()
        return f"gyre_session={http.cookies['gyre_session']}"


def main() -> None:
    uvloop.run(_run())
