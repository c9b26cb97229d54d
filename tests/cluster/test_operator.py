"""The operator's kinds on a real API server: what its controller would write as their status is what Gyre shows.

The operator itself does not run here: statuses are written through the status subresource, as it writes them.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gyre.flux.masking import MASK
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient
from gyre.kube.writing import MERGE_PATCH
from gyre.terms.rows import Row, Word
from tests.cluster.control_plane import ControlPlane
from tests.cluster.loop import Loop
from tests.cluster.program import open_program
from tests.cluster.specs import SPECS
from tests.cluster.watched import open_watched

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

MOMENT = "2026-03-01T09:00:00Z"
LATER = "2026-03-01T09:05:00Z"
REVISION = "v2.9.4@sha256:" + "a" * 64
DIGEST = "sha256:" + "b" * 64
RECORD = {
    "digest": DIGEST,
    "firstReconciled": MOMENT,
    "lastReconciled": LATER,
    "lastReconciledDuration": "1.5s",
    "lastReconciledStatus": "ReconciliationSucceeded",
    "totalReconciliations": 4,
    "metadata": {"flux": "v2.9.4"},
}
NAMES = {"FluxInstance": "flux", "FluxReport": "flux", "ResourceSet": "apps", "ResourceSetInputProvider": "branches"}
STATES: dict[Word, dict[str, tuple[str, str, str]]] = {
    Word.PROGRESSING: {
        "Reconciling": ("True", "Progressing", "Reconciliation in progress"),
        "Ready": ("Unknown", "Progressing", "Reconciliation in progress"),
    },
    Word.READY: {"Ready": ("True", "ReconciliationSucceeded", "Reconciliation finished in 1.5s")},
    Word.FAILED: {"Ready": ("False", "ReconciliationFailed", "apply failed: timed out waiting for web")},
}
"""The conditions that say each word, as the operator puts them; the last one speaks."""
GAVE_UP = {
    "Stalled": ("True", "InvalidSpec", "the version is no range"),
    "Ready": ("False", "BuildFailed", "build failed"),
}
WAITS = {"Ready": ("False", "DependencyNotReady", "dependency v1/ConfigMap/apps/gate not found")}
CHANGED: dict[str, dict[str, Any]] = {
    "FluxInstance": {"wait": False},
    "FluxReport": {"distribution": {"status": "Installed"}},
    "ResourceSet": {"wait": True},
    "ResourceSetInputProvider": {"defaultValues": {"a": "c"}},
}
SHOWN = """query($kind: String!, $namespace: String!, $name: String!) {
  resource(kind: $kind, namespace: $namespace, name: $name) {
    status reason message revision reconciledAt lastHandledReconcileAt
    conditions { type status reason message lastTransitionTime observedGeneration }
    inventory { group kind version namespace name }
    ... on FluxInstance {
      lastAppliedRevision lastAttemptedRevision lastArtifactRevision
      components { name repository tag digest } history { HISTORY }
    }
    ... on ResourceSet { lastAppliedRevision history { HISTORY } }
    ... on ResourceSetInputProvider {
      exportedInputs lastExportedRevision nextSchedule { schedule timeZone window when }
    }
  }
}""".replace("HISTORY", " ".join(RECORD))


@pytest.fixture
async def loop(plane: ControlPlane, admin: KubeClient, namespace: str) -> AsyncIterator[Loop]:
    async with open_watched(plane) as watched:
        loop = Loop(admin, watched, namespace)
        for kind, name in NAMES.items():
            await loop.create(kind, name, **SPECS[kind])
            await loop.until(kind, name, lambda row: row.status is Word.UNKNOWN)
        yield loop


def conditions(said: dict[str, tuple[str, str, str]], generation: int = 1) -> list[dict[str, Any]]:
    """As a controller writes them."""
    return [
        {
            "type": kind,
            "status": status,
            "reason": reason,
            "message": message,
            "lastTransitionTime": MOMENT,
            "observedGeneration": generation,
        }
        for kind, (status, reason, message) in said.items()
    ]


async def report(loop: Loop, kind: str, said: dict[str, tuple[str, str, str]], **status: Any) -> Row:
    """Write a status as its controller would; the row as it is after that, held against what kubectl prints."""
    path = f"{loop.path(kind)}/{NAMES[kind]}/status"
    body = json.dumps({"status": {"conditions": conditions(said), **status}}).encode()
    answer = json.loads(await loop.admin.ask(Call(path=path, method="PATCH", body=body, content_type=MERGE_PATCH)))
    version = answer["metadata"]["resourceVersion"]
    assert all(answer["status"][name] == value for name, value in status.items())  # nothing of it was pruned
    return await loop.until(kind, NAMES[kind], lambda row: row.resource_version == version)


@pytest.mark.parametrize("kind", NAMES)
async def test_what_the_operator_reports_is_the_word_and_the_reason(loop: Loop, kind: str) -> None:
    for word, said in STATES.items():
        row = await report(loop, kind, said)
        _, reason, message = said["Ready"]
        assert (row.status, row.reason, row.message, row.changed_at) == (word, reason, message, MOMENT)

    row = await report(loop, kind, GAVE_UP)
    assert (row.status, row.reason, row.message) == (Word.FAILED, "InvalidSpec", "the version is no range")
    row = await report(loop, kind, WAITS)
    assert (row.status, row.reason) == (Word.PROGRESSING, "DependencyNotReady")


@pytest.mark.parametrize("kind", NAMES)
async def test_a_report_on_an_older_generation_is_none_on_this_one(loop: Loop, kind: str) -> None:
    await report(loop, kind, STATES[Word.READY])
    body = json.dumps({"spec": CHANGED[kind]}).encode()
    path = f"{loop.path(kind)}/{NAMES[kind]}"
    await loop.admin.ask(Call(path=path, method="PATCH", body=body, content_type=MERGE_PATCH))

    row = await loop.until(kind, NAMES[kind], lambda row: row.generation == 2)

    assert row.status is Word.PROGRESSING


async def test_all_that_the_operator_reports_is_on_the_objects_page(
    plane: ControlPlane, loop: Loop, tmp_path: Path
) -> None:
    entries = [
        {"id": f"{loop.namespace}_web_apps_Deployment", "v": "v1"},
        {"id": "_viewer_rbac.authorization.k8s.io_ClusterRole", "v": "v1"},
    ]
    component = {"name": "source-controller", "repository": "ghcr.io/fluxcd/x", "tag": "v1.9.6", "digest": DIGEST}
    inputs = [{"id": "1", "branch": "main", "token": "s3cret"}]
    schedule = {"cron": "0 8 * * *", "timeZone": "Europe/Berlin", "window": "1h0m0s", "when": LATER}
    made = {"inventory": {"entries": entries}, "history": [RECORD], "lastAppliedRevision": REVISION}
    revisions = {"lastAttemptedRevision": REVISION, "lastArtifactRevision": DIGEST}
    exported = {"exportedInputs": inputs, "lastExportedRevision": DIGEST}
    reported: dict[str, dict[str, Any]] = {
        "FluxInstance": {**made, **revisions, "components": [component]},
        "FluxReport": {},
        "ResourceSet": made,
        "ResourceSetInputProvider": {**exported, "nextSchedule": schedule},
    }
    for kind, status in reported.items():
        await report(loop, kind, STATES[Word.READY], lastHandledReconcileAt=MOMENT, **status)

    access = from_kubeconfig(plane.kubeconfig("gyre", "system:masters"))
    async with open_program(access, tmp_path) as signed:
        asked = [{"kind": kind, "namespace": loop.namespace, "name": name} for kind, name in NAMES.items()]
        pages = {it["kind"]: (await signed.data(SHOWN, **it))["resource"] for it in asked}

    for kind, page in pages.items():
        applied = "inventory" in reported[kind]
        assert page.pop("conditions") == conditions(STATES[Word.READY])
        assert page.pop("inventory") == (applied_objects(loop) if applied else [])
        assert (page.pop("status"), page.pop("reason")) == ("READY", "ReconciliationSucceeded")
        assert page.pop("message") == "Reconciliation finished in 1.5s"
        assert page.pop("revision") == (REVISION if applied else "")
        assert page.pop("reconciledAt") == (LATER if applied else MOMENT)
        assert page.pop("lastHandledReconcileAt") == MOMENT
    for status in reported.values():
        status.pop("inventory", None)
    schedule["schedule"] = schedule.pop("cron")
    inputs[0]["token"] = MASK
    assert pages == reported


def applied_objects(loop: Loop) -> list[dict[str, Any]]:
    """What the entries of the inventory name."""
    named = [("apps", "Deployment", loop.namespace, "web"), ("rbac.authorization.k8s.io", "ClusterRole", "", "viewer")]
    return [
        {"group": group, "kind": kind, "version": "v1", "namespace": namespace, "name": name}
        for group, kind, namespace, name in named
    ]
