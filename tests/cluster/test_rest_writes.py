"""Writes over REST in front of Flux's own controllers: what others hold, what is hidden, what has to wait."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from gyre.flux.masking import MASK
from gyre.kube.client import Call
from gyre.kube.writing import MERGE_PATCH
from gyre.terms.rows import Word
from tests.cluster.desk import Desk, kustomization
from tests.cluster.loop import GitLoop, config_map, is_ready

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

CONTROLLERS = ("source-controller", "kustomize-controller")
HOOK = "https://hooks.slack.com/services/T0/B0/s3cret"
HIDDEN = f"https://hooks.slack.com/{MASK}"


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def live(loop: GitLoop, kind: str, name: str) -> dict[str, Any]:
    """The object as the API server has it."""
    document: dict[str, Any] = json.loads(await loop.admin.ask(Call(path=f"{loop.path(kind)}/{name}")))
    return document


async def patched(loop: GitLoop, kind: str, name: str, merge: dict[str, Any]) -> None:
    """Someone else changes it."""
    body = json.dumps(merge).encode()
    path = f"{loop.path(kind)}/{name}"
    await loop.admin.ask(Call(path=path, method="PATCH", body=body, content_type=MERGE_PATCH))


async def test_what_is_created_is_reconciled_edited_and_pruned(loop: GitLoop, desk: Desk) -> None:
    first = loop.repository.commit(
        {"blue/web.yaml": config_map("web", color="blue"), "green/web.yaml": config_map("web", color="green")}
    )
    await loop.source()
    path = f"/flux/kustomizations/{loop.namespace}/apps"
    created = await desk.rest("POST", "/flux/kustomizations", json={"resource": kustomization(loop)})
    assert (created.status_code, created.headers["location"]) == (201, f"/api{path}?cluster=default")
    await loop.until("Kustomization", "apps", is_ready(first))
    assert await loop.config_map("web") == {"color": "blue"}

    resource = (await desk.rest("GET", path)).json()["resource"]
    resource["spec"]["path"] = "./green"
    # the controller writes its status at moments of its own, and each makes another version
    resource["metadata"]["resourceVersion"] = (await live(loop, "Kustomization", "apps"))["metadata"]["resourceVersion"]
    assert (await desk.rest("PUT", path, json={"resource": resource})).status_code == 200
    await loop.until("Kustomization", "apps", lambda row: row.status is Word.READY and row.generation == 2)
    assert await loop.config_map("web") == {"color": "green"}

    await loop.until("Kustomization", "apps", lambda _: loop.inventory("Kustomization", "apps") != [])
    gone = await desk.rest("DELETE", f"{path}?wait=30")
    assert (gone.status_code, gone.json()["gone"]) == (200, True)
    assert await loop.config_map("web") is None
    assert refusal(await desk.rest("GET", f"{path}?after={gone.json()['position']}")) == (404, "RESOURCE_NOT_FOUND")


async def test_who_was_slower_is_told_both_versions_and_changes_nothing(loop: GitLoop, desk: Desk) -> None:
    path = f"/flux/kustomizations/{loop.namespace}/apps"
    made = await desk.rest("POST", "/flux/kustomizations", json={"resource": kustomization(loop, suspend=True)})
    mine = made.json()["resource"]
    mine["spec"]["interval"] = "7m"
    await patched(loop, "Kustomization", "apps", {"spec": {"interval": "3m"}})
    refused = await desk.rest("PUT", path, json={"resource": mine})
    assert refusal(refused) == (409, "CONFLICT")
    now = await live(loop, "Kustomization", "apps")
    details = refused.json()["error"]["details"]
    assert details["sent"] == mine["metadata"]["resourceVersion"]
    assert int(details["sent"]) < int(details["current"]) <= int(now["metadata"]["resourceVersion"])
    assert now["spec"]["interval"] == "3m"


async def test_a_field_that_a_controller_holds_is_taken_only_by_force(loop: GitLoop, desk: Desk) -> None:
    inner = kustomization(loop, "inner", suspend=True)
    first = loop.repository.commit({"blue/inner.yaml": json.dumps(inner)})
    await loop.source()
    await loop.kustomization("outer", "./blue")
    await loop.until("Kustomization", "outer", is_ready(first))
    path = f"/flux/kustomizations/{loop.namespace}/inner"

    wish = {"resource": kustomization(loop, "inner", suspend=True, interval="3m")}
    refused = await desk.rest("PATCH", path, json=wish)
    assert refusal(refused) == (409, "CONFLICT")
    assert refused.json()["error"]["details"]["conflicts"] == [
        {"manager": "kustomize-controller", "field": "spec.interval"}
    ]
    assert (await live(loop, "Kustomization", "inner"))["spec"]["interval"] == "10m"

    assert (await desk.rest("PATCH", path, json={**wish, "force": True})).status_code == 200
    assert (await live(loop, "Kustomization", "inner"))["spec"]["interval"] == "3m"
    await loop.reconcile("Kustomization", "outer")  # Git has the last word
    assert (await live(loop, "Kustomization", "inner"))["spec"]["interval"] == "10m"


async def test_what_is_hidden_is_kept_by_an_edit_and_refused_where_nothing_was(loop: GitLoop, desk: Desk) -> None:
    path = f"/flux/providers/{loop.namespace}/chat"
    provider = {
        "apiVersion": "notification.toolkit.fluxcd.io/v1beta3",
        "kind": "Provider",
        "metadata": {"name": "chat", "namespace": loop.namespace},
        "spec": {"type": "slack", "address": HOOK},
    }
    made = await desk.rest("POST", "/flux/providers", json={"resource": provider})
    assert (made.status_code, made.json()["resource"]["spec"]["address"]) == (201, HIDDEN)

    seen = (await desk.rest("GET", path)).json()["resource"]
    seen["spec"]["channel"] = "alerts"
    assert (await desk.rest("PUT", path, json={"resource": seen})).status_code == 200
    kept = (await live(loop, "Provider", "chat"))["spec"]
    assert (kept["address"], kept["channel"]) == (HOOK, "alerts")

    spec = {"type": "slack", "address": HIDDEN, "username": "gyre"}
    applied = {**provider, "spec": spec}
    assert (await desk.rest("PATCH", path, json={"resource": applied})).status_code == 200
    before = await live(loop, "Provider", "chat")
    assert (before["spec"]["address"], before["spec"]["username"]) == (HOOK, "gyre")

    spec["proxy"] = f"http://{MASK}"
    refused = await desk.rest("PATCH", path, json={"resource": applied})
    assert refusal(refused) == (400, "VALIDATION_FAILED")
    assert "spec.proxy" in refused.text
    assert await live(loop, "Provider", "chat") == before
    assert (await desk.rest("GET", f"{path}/unmasked")).json()["resource"]["spec"]["address"] == HOOK


async def test_what_the_api_server_refuses_is_told_by_its_fields_and_made_nowhere(loop: GitLoop, desk: Desk) -> None:
    wrong = kustomization(loop, interval="soon", prune="perhaps")
    for dry in ("false", "true"):
        refused = await desk.rest("POST", f"/flux/kustomizations?dryRun={dry}", json={"resource": wrong})
        assert refusal(refused) == (422, "REJECTED_BY_CLUSTER")
        causes = refused.json()["error"]["details"].get("causes", [])
        assert {"spec.interval", "spec.prune"} <= {cause["field"] for cause in causes}, refused.text
    dry_run = await desk.rest("POST", "/flux/kustomizations?dryRun=true", json={"resource": kustomization(loop)})
    assert (dry_run.status_code, dry_run.json()["dryRun"]) == (200, True)
    listed = json.loads(await loop.admin.ask(Call(path=loop.path("Kustomization"))))
    assert listed["items"] == []
    again = {"resource": kustomization(loop, suspend=True)}
    assert (await desk.rest("POST", "/flux/kustomizations", json=again)).status_code == 201
    assert refusal(await desk.rest("POST", "/flux/kustomizations", json=again)) == (409, "ALREADY_EXISTS")


async def test_a_preview_that_is_no_longer_so_deletes_nothing(loop: GitLoop, desk: Desk) -> None:
    first = loop.repository.commit({"blue/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./blue")
    await loop.until("Kustomization", "apps", is_ready(first))
    await loop.until("Kustomization", "apps", lambda _: len(loop.inventory("Kustomization", "apps")) == 1)
    path = f"/flux/kustomizations/{loop.namespace}/apps"
    preview = (await desk.rest("GET", f"{path}/deletion")).json()
    assert [(each["kind"], each["name"]) for each in preview["removed"]] == [("ConfigMap", "web")]

    loop.repository.commit({"blue/more.yaml": config_map("more", color="blue")})
    await loop.reconcile("GitRepository", "config")
    await loop.until("Kustomization", "apps", lambda _: len(loop.inventory("Kustomization", "apps")) == 2)
    refused = await desk.rest("DELETE", f"{path}?preview={preview['preview']}")
    assert refusal(refused) == (409, "CONFLICT")
    assert "deletionTimestamp" not in (await live(loop, "Kustomization", "apps"))["metadata"]

    preview = (await desk.rest("GET", f"{path}/deletion")).json()
    assert (await desk.rest("DELETE", f"{path}?preview={preview['preview']}&wait=30")).json()["gone"] is True
    assert (await loop.config_map("web"), await loop.config_map("more")) == (None, None)


async def test_a_finalizer_that_nobody_removes_is_named_and_shown_until_it_is(loop: GitLoop, desk: Desk) -> None:
    for name in ("held", "let-go"):
        made = kustomization(loop, name, suspend=True)
        made["metadata"]["finalizers"] = ["example.com/held"]
        assert (await desk.rest("POST", "/flux/kustomizations", json={"resource": made})).status_code == 201
    refused = await desk.rest("DELETE", f"/flux/kustomizations/{loop.namespace}/held?wait=1")
    assert refusal(refused) == (504, "TIMED_OUT")
    assert "example.com/held" in refused.json()["error"]["details"]["finalizers"]
    await loop.until("Kustomization", "held", lambda row: row.status is Word.TERMINATING)

    waiting = asyncio.create_task(desk.rest("DELETE", f"/flux/kustomizations/{loop.namespace}/let-go?wait=30"))
    await loop.until("Kustomization", "let-go", lambda row: row.status is Word.TERMINATING)
    await patched(loop, "Kustomization", "let-go", {"metadata": {"finalizers": None}})
    assert (await waiting).json()["gone"] is True
    await desk.plain.until(lambda message: message["type"] == "deleted" and message.get("name") == "let-go")
