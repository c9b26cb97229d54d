"""Kinds with ways of their own, on their own controllers: generated artifacts, webhooks whose path is a secret."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from gyre.flux import patches
from gyre.flux.masking import MASK
from gyre.flux.parsing import inside, parse
from gyre.kube.client import Call, KubeClient
from gyre.terms.rows import Word
from tests.cluster.control_plane import ControlPlane
from tests.cluster.loop import CLOCK, GitLoop, config_map, is_ready, kind_of
from tests.cluster.programs import free_port

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

SWITCH = "source.extensions.fluxcd.io/reconcile"
CONTROLLERS = ("source-controller", "source-watcher", "notification-controller")


@pytest.mark.parametrize("value", ["Disabled", "disabled"])
async def test_an_artifact_generator_is_suspended_by_its_annotation_and_by_nothing_else(
    loop: GitLoop, value: str
) -> None:
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


async def test_a_receiver_without_its_secret_fails_until_it_is_there(loop: GitLoop, admin: KubeClient) -> None:
    resources = [{"kind": "GitRepository", "name": "config"}]
    await loop.create("Receiver", "hook", type="generic", secretRef={"name": "hook"}, resources=resources)

    row = await loop.until("Receiver", "hook", lambda row: row.status is Word.FAILED)
    said = f"unable to read token from secret '{loop.namespace}/hook' error: secrets \"hook\" not found"
    assert (row.reason, row.message) == ("TokenNotFound", said)
    assert b"webhookPath" not in loop.body("Receiver", "hook")

    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hook"}, "stringData": {"token": "t0ken"}}
    path = f"/api/v1/namespaces/{loop.namespace}/secrets"
    await admin.ask(Call(path=path, method="POST", body=json.dumps(secret).encode()))
    await loop.reconcile("Receiver", "hook")
    await loop.until("Receiver", "hook", lambda row: row.status is Word.READY)


async def test_an_artifact_generator_without_its_source_fails_until_it_is_there(loop: GitLoop) -> None:
    source = {"alias": "config", "kind": "GitRepository", "name": "config"}
    copied = {"name": "part", "copy": [{"from": "@config/apps/**", "to": "@artifact/"}]}
    await loop.create("ArtifactGenerator", "split", sources=[source], artifacts=[copied])

    row = await loop.until("ArtifactGenerator", "split", lambda row: row.status is Word.FAILED)
    said = 'get sources failed: GitRepository.source.toolkit.fluxcd.io "config" not found'
    assert (row.reason, row.message) == ("SourceFetchFailed", said)
    assert loop.row("ExternalArtifact", "part") is None

    loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.until("ArtifactGenerator", "split", lambda row: row.status is Word.READY)


async def test_kinds_without_a_controller_that_reports_on_them_are_valid_as_they_stand(loop: GitLoop) -> None:
    await loop.create("Provider", "chat", type="generic", address="http://127.0.0.1:9/hook")
    sources = [{"kind": "GitRepository", "name": "*"}]
    await loop.create("Alert", "all", providerRef={"name": "chat"}, eventSources=sources)
    await loop.create("HelmRepository", "charts", type="oci", url="oci://127.0.0.1:9/charts", insecure=True)

    for kind, name in (("Provider", "chat"), ("Alert", "all"), ("HelmRepository", "charts")):
        row = await loop.until(kind, name, lambda _: True)
        assert (row.status, row.message) == (Word.READY, "valid configuration")
    # its definition sets -1, and source-controller takes even that away: nobody observes it
    charts = ("HelmRepository", "charts")
    await loop.until(*charts, lambda _: inside(parse(loop.body(*charts)), "status") == {})
    assert (await loop.until(*charts, lambda _: True)).status is Word.READY


async def test_a_bucket_that_can_not_be_reached_fails_with_the_controllers_words(loop: GitLoop) -> None:
    endpoint = f"127.0.0.1:{free_port()}"
    wanted = {"bucketName": "config", "interval": "10m", "timeout": "2s", "insecure": True}
    await loop.create("Bucket", "config", endpoint=endpoint, **wanted)

    row = await loop.until("Bucket", "config", lambda row: row.status is Word.FAILED)

    assert row.reason == "BucketOperationFailed"
    assert endpoint in row.message


async def test_what_kubectl_prints_is_what_gyre_says(loop: GitLoop, plane: ControlPlane, tmp_path: Path) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.until("GitRepository", "config", is_ready(first))
    wrong = f"{loop.repository.url}-nowhere"
    await loop.create("GitRepository", "wrong", url=wrong, interval="10m", ref={"branch": "main"}, timeout="20s")
    await loop.until("GitRepository", "wrong", lambda row: row.status is Word.FAILED)

    command = [str(plane.programs / "kubectl"), f"--kubeconfig={plane.admin}", f"--cache-dir={tmp_path}"]
    asked = ("get", "gitrepositories", f"--namespace={loop.namespace}")
    printed = await asyncio.to_thread(subprocess.check_output, [*command, *asked], text=True)

    header, *lines = printed.splitlines()
    columns = {name: header.index(name) for name in ("NAME", "URL", "AGE", "READY", "STATUS")}
    told = {line[: columns["URL"]].strip(): line for line in lines}
    assert set(told) == {"config", "wrong"}
    for name, ready in (("config", "True"), ("wrong", "False")):
        row = loop.row("GitRepository", name)
        assert row is not None
        assert told[name][columns["READY"] : columns["STATUS"]].strip() == ready
        assert told[name][columns["STATUS"] :].strip() == row.message.strip()
