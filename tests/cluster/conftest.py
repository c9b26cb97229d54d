"""The real programs, built once and started for the tests that are marked `cluster`."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from gyre.errors import AlreadyExists, ClusterUnreachable, GyreError, NoSuchResource, TimedOut
from gyre.flux.kinds import GROUPS
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, open_client, path_of
from gyre.kube.discovery import discover
from gyre.kube.listing import list_all
from gyre.kube.writing import MERGE_PATCH
from tests.cluster.building import CONTROL_PLANE, CannotBuild, build, crd_files
from tests.cluster.control_plane import ControlPlane, open_control_plane
from tests.cluster.desk import Desk, open_desk
from tests.cluster.flux import NAMESPACE, open_flux
from tests.cluster.git_server import GitServer, open_git_server
from tests.cluster.loop import GitLoop
from tests.cluster.watched import open_watched
from tests.cluster.writing import BUCKETS, CLUSTER

EMPTIED_SECONDS = 300
SERVED_SECONDS = 60
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.fixture(scope="session")
def programs() -> Path:
    return built(*CONTROL_PLANE)


@pytest.fixture(scope="session")
def plane(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with open_control_plane(programs, tmp_path_factory.mktemp("control-plane")) as plane:
        yield plane


@pytest.fixture(scope="session")
async def admin(plane: ControlPlane) -> AsyncIterator[KubeClient]:
    async with open_client(from_kubeconfig(plane.admin), cluster=CLUSTER) as client:
        yield client


@pytest.fixture(scope="session")
async def definitions(admin: KubeClient) -> list[str]:
    """All 19 kinds, defined as Flux's own modules define them, labelled as its installer labels them."""
    names = []
    try:
        files = crd_files()
    except CannotBuild as error:
        pytest.fail(str(error))
    for path in files:
        for document in yaml.safe_load_all(path.read_text()):
            document["metadata"].setdefault("labels", {})["app.kubernetes.io/part-of"] = "flux"
            await admin.ask(Call(path=DEFINITIONS, method="POST", body=json.dumps(document).encode()))
            names.append(document["metadata"]["name"])
    async with asyncio.timeout(SERVED_SECONDS):
        while not await _are_served(admin, len(names)):  # noqa: ASYNC110  # an API server has no event for it
            await asyncio.sleep(0.1)
    return names


async def _are_served(admin: KubeClient, count: int) -> bool:
    """Whether all kinds can be listed: for a moment after its definition a kind is not there, or its storage is not."""
    served = (await discover(admin, GROUPS)).served
    try:
        for one in served:
            await list_all(admin, one)
    except GyreError:
        return False
    return len(served) == count


@pytest.fixture
async def namespace(admin: KubeClient) -> AsyncIterator[str]:
    """A namespace of the test's own, left without buckets."""
    name = f"t-{uuid4().hex[:10]}"
    body = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}).encode()
    await admin.ask(Call(path="/api/v1/namespaces", method="POST", body=body))
    yield name
    await _emptied(admin, path_of(BUCKETS.kind, BUCKETS.version, namespace=name))


async def _emptied(admin: KubeClient, path: str) -> None:
    """Delete all that is there: thousands of objects can take longer than one request may."""
    async with asyncio.timeout(EMPTIED_SECONDS):
        while json.loads(await admin.ask(Call(path=path, query=(("limit", "1"),))))["items"]:
            with suppress(ClusterUnreachable, TimedOut):
                await admin.ask(Call(path=path, method="DELETE"))


@pytest.fixture
def user() -> str:
    """A user of the cluster who may do nothing yet."""
    return f"gyre-{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
async def flux(
    plane: ControlPlane,
    admin: KubeClient,
    definitions: list[str],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[None]:
    """The controllers that the test module names in CONTROLLERS."""
    names: tuple[str, ...] = request.module.CONTROLLERS
    built(*names)
    body = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}).encode()
    with suppress(AlreadyExists):
        await admin.ask(Call(path="/api/v1/namespaces", method="POST", body=body))
    with open_flux(plane, tmp_path_factory.mktemp("flux"), *names):
        yield
    await _swept(admin)


async def _swept(admin: KubeClient) -> None:
    """Nothing is left to reconcile: the next controllers would spend all their workers on artifacts that are gone."""
    for served in (await discover(admin, GROUPS)).served:
        for raw in (await list_all(admin, served)).objects:
            metadata = json.loads(raw)["metadata"]
            path = path_of(served.kind, served.version, namespace=metadata.get("namespace", ""), name=metadata["name"])
            let_go = json.dumps({"metadata": {"finalizers": None}}).encode()
            with suppress(NoSuchResource):
                await admin.ask(Call(path=path, method="PATCH", body=let_go, content_type=MERGE_PATCH))
                await admin.ask(Call(path=path, method="DELETE"))


def built(*names: str) -> Path:
    """The folder of these programs."""
    try:
        return build(names)
    except CannotBuild as error:
        pytest.fail(str(error))


@pytest.fixture(scope="module")
def git_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    with open_git_server(tmp_path_factory.mktemp("git")) as server:
        yield server


@pytest.fixture
async def loop(plane: ControlPlane, admin: KubeClient, namespace: str, git_server: GitServer) -> AsyncIterator[GitLoop]:
    """The GitOps loop of a namespace, its source a Git repository."""
    async with open_watched(plane) as watched:
        yield GitLoop(admin, watched, namespace, git_server.repository(namespace))


@pytest.fixture
async def desk(plane: ControlPlane, loop: GitLoop, tmp_path: Path) -> AsyncIterator[Desk]:
    """Someone signed in to Gyre who has both screens open on what is in the loop's namespace."""
    async with open_desk(plane, loop.namespace, tmp_path) as desk:
        yield desk
