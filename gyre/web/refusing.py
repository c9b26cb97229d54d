"""How a middleware refuses: the error format of the REST API, over HTTP and to a WebSocket that asks to be let in.

The codes of everything that gets as far as a route are rest_compat's table.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from gyre.audit.answering import tell_refused

NOT_FOUND = 404
"""What is not there is no refusal."""

MOST_UNREAD_BYTES: Final = 64 * 1024
"""A body up to here is let come, and the connection is kept; what is larger closes it."""
LINGER_SECONDS = 2.0
"""How long a larger one is still thrown away first: closing at once would reset the connection, and its client would
not read why."""


async def refuse(scope: Scope, receive: Receive, send: Send, *, status: int, code: str, message: str) -> None:
    """Answer with this error and nothing else; that it was refused is in the audit."""
    if status != NOT_FOUND:
        tell_refused(code, message)
    told = {"error": {"code": code, "message": message, "details": {}}}
    await refuse_with(scope, receive, send, status, told, reason=message)


async def refuse_with(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    told: Mapping[str, object],
    *,
    reason: str,
    more: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Answer with this and nothing else; `reason` is for a WebSocket that can be told no more."""
    body = orjson.dumps(told)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": reason[:120]})
            return
        kind = "websocket.http.response"
    else:
        kind = "http.response"
    closes = scope["type"] == "http" and _unread(scope) > MOST_UNREAD_BYTES
    if closes:
        headers.append((b"connection", b"close"))
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body, "more_body": closes})
    if closes:
        await _throw_away(receive)
        await send({"type": f"{kind}.body", "body": b""})


async def _throw_away(receive: Receive) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while (await receive()).get("more_body"):
                pass


def _unread(scope: Scope) -> int:
    """How much of a body may come yet."""
    headers = Headers(scope=scope)
    announced = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not announced.isdecimal():
        return MOST_UNREAD_BYTES + 1
    return int(announced[:20])
