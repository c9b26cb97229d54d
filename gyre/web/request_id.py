"""A name for each request: in its log lines, its audit entries and its answer's X-Request-Id.

A trusted proxy's own name for it is kept; from anyone else it is ignored.
"""

import re
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gyre import log
from gyre.web.proxies import Networks, is_trusted

_GIVEN = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """Sets gyre.log.request_id for the time of the request."""

    def __init__(self, app: ASGIApp, *, trusted: Networks) -> None:
        self.app = app
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request, pass it on, and write the name on the answer."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        name = self._name(scope)

        async def named(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", name.encode())]
            await send(message)

        token = log.request_id.set(name)
        try:
            await self.app(scope, receive, named)
        finally:
            log.request_id.reset(token)

    def _name(self, scope: Scope) -> str:
        if is_trusted(scope, self.trusted):
            for name, value in scope["headers"]:
                if name == b"x-request-id" and _GIVEN.fullmatch(value):
                    return str(value, "ascii")
        return token_hex(16)
