"""Gyre served on the embedded cluster, as scripts that were written against its documented REST API find it.

What stands beside this folder is another contract: that of the Kubernetes API, held on two API servers.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from tests.support.app import PASSWORD, App, open_app
from tests.support.clients import asking
from tests.support.demo_process import DemoProcess

ALL = "/api/flux/kustomizations"


@dataclass(frozen=True, slots=True)
class Client:
    """A script with the session of the administrator."""

    http: httpx2.AsyncClient
    app: App
    kubeconfig: str

    async def ask(self, method: str, path: str, body: object = None) -> httpx2.Response:
        """An answer, signed in."""
        return await self.http.request(method, path, json=body)

    async def eventually(self, path: str, true: Callable[[httpx2.Response], bool]) -> httpx2.Response:
        """What is answered once that is so; fails when it does not become so."""
        async with asyncio.timeout(60):
            while not true(answer := await self.ask("GET", path)):  # noqa: ASYNC110 # there is no event for it here
                await asyncio.sleep(0.1)
        return answer

    async def stranger(self, method: str, path: str, body: object = None) -> httpx2.Response:
        """An answer to who is not signed in."""
        async with asking(self.app.address, timeout=30) as http:
            return await http.request(method, path, json=body)


def kustomization(name: str, **spec: Any) -> dict[str, Any]:
    source = {"kind": "GitRepository", "name": "fleet-infra"}
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": {"interval": "10m", "path": "./", "prune": True, "suspend": True, "sourceRef": source, **spec},
    }


async def made(client: Client, name: str) -> dict[str, Any]:
    """A Kustomization of this name, made by the documented call."""
    answer = await client.ask("POST", ALL, {"cluster": "default", "resource": kustomization(name)})
    assert answer.status_code == 201, answer.text
    return answer.json()["resource"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    folder = tmp_path_factory.mktemp("contract")
    free = {"allow_local_clusters": True, "rate_limit_user": 0, "rate_limit_anonymous": 0}
    async with DemoProcess(folder) as demo, open_app(folder, demo.access, **free) as app:
        await app.synced(await app.sign_in())
        async with asking(app.address, timeout=60) as http:
            said = await http.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
            assert said.status_code == 200
            yield Client(http, app, demo.kubeconfig.read_text())
