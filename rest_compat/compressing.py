"""Large answers compressed for who takes gzip, by Starlette's own middleware, piece by piece where they are streamed.

Only reads that hold no secret are behind it (rest_compat.routes says which), and a request that another site made a
browser send is answered as it is: what is guessed from the lengths of compressed answers is guessed that way.
"""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Message, Receive, Scope, Send

from rest_compat.editions import VARY

SMALLEST_BYTES: Final = 4_096
"""What fits into three packets is not worth the time."""

LEVEL: Final = 5
"""Of 9, the usual one: a quarter of its time for answers that are three per cent larger, a tenth of what they were."""

_REFUSED: Final = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Compressed(GZipMiddleware):
    """Starlette's, for requests that may be answered so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, compressed where that is asked for and safe."""
        headers = Headers(scope=scope)
        accepted = headers.get("accept-encoding", "").lower()
        plain = "gzip" not in accepted or _REFUSED.search(accepted) is not None
        if plain or scope["method"] != "GET" or headers.get("sec-fetch-site") == "cross-site":
            await self.app(scope, receive, send)
            return

        async def told_once(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["vary"] = VARY  # the answer says so already, whether it was compressed or not
            await send(message)

        await super().__call__(scope, receive, told_once)


COMPRESSED: Final = [Middleware(Compressed, minimum_size=SMALLEST_BYTES, compresslevel=LEVEL)]
