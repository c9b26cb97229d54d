"""Images on Flux's own controllers as Gyre sees them: scanned, chosen, fetched as a source, written back into Git."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from gyre.flux.parsing import inside, parse
from gyre.kube.client import KubeClient
from gyre.terms.rows import Row, Word
from tests.cluster.conftest import built
from tests.cluster.control_plane import ControlPlane
from tests.cluster.git_server import GitServer, Repository
from tests.cluster.loop import Loop
from tests.cluster.registry import Registry, open_registry
from tests.cluster.watched import open_watched

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

CONTROLLERS = (
    "source-controller",
    "kustomize-controller",
    "image-reflector-controller",
    "image-automation-controller",
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with open_registry(built("crane"), tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
async def loop(plane: ControlPlane, admin: KubeClient, namespace: str) -> AsyncIterator[Loop]:
    async with open_watched(plane) as watched:
        yield Loop(admin, watched, namespace)


def config_map(name: str, line: str) -> str:
    """A manifest whose one line of data a setter can mark."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  {line}\n"


async def scan(loop: Loop, image: str) -> None:
    """Scan this image and choose its newest version of the first series."""
    await loop.create("ImageRepository", "web", image=image, interval="10m", insecure=True)
    policy = {"semver": {"range": "1.x"}}
    await loop.create("ImagePolicy", "web", imageRepositoryRef={"name": "web"}, policy=policy)


def latest(loop: Loop) -> object:
    return inside(parse(loop.body("ImagePolicy", "web")), "status", "latestRef").get("tag")


def has_chosen(loop: Loop, tag: str) -> Callable[[Row], bool]:
    return lambda row: row.status is Word.READY and latest(loop) == tag


async def test_the_newest_image_that_a_policy_allows_is_chosen(loop: Loop, registry: Registry) -> None:
    image = registry.address(loop.namespace)
    for tag in ("1.0.0", "2.0.0"):
        registry.push(loop.namespace, tag, {"a": tag})
    await scan(loop, image)
    await loop.until("ImagePolicy", "web", has_chosen(loop, "1.0.0"))
    scanned = await loop.until("ImageRepository", "web", lambda row: row.status is Word.READY)

    registry.push(loop.namespace, "1.1.0", {"a": "1.1.0"})
    again = await loop.reconcile("ImageRepository", "web")
    chosen = await loop.until("ImagePolicy", "web", has_chosen(loop, "1.1.0"))

    result = inside(parse(loop.body("ImageRepository", "web")), "status", "lastScanResult")
    assert result["tagCount"] == 3
    assert again.reconciled_at == result["scanTime"]
    policy = {"semver": {"range": "9.x"}}
    await loop.create("ImagePolicy", "none", imageRepositoryRef={"name": "web"}, policy=policy)
    none = await loop.until("ImagePolicy", "none", lambda row: row.status is Word.FAILED)
    assert "unable to determine latest version" in none.message
    assert scanned.reconciled_at is not None
    assert chosen.source is not None
    assert (chosen.source.kind, chosen.source.name) == ("ImageRepository", "web")


async def test_an_image_that_is_not_there_fails_with_the_controllers_words(loop: Loop, registry: Registry) -> None:
    await scan(loop, registry.address("nowhere"))

    missing = await loop.until("ImageRepository", "web", lambda row: row.status is Word.FAILED)

    assert missing.reason == "ReadOperationFailed"
    assert "NAME_UNKNOWN" in missing.message


async def test_an_artifact_of_a_registry_is_fetched_and_applied(loop: Loop, registry: Registry) -> None:
    digest = registry.push(loop.namespace, "1.0.0", {"web.yaml": config_map("web", "color: blue")})
    url = f"oci://{registry.address(loop.namespace)}"
    await loop.create("OCIRepository", "config", url=url, interval="10m", insecure=True, ref={"tag": "1.0.0"})
    reference = {"kind": "OCIRepository", "name": "config"}
    wanted = {"interval": "10m", "retryInterval": "2s", "prune": True, "targetNamespace": loop.namespace}
    await loop.create("Kustomization", "apps", path="./", sourceRef=reference, **wanted)

    revision = f"1.0.0@{digest}"
    for kind, name in (("OCIRepository", "config"), ("Kustomization", "apps")):
        # source-controller writes Ready a moment before the artifact
        await loop.until(kind, name, lambda row: row.status is Word.READY and row.revision == revision)

    assert await loop.config_map("web") == {"color": "blue"}


async def test_a_new_image_is_written_into_git_and_comes_back_as_a_change(
    loop: Loop, registry: Registry, git_server: GitServer
) -> None:
    repository: Repository = git_server.repository(loop.namespace)
    image = registry.address(loop.namespace)
    registry.push(loop.namespace, "1.0.0", {"a": "1.0.0"})
    marker = f'# {{"$imagepolicy": "{loop.namespace}:web"}}'
    first = repository.commit({"web.yaml": config_map("web", f"image: {image}:1.0.0 {marker}")})
    await loop.create("GitRepository", "config", url=repository.url, interval="10m", ref={"branch": "main"})
    reference = {"kind": "GitRepository", "name": "config"}
    wanted = {"interval": "10m", "retryInterval": "2s", "prune": True, "targetNamespace": loop.namespace}
    await loop.create("Kustomization", "apps", path="./", sourceRef=reference, **wanted)
    await loop.until("Kustomization", "apps", lambda row: row.status is Word.READY and row.revision == first)
    await scan(loop, image)
    await loop.until("ImagePolicy", "web", has_chosen(loop, "1.0.0"))
    author = {"name": "flux", "email": "flux@example.dev"}
    git = {"commit": {"author": author}, "push": {"branch": "main"}}
    update = {"strategy": "Setters", "path": "./"}
    await loop.create("ImageUpdateAutomation", "all", sourceRef=reference, interval="10m", git=git, update=update)

    registry.push(loop.namespace, "1.1.0", {"a": "1.1.0"})
    await loop.reconcile("ImageRepository", "web")
    await loop.until("ImagePolicy", "web", has_chosen(loop, "1.1.0"))
    automation = await loop.reconcile("ImageUpdateAutomation", "all")
    await loop.reconcile("GitRepository", "config")
    changed = await loop.until("Kustomization", "apps", lambda row: row.status is Word.READY and row.revision != first)

    status = inside(parse(loop.body("ImageUpdateAutomation", "all")), "status")
    assert automation.status is Word.READY
    assert changed.revision == f"main@sha1:{status['lastPushCommit']}"
    assert automation.reconciled_at == status["lastAutomationRunTime"]
    assert await loop.config_map("web") == {"image": f"{image}:1.1.0"}
