"""The contract: how a Kubernetes API behaves towards its clients, as exact codes, reasons, messages and field paths.

The same tests, unchanged, run against the embedded cluster in `make test` and against a real kube-apiserver (with its
controller manager) under the marker `cluster`, so that the embedded cluster cannot drift from what it stands for. They
define their own kinds, make their own namespaces, and rely on nothing that is there before.
`GYRE_CONTRACT_KUBECONFIG` names a kubeconfig to hold it against any other cluster; since it writes there,
`GYRE_TEST_CLUSTER_DISPOSABLE` must say that one means it (see tests/cluster/README.md).
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from gyre.demo.embedded import start_embedded
from tests.contract.api import Api, Credentials, eventually
from tests.contract.kinds import GADGETS, GROUP, WIDGETS
from tests.support.disposable import NotDisposable, insist_that_it_is_disposable

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OTHER = os.environ.get("GYRE_CONTRACT_KUBECONFIG", "")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster under test, and what starts Kubernetes' own controllers there when they do not run yet."""

    credentials: Credentials
    controllers: Callable[[], AbstractContextManager[None]] = nullcontext


@pytest.fixture(scope="session", params=["embedded", pytest.param("real", marks=pytest.mark.cluster)])
async def cluster(
    request: pytest.FixtureRequest, anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    if request.param == "embedded":
        async with start_embedded(folder) as embedded:
            yield Cluster(Credentials.read(embedded.kubeconfig))
    elif OTHER:
        found = Credentials.read(Path(OTHER))
        async with _client(found) as http:
            try:
                await insist_that_it_is_disposable(http)
            except NotDisposable as refusal:
                pytest.exit(str(refusal), returncode=pytest.ExitCode.USAGE_ERROR)
        yield Cluster(found)
    else:
        with _real(folder) as cluster:
            yield cluster


@contextmanager
def _real(folder: Path) -> Iterator[Cluster]:
    from tests.cluster.building import CONTROL_PLANE, build  # noqa: PLC0415  # only where Go and an hour are to be had
    from tests.cluster.control_plane import open_control_plane  # noqa: PLC0415

    with open_control_plane(build(CONTROL_PLANE), folder) as plane:
        yield Cluster(Credentials.read(plane.admin), plane.controller_manager)


@pytest.fixture(scope="session")
def credentials(cluster: Cluster) -> Credentials:
    return cluster.credentials


@pytest.fixture
async def api(credentials: Credentials, kinds: None) -> AsyncIterator[Api]:
    async with _client(credentials) as http:
        yield Api(http)


@pytest.fixture(scope="session")
async def kinds(cluster: Cluster) -> AsyncIterator[None]:
    """The kinds of kinds.py are served while the suite runs; controllers that start after them know them at once."""
    async with _client(cluster.credentials) as http:
        api = Api(http)
        for definition in (WIDGETS, GADGETS):
            assert (await api.post(DEFINITIONS, definition)).status_code == 201
        for plural in ("widgets", "gadgets"):
            await eventually(lambda plural=plural: _served(api, plural), f"{plural} are served")  # type: ignore[misc]  # bound early
        with cluster.controllers():
            yield
        for definition in (WIDGETS, GADGETS):
            await api.delete(f"{DEFINITIONS}/{definition['metadata']['name']}")


@pytest.fixture
async def namespace(api: Api) -> AsyncIterator[str]:
    """A namespace of the test's own."""
    name = f"t-{uuid4().hex[:10]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert (await api.post("/api/v1/namespaces", body)).status_code == 201
    yield name
    await api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def widgets(namespace: str) -> str:
    """The path of the Widgets of the test's namespace."""
    return f"/apis/{GROUP}/v1/namespaces/{namespace}/widgets"


@pytest.fixture
def config_maps(namespace: str) -> str:
    """The path of the ConfigMaps of the test's namespace."""
    return f"/api/v1/namespaces/{namespace}/configmaps"


async def _served(api: Api, plural: str) -> bool:
    return (await api.get(f"/apis/{GROUP}/v1/{plural}")).status_code == 200


def _client(credentials: Credentials) -> httpx2.AsyncClient:
    headers = {"authorization": f"Bearer {credentials.token}"} if credentials.token else {}
    return httpx2.AsyncClient(
        base_url=credentials.server, verify=credentials.trust, headers=headers, timeout=30, trust_env=False
    )
