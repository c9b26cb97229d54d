"""One log line for each request when it is over, in place of uvicorn's: without the query, which may hold a secret.

Lines of probes and of the frontend's files are told at level debug only.
"""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gyre.clock import Clock

log = logging.getLogger(__name__)

QUIET = ("/livez", "/readyz", "/metrics", "/_app/", "/graphiql/", "/apidocs/")
BROKEN = 500


class AccessLog:
    """Tells method, path, status, duration and client; of a bug, the traceback with the request's id."""

    def __init__(self, app: ASGIApp, *, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell how it ended."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        started = self.clock.monotonic()
        status, complete = 0, False

        async def watched(message: Message) -> None:
            nonlocal status, complete
            status = _status(message) or status
            complete = complete or (message["type"] == "http.response.body" and not message.get("more_body"))
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            status = status or BROKEN
            log.exception("a request failed", extra={"path": scope["path"][:500]})
            if not complete:  # else the error page is sent, and there is nothing left for the server to do
                raise
        finally:
            self._tell(scope, status, self.clock.monotonic() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        path: str = scope["path"]
        method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
        quiet = path.startswith(QUIET) and status < BROKEN
        client = scope.get("client")
        log.log(
            logging.DEBUG if quiet else logging.INFO,
            "answered",
            extra={
                "method": method,
                "path": path[:500],
                "status": status,
                "ms": round(seconds * 1000, 1),
                "client": client[0] if client else "",
            },
        )


def _status(message: Message) -> int | None:
    """101 for a WebSocket that was let in, 403 for one that was closed before."""
    match message["type"]:
        case "http.response.start" | "websocket.http.response.start":
            return int(message["status"])
        case "websocket.accept":
            return 101
    return None
