"""Kinds with ways of their own, on their own controllers: generated artifacts, webhooks whose path is a secret."""

import json
from collections.abc import AsyncIterator

import pytest

from gyre.flux import patches
from gyre.flux.masking import MASK
from gyre.flux.parsing import inside, parse
from gyre.kube.client import Call, KubeClient
from gyre.terms.rows import Word
from tests.cluster.control_plane import ControlPlane
from tests.cluster.git_server import GitServer
from tests.cluster.loop import CLOCK, GitLoop, config_map, is_ready, kind_of
from tests.cluster.watched import open_watched

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

CONTROLLERS = ("source-controller", "source-watcher", "notification-controller")


@pytest.fixture
async def loop(plane: ControlPlane, admin: KubeClient, namespace: str, git_server: GitServer) -> AsyncIterator[GitLoop]:
    async with open_watched(plane) as watched:
        yield GitLoop(admin, watched, namespace, git_server.repository(namespace))


async def test_an_artifact_generator_is_suspended_by_its_annotation_and_by_nothing_else(loop: GitLoop) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.until("GitRepository", "config", is_ready(first))
    source = {"alias": "config", "kind": "GitRepository", "name": "config"}
    copied = {"name": "part", "copy": [{"from": "@config/apps/**", "to": "@artifact/"}]}
    await loop.create("ArtifactGenerator", "split", sources=[source], artifacts=[copied])
    await loop.until("ArtifactGenerator", "split", lambda row: row.status is Word.READY)
    made = await loop.until("ExternalArtifact", "part", lambda row: row.status is Word.READY)
    assert made.owner is not None or made.source is not None
    known = kind_of("ArtifactGenerator")

    await loop.act("ArtifactGenerator", "split", patches.suspend(known, CLOCK.now(), by="ada"))
    await loop.until("ArtifactGenerator", "split", lambda row: row.status is Word.SUSPENDED)
    second = loop.repository.commit({"apps/web.yaml": config_map("web", color="green")})
    await loop.reconcile("GitRepository", "config")
    await loop.until("GitRepository", "config", is_ready(second))
    await loop.act("ArtifactGenerator", "split", patches.reconcile(known, CLOCK.now()))
    kept = loop.row("ExternalArtifact", "part")
    assert kept is not None
    assert kept.revision == made.revision

    await loop.act("ArtifactGenerator", "split", patches.resume(known, CLOCK.now()))
    await loop.until("ExternalArtifact", "part", lambda row: row.revision != made.revision)
    await loop.until("ArtifactGenerator", "split", lambda row: row.status is Word.READY)


async def test_the_path_of_a_webhook_is_known_to_the_cluster_and_to_nobody_else(
    loop: GitLoop, admin: KubeClient
) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hook"}, "stringData": {"token": "t0ken"}}
    path = f"/api/v1/namespaces/{loop.namespace}/secrets"
    await admin.ask(Call(path=path, method="POST", body=json.dumps(secret).encode()))
    resources = [{"kind": "GitRepository", "name": "config"}]
    await loop.create("Receiver", "hook", type="generic", secretRef={"name": "hook"}, resources=resources)

    # notification-controller writes its conditions a moment before the path
    await loop.until("Receiver", "hook", lambda _: b"webhookPath" in loop.body("Receiver", "hook"))

    live = json.loads(await admin.ask(Call(path=f"{loop.path('Receiver')}/hook")))
    assert live["status"]["webhookPath"].startswith("/hook/")
    digest = live["status"]["webhookPath"].removeprefix("/hook/")
    told = [change.body for change in loop.watched.changes if change.row.name == "hook"]
    assert [body for body in told if digest.encode() in body] == []
    assert MASK in str(inside(parse(loop.body("Receiver", "hook")), "status")["webhookPath"])
    row = loop.row("Receiver", "hook")
    assert row is not None
    assert row.status is Word.READY
    assert digest not in row.message


async def test_kinds_without_a_controller_that_reports_on_them_are_valid_as_they_stand(loop: GitLoop) -> None:
    await loop.create("Provider", "chat", type="generic", address="http://127.0.0.1:9/hook")
    sources = [{"kind": "GitRepository", "name": "*"}]
    await loop.create("Alert", "all", providerRef={"name": "chat"}, eventSources=sources)
    await loop.create("HelmRepository", "charts", type="oci", url="oci://127.0.0.1:9/charts", insecure=True)

    for kind, name in (("Provider", "chat"), ("Alert", "all"), ("HelmRepository", "charts")):
        assert (await loop.until(kind, name, lambda _: True)).status is Word.READY
