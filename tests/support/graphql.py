"""Gyre's GraphQL face on a little cluster and a real database, and the clients that talk to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import websockets
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from gyre.kube.access import Access
from gyre.terms.naming import ClusterName
from gyre.terms.people import Role
from gyre.web.rate_limits import RateLimits
from gyre.web.surround import surround
from resolvers.context import Services
from schema.asgi import GraphQLOverHTTP, routes
from schema.documents import Documents
from tests.support.clients import asking
from tests.support.people import PASSWORD, People
from tests.support.services import DEFAULT, has_read, services_on
from tests.support.serving import serving

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """A person with a session, or a script with an API token, asking over HTTP."""

    http: httpx2.AsyncClient
    address: str
    cookie: str
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Who asks, as a request says it."""
        said = {"cookie": self.cookie, "authorization": f"Bearer {self.token}" if self.token else ""}
        return {name: value for name, value in said.items() if value}

    async def ask(self, query: str, **variables: Any) -> Answer:
        """The answer to an operation."""
        return (await self.post({"query": query, "variables": variables})).json()  # type: ignore[no-any-return]

    async def data(self, query: str, **variables: Any) -> Answer:
        """The data of an answer without errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]  # type: ignore[no-any-return]

    async def post(self, body: object, **headers: str) -> httpx2.Response:
        """The raw answer to a body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        own = {"content-type": "application/json", **self.headers, **headers}
        return await self.http.post(f"http://{self.address}/graphql", content=content, headers=own)

    def socket(self) -> "Socket":
        """A WebSocket of this person."""
        return Socket(self.address, self.headers)


class Socket:
    """A client of graphql-transport-ws."""

    def __init__(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        origin: str | None = None,
        offered: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        self._connecting = websockets.connect(
            f"ws://{address}/graphql",
            subprotocols=[websockets.Subprotocol(each) for each in ("graphql-transport-ws", *offered)],
            origin=websockets.Origin(origin or f"http://{address}"),
            additional_headers=dict(headers or {}),
            compression=None,
            **more,
        )
        self.raw: websockets.ClientConnection

    async def __aenter__(self) -> Self:
        self.raw = await self._connecting.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connecting.__aexit__(kind, error, trace)

    async def init(self, **payload: str) -> Self:
        """Begin as the protocol wants it."""
        await self.say(type="connection_init", **({"payload": payload} if payload else {}))
        assert await self.hear() == {"type": "connection_ack"}
        return self

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        """Start an operation."""
        await self.say(id=name, type="subscribe", payload={"query": query, "variables": variables})

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.raw.send(json.dumps(message))

    async def hear(self, seconds: float = 10) -> Answer:
        """The next message, pings answered and left out."""
        while True:
            message = json.loads(await asyncio.wait_for(self.raw.recv(), seconds))
            if message["type"] != "ping":
                return message  # type: ignore[no-any-return]
            await self.say(type="pong")

    async def closed(self, seconds: float = 10) -> tuple[int, str]:
        """The code and reason of the server's close."""
        try:
            while True:
                await asyncio.wait_for(self.raw.recv(), seconds)
        except websockets.ConnectionClosed as closed:
            said = closed.rcvd or websockets.frames.Close(1006, "")
            return said.code, said.reason


@dataclass(frozen=True, slots=True)
class Gyre:
    """What a test of the face has."""

    address: str
    http: httpx2.AsyncClient
    services: Services
    people: People
    documents: Documents

    @property
    def nobody(self) -> Signed:
        """Who is not signed in."""
        return Signed(self.http, self.address, "")

    def seen(self, kind: str, name: str, namespace: str = "shop") -> bool:
        """Whether the fleet has this object by now."""
        return has_read(self.services, kind, name, namespace)

    async def signed_in(self, username: str, role: Role = Role.ADMIN) -> Signed:
        """A person of this role, signed in."""
        _, cookie = await self.people.signed_in(username, role)
        return Signed(self.http, self.address, f"gyre_session={cookie}")


@asynccontextmanager
async def gyre_on(clusters: Mapping[ClusterName, Access], folder: Path, **more: Any) -> AsyncIterator[Gyre]:
    """The face on these clusters, all read; `more` are settings. Without limits a minute unless some are given."""
    async with services_on(clusters, folder, **more) as (services, people):

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
            yield {"services": services}

        served = routes(services.settings)
        face = RateLimits(Starlette(routes=served, lifespan=lifespan))
        app = surround(face, services.settings, policy="default-src 'none'", clock=services.clock)
        async with serving(app) as address, asking(timeout=20) as http:
            yield Gyre(address, http, services, people, _documents(served))


def _documents(served: list[BaseRoute]) -> Documents:
    """What the face remembers of documents: how often one was made ready is seen there."""
    over_http = next(route.app for route in served if isinstance(route, Route))
    assert isinstance(over_http, GraphQLOverHTTP)
    return over_http.operations.documents


__all__ = ["DEFAULT", "PASSWORD", "Gyre", "Signed", "Socket", "gyre_on"]
