"""Which pages of other origins may ask Gyre and read the answers: none, but those that the operator names.

That nobody else may write or open a WebSocket is same_origin's.
"""

from collections.abc import Collection
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
TAKEN: Final = b"accept, authorization, content-type, if-none-match, x-request-id"
SHOWN: Final = b"etag, location, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-request-id"
KEPT_SECONDS: Final = b"600"
NO_CONTENT: Final = 204


class Cors:
    """Answers preflights, and says on each answer to a named origin that it may be read, with its cookies."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; to a named origin with leave to read."""
        if scope["type"] != "http" or not self.origins:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        named = origin if origin in self.origins else None
        if named is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(send, named)
            return

        async def readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = [*message.get("headers", ()), (b"vary", b"Origin")]
                if named is not None:
                    told += [*_leave(named), (b"access-control-expose-headers", SHOWN)]
                message["headers"] = told
            await send(message)

        await self.app(scope, receive, readable)


def _leave(origin: str) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin.encode()), (b"access-control-allow-credentials", b"true")]


async def _preflight(send: Send, origin: str) -> None:
    headers = [
        *_leave(origin),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", TAKEN),
        (b"access-control-max-age", KEPT_SECONDS),
        (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    await send({"type": "http.response.start", "status": NO_CONTENT, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
