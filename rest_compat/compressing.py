"""Large answers compressed for who takes gzip, by Starlette's own middleware, piece by piece where they are streamed.

Only reads that hold no secret are (rest_compat.routes says which), and a request that another site made a browser send
is answered as it is: what is guessed from the lengths of compressed answers is guessed that way.
"""

import re
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rest_compat.editions import VARY

SMALLEST_BYTES: Final = 4_096
"""What fits into three packets is not worth the time."""

LEVEL: Final = 5
"""Of 9, the usual one: a quarter of its time for answers that are three per cent larger, a tenth of what they were."""

_REFUSED: Final = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Compressible(Route):
    """The route of an endpoint whose answers may be compressed."""


def compressed(request: Request, answer: ASGIApp) -> ASGIApp:
    """The answer, compressed when it is large, the client takes it, and it is safe."""
    headers = request.headers
    accepted = headers.get("accept-encoding", "").lower()
    if "gzip" not in accepted or _REFUSED.search(accepted) or request.method != "GET":
        return answer
    return answer if headers.get("sec-fetch-site") == "cross-site" else _Compressed(answer)


class _Compressed(GZipMiddleware):
    def __init__(self, answer: ASGIApp) -> None:
        super().__init__(answer, minimum_size=SMALLEST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told_once(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["vary"] = VARY  # the answer says so already, whether it was compressed or not
            await send(message)

        await super().__call__(scope, receive, told_once)
