"""No other website may act with a visitor's session: writes and WebSockets must come from Gyre's own pages or a script.

A request with an API token needs no such proof, as no browser adds one by itself.
"""

import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gyre.auth.credentials import bearer_in
from gyre.web.refusing import refuse

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
USUAL_PORTS = {"http": 80, "https": 443}
FORBIDDEN = 403
NO_FORM = frozenset({"application/json", "application/yaml", "application/x-yaml"})
"""Types that a page of another site cannot send without asking first, which it is refused."""


class SameOrigin:
    """Refuses what a foreign page sent; `others` are origins that are not foreign."""

    def __init__(self, app: ASGIApp, *, public_url: str | None, others: Iterable[str] = ()) -> None:
        self.app = app
        self.public_url = public_url
        self.others = frozenset(others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is Gyre's own or a script's; refuse the rest."""
        problem = self._problem(scope)
        if problem is None:
            await self.app(scope, receive, send)
            return
        log.warning("refused: %s", problem, extra={"path": scope["path"][:500]})
        await refuse(scope, receive, send, status=FORBIDDEN, code="FORBIDDEN", message=problem)

    def _problem(self, scope: Scope) -> str | None:
        is_socket = scope["type"] == "websocket"
        if not is_socket and (scope["type"] != "http" or scope["method"] in SAFE_METHODS):
            return None
        headers = Headers(scope=scope)
        if bearer_in(scope["headers"], scope.get("subprotocols", ())) is not None:
            return None  # then it is the token alone that counts, and no browser adds one by itself
        origin = headers.get("origin")
        if origin in self.others:
            return None  # the operator named it in GYRE_CORS_ORIGINS, letter by letter
        if origin is not None:
            own = self._own(scope, headers)
            if own is None or origin_of(origin) != own:
                return f"the request comes from {origin[:200]}, not from {own}; behind a proxy, set GYRE_PUBLIC_URL"
        elif is_socket:
            return "a WebSocket with a session needs an Origin header" if "cookie" in headers else None
        return _problem_without_origin(headers, said=origin is not None)

    def _own(self, scope: Scope, headers: Headers) -> str | None:
        if self.public_url is not None:
            return origin_of(self.public_url)
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        return origin_of(f"{scheme}://{headers.get('host', '')}")


def origin_of(text: str) -> str | None:
    """`https://gyre.example.com:443` and `HTTPS://Gyre.example.com` are one; what is no origin (`null`) is None."""
    try:
        url = urlsplit(text)
        port = url.port or USUAL_PORTS.get(url.scheme)
    except ValueError:
        return None
    if url.scheme not in USUAL_PORTS or not url.hostname or url.path or url.query or url.fragment or "@" in url.netloc:
        return None
    return f"{url.scheme}://{url.hostname}:{port}"


def _is_of_a_script(headers: Headers) -> bool:
    if headers.get("content-type", "").partition(";")[0].strip().lower() in NO_FORM:
        return True
    return "transfer-encoding" not in headers and headers.get("content-length", "0") == "0"


def _problem_without_origin(headers: Headers, *, said: bool) -> str | None:
    """What else a browser says of where a request comes from; when it says nothing, only a script's is taken."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return None if site in ("same-origin", "none") else f"the request comes from another site ({site[:20]})"
    if not said and not _is_of_a_script(headers):
        return "a write without an Origin header needs a body of type application/json or application/yaml"
    return None
