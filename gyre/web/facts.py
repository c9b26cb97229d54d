"""Where a request came from, for the audit, the limits and the cookie.

It reads what proxies and request_id made of the scope; it decides nothing.
"""

from starlette.types import Scope

from gyre import log
from gyre.terms.requests import RequestFacts


def facts_of(scope: Scope) -> RequestFacts:
    """The facts of a request or WebSocket."""
    client = scope.get("client")
    return RequestFacts(
        request_id=log.request_id.get(),
        address=client[0] if client else "",
        user_agent=next((value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"), ""),
        secure=scope["scheme"] in ("https", "wss"),
    )
