"""The whole program on loopback, as `create_app` wires it and uvicorn serves it, and people who are signed in there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import websockets

from gyre.app import create_app
from gyre.auth import FirstAdmin, Passwords, PeopleVersion
from gyre.clock import SystemClock
from gyre.kube.access import Access
from gyre.people import Users
from gyre.settings import SecretKey, Settings
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Role
from tests.support.answers import watched
from tests.support.clients import asking
from tests.support.graphql import DEFAULT, Answer, Signed
from tests.support.people import UNLIMITED
from tests.support.serving import serving

PASSWORD = "a long winter's tale"
KUSTOMIZATIONS = Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations")
LOGIN = """mutation Login($name: String!, $password: String!) {
  login(username: $name, password: $password) { viewer { username role } errors { code message } }
}"""
SYNC = "{ clusters { name sync problem kinds { name sync } } }"


def kustomization(name: str, namespace: str = "flux-system") -> Ref:
    """One of the demo's own."""
    return Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace=namespace, name=name)


@dataclass(frozen=True, slots=True)
class App:
    """Where it is, and what came of its start."""

    address: str
    http: httpx2.AsyncClient
    announced: list[FirstAdmin]
    database: Path

    @property
    def nobody(self) -> Signed:
        """Who is not signed in."""
        return Signed(self.http, self.address, "")

    @property
    def users(self) -> Users:
        """The users as a command line beside the server has them: what it changes, the server learns by looking."""
        clock = SystemClock()
        return Users(passwords=Passwords(), version=PeopleVersion(clock), clock=clock)

    async def sign_in(self, username: str = "admin", password: str = PASSWORD) -> Signed:
        """A session of somebody who is known already."""
        answer = await self.nobody.post({"query": LOGIN, "variables": {"name": username, "password": password}})
        assert answer.json()["data"]["login"]["errors"] == [], answer.text
        self.http.cookies.clear()  # one client for all: who asks is said each time
        return replace(self.nobody, cookie=answer.headers["set-cookie"].partition(";")[0])

    async def person(self, username: str, role: Role) -> Signed:
        """Somebody new, signed in."""
        await self.users.add(username, PASSWORD, role=role)
        return await self.sign_in(username)

    async def get(self, path: str, who: Signed | None = None) -> httpx2.Response:
        """A REST answer."""
        headers = who.headers if who else {}
        return await self.http.get(f"http://{self.address}{path}", headers=headers)

    async def post(self, path: str, who: Signed, body: object = None) -> httpx2.Response:
        """A REST answer to a write."""
        return await self.http.post(f"http://{self.address}{path}", json=body, headers=who.headers)

    def changes(self, who: Signed, query: str = "") -> "websockets.connect":
        """The WebSocket of the REST API."""
        return websockets.connect(
            f"ws://{self.address}/api/ws{query}",
            additional_headers=who.headers,
            origin=websockets.Origin(f"http://{self.address}"),
            compression=None,
            proxy=None,
        )

    async def synced(self, who: Signed, sync: str = "LIVE", *, seconds: float = 40) -> Answer:
        """Wait until the cluster is in this state; what it says then."""
        async with asyncio.timeout(seconds):
            while True:
                cluster: dict[str, Any] = (await who.data(SYNC))["clusters"][0]
                if cluster["sync"] == sync:
                    return cluster
                await asyncio.sleep(0.1)


@asynccontextmanager
async def open_app(folder: Path, access: Access, **settings: Any) -> AsyncIterator[App]:
    """Run it with this cluster as `default` and `admin` as its first user."""
    keys = (SecretKey("test", b"k" * 32),)
    rates = {**UNLIMITED, **settings}
    made = Settings(data_dir=folder, admin_password=PASSWORD, secret_keys=keys, **rates)
    announced: list[FirstAdmin] = []
    app = create_app(made, {ClusterName(DEFAULT): access}, announce=announced.append)
    async with serving(watched(app)) as address, asking(timeout=30) as http:
        yield App(address, http, announced, made.sqlite_file)
