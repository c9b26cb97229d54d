"""The REST API on a little cluster and a real database, served by uvicorn as in production."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import websockets
from starlette.applications import Starlette

from gyre.kube.access import Access
from gyre.terms.people import Role
from gyre.web.rate_limits import RateLimits
from gyre.web.surround import surround
from resolvers.context import Services
from rest_compat.routes import in_front_of
from tests.support.answers import watched
from tests.support.clients import asking
from tests.support.cluster import (
    EVENTS,
    GIT_REPOSITORIES,
    HELM_RELEASES,
    KUSTOMIZATIONS,
    LittleCluster,
    open_cluster,
    thing,
)
from tests.support.people import People
from tests.support.services import DEFAULT, services_on
from tests.support.serving import serving

WHO = ("cookie", "authorization")
"""The headers of a client that say who asks."""


@dataclass(frozen=True, slots=True)
class Served:
    """The served API."""

    address: str
    services: Services
    people: People
    http: httpx2.AsyncClient

    async def signed_in(self, username: str, role: Role = Role.ADMIN) -> httpx2.AsyncClient:
        """A client with a session of its own."""
        _, cookie = await self.people.signed_in(username, role)
        self.http.cookies.clear()
        return asking(self.address, headers={"cookie": f"gyre_session={cookie}"})

    def socket(self, client: httpx2.AsyncClient | None, query: str = "", **more: Any) -> "websockets.connect":
        """A WebSocket with the client's session."""
        headers = {name: value for name, value in client.headers.items() if name in WHO} if client else {}
        return websockets.connect(
            f"ws://{self.address}/api/ws{query}",
            additional_headers=headers,
            **{"origin": f"http://{self.address}", "compression": None, "proxy": None, **more},
        )


@dataclass(frozen=True, slots=True)
class Gyre(Served):
    """The served API and what stands behind it."""

    cluster: LittleCluster


@pytest.fixture
async def gyre(tmp_path: Path) -> AsyncIterator[Gyre]:
    async with open_gyre(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def open_gyre(folder: Path, **settings: Any) -> AsyncIterator[Gyre]:
    """The API with three objects behind it, all read."""
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES, EVENTS) as cluster:
        cluster.has(KUSTOMIZATIONS, thing("apps", "prod", spec={"path": "./ünï"}), thing("infra", "flux-system"))
        cluster.has(HELM_RELEASES, thing("web", "prod"))
        async with served_on(cluster.access(folder), folder, **settings) as served:
            yield Gyre(served.address, served.services, served.people, served.http, cluster)


@asynccontextmanager
async def served_on(access: Access, folder: Path, **more: Any) -> AsyncIterator[Served]:
    """The API on this cluster, all of it read; `more` are settings. Without limits a minute unless some are given."""
    async with (
        services_on({DEFAULT: access}, folder, **more) as (services, people),
        serving(watched(application(services))) as address,
        asking(address) as http,
    ):
        yield Served(address, services, people, http)


def application(services: Services) -> Any:
    """The routes as gyre.app mounts them, behind the middlewares."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"services": services}

    app = RateLimits(in_front_of(Starlette(lifespan=lifespan)))
    return surround(app, services.settings, policy="default-src 'none'", clock=services.clock)


def refusal(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal, once its format is as documented."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["error"]["message"]
    return response.status_code, body["error"]["code"]
