"""Lets the audit know which request is being answered, so that whoever refuses it need not say.

Who asks is told by the face that finds out.
"""

from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from gyre.audit.answering import answering
from gyre.web.facts import facts_of


class Asked:
    """Holds a request's name and origin while it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
        with answering(f"{method} {scope['path']}", partial(facts_of, scope)):
            await self.app(scope, receive, send)
