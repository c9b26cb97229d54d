"""Talking over /api/ws as a client does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import websockets
from websockets.asyncio.client import ClientConnection

from tests.rest_compat.conftest import Gyre

Message = dict[str, Any]


async def hear(socket: ClientConnection, seconds: float = 10) -> Message:
    return json.loads(await asyncio.wait_for(socket.recv(), seconds))  # type: ignore[no-any-return]


async def closed(socket: ClientConnection, seconds: float = 10) -> tuple[int, str]:
    """The code and reason of the server's close."""
    with suppress(websockets.ConnectionClosed):
        while True:
            await asyncio.wait_for(socket.recv(), seconds)
    return socket.close_code or 0, socket.close_reason or ""


@asynccontextmanager
async def connected(gyre: Gyre, client: httpx2.AsyncClient, query: str = "") -> AsyncIterator[ClientConnection]:
    """A socket that was welcomed."""
    async with gyre.socket(client, query) as socket:
        assert (await hear(socket))["type"] == "connected"
        yield socket


async def say(socket: ClientConnection, **message: Any) -> Message:
    """Say something, and hear the answer."""
    await socket.send(json.dumps(message))
    return await hear(socket)
