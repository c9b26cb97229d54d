"""One program on one embedded cluster for all tests of a module that break neither."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.support.app import App, open_app
from tests.support.demo_process import DemoProcess, Kubectl
from tests.support.graphql import Signed


@dataclass(frozen=True, slots=True)
class Running:
    """The program, its cluster, the operator's way to that, and the administrator."""

    app: App
    cluster: DemoProcess
    kubectl: Kubectl
    admin: Signed


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoProcess]:
    async with DemoProcess(tmp_path_factory.mktemp("cluster") / "demo") as cluster:
        yield cluster


@pytest.fixture(scope="module")
async def running(cluster: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    data = tmp_path_factory.mktemp("app")
    async with open_app(data, cluster.access) as app, cluster.kubectl() as kubectl:
        admin = await app.sign_in()
        await app.synced(admin)
        yield Running(app, cluster, kubectl, admin)
