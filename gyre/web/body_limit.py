"""No request body is larger than Gyre takes, whether its length is announced or found out on the way.

How large a query or a WebSocket message may be is its own face's matter.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gyre.web.refusing import refuse

LARGEST_BODY_BYTES = 2 * 1024 * 1024
"""Room for the largest object Kubernetes takes (etcd's 1.5 MiB) and what wraps it."""
TOO_LARGE = 413
MESSAGE = f"the body is larger than {LARGEST_BODY_BYTES} bytes"


class BodyLimit:
    """Refuses an announced length at once, and cuts off a body that turns out longer."""

    def __init__(self, app: ASGIApp, *, largest: int = LARGEST_BODY_BYTES) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what fits."""
        if scope["type"] != "http" or not _has_body(scope):
            await self.app(scope, receive, send)
        elif _announced(scope) > self.largest:
            await refuse(scope, receive, send, status=TOO_LARGE, code="TOO_LARGE", message=MESSAGE)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        read, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.largest:
                over = True
                return {"type": "http.disconnect"}  # whoever reads the body stops here
            return message

        async def unless_over(message: Message) -> None:
            nonlocal started
            if not over:
                started = started or message["type"] == "http.response.start"
                await send(message)

        try:
            await self.app(scope, counted, unless_over)
        except Exception:
            if not over:
                raise
        if over and not started:
            await refuse(scope, receive, send, status=TOO_LARGE, code="TOO_LARGE", message=MESSAGE)


def _has_body(scope: Scope) -> bool:
    """HTTP/1.1: without one of these headers there is none."""
    return any([name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]])  # noqa: C419  faster


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
