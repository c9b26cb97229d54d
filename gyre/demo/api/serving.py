"""What all handlers share, and how a handler gets at it."""

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request

from gyre.demo.store import Store

USER = "kubernetes-admin"
GROUPS = ("system:masters", "system:authenticated")
VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.3+gyre",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "linux/amd64",
}


@dataclass(slots=True)
class Serving:
    """One embedded cluster as it is served: its objects, the token it knows, whether it is closing."""

    store: Store
    token: str
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """End all watches; the server is going."""
        self.closing.set()
        self.store.wake()


def serving_of(request: Request) -> Serving:
    """The cluster this request came to."""
    serving: Serving = request.app.state.serving
    return serving
