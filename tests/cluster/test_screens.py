"""The whole program on the real cluster: a commit arrives on open screens, and what is pressed there takes effect."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from gyre.kube.client import Call, KubeClient
from gyre.terms.rows import Word
from tests.cluster.desk import RECONCILE, RESUME, SUSPEND, Desk, kustomization
from tests.cluster.loop import SLOWLY, GitLoop, config_map, is_ready

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

CONTROLLERS = ("source-controller", "kustomize-controller")
EVENTS = """query($kind: String!, $namespace: String!, $name: String!) {
    resource(kind: $kind, namespace: $namespace, name: $name) {
        events { nodes { type reason message count controller } } } }"""
PREVIEW = """query($kind: String!, $namespace: String!, $name: String!) {
    deletionPreview(kind: $kind, namespace: $namespace, name: $name) {
        removed { kind namespace name } finalizers token } }"""
BLOCKED = """query($namespace: String!) {
    resource(kind: "kustomizations", namespace: $namespace, name: "shop") {
        status blockedBy { circle steps { kind name status reason message } } } }"""
TOLD = """subscription($filter: EventFilter) { eventChanges(filter: $filter) {
    type event { type reason message about { kind name } } } }"""


def shows(**wanted: str) -> Callable[[dict[str, Any]], bool]:
    """A change whose row says all of this."""

    def check(message: dict[str, Any]) -> bool:
        if message["type"] != "next" or "resourceChanges" not in message["payload"]["data"]:
            return False
        row = message["payload"]["data"]["resourceChanges"]["row"] or {}
        return all(row.get(name) == value for name, value in wanted.items())

    return check


async def test_a_commit_arrives_on_every_open_screen(loop: GitLoop, desk: Desk) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")

    change = await desk.graphql.until(shows(kind="Kustomization", status="READY", revision=first))
    assert change["payload"]["data"]["resourceChanges"]["row"]["message"] == f"Applied revision: {first}"
    plain = await desk.plain.until(
        lambda message: (
            message["type"] == "modified"
            and message["resourceType"] == "kustomizations"
            and message["resource"].get("status", {}).get("lastAppliedRevision") == first
            and message["resource"]["status"].get("inventory", {}).get("entries")
        )
    )
    assert (plain["namespace"], plain["name"]) == (loop.namespace, "apps")
    page = await desk.look(loop, "apps")
    assert (page["status"], page["revision"]) == ("READY", first)
    assert page["inventory"] == [{"kind": "ConfigMap", "namespace": loop.namespace, "name": "web"}]
    assert {"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded"} in page["conditions"]

    second = loop.repository.commit({"apps/web.yaml": "kind: Nonsense"})
    await desk.press(RECONCILE, loop, "apps", withSource=True)
    failed = await desk.graphql.until(shows(kind="Kustomization", status="FAILED"))
    assert second not in failed["payload"]["data"]["resourceChanges"]["row"]["revision"]


async def test_what_is_pressed_takes_effect_and_is_read_at_once(loop: GitLoop, desk: Desk, admin: KubeClient) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")
    await desk.graphql.until(shows(kind="Kustomization", status="READY", revision=first))

    suspended = await desk.press(SUSPEND, loop, "apps", reason="holiday")
    page = await desk.look(loop, "apps", suspended["position"])
    assert (page["status"], page["suspended"]) == ("SUSPENDED", True)
    live = json.loads(await admin.ask(Call(path=f"{loop.path('Kustomization')}/apps")))
    assert live["spec"]["suspend"] is True
    assert live["metadata"]["annotations"]["gyre.dev/suspended-by"] == "admin"
    assert live["metadata"]["annotations"]["gyre.dev/suspended-reason"] == "holiday"

    second = loop.repository.commit({"apps/web.yaml": config_map("web", color="green")})
    await loop.reconcile("GitRepository", "config")
    await loop.until("GitRepository", "config", is_ready(second))
    assert await loop.config_map("web") == {"color": "blue"}

    resumed = await desk.press(RESUME, loop, "apps")
    assert resumed["resource"]["suspended"] is False
    await desk.graphql.until(shows(kind="Kustomization", status="READY", revision=second))
    assert await loop.config_map("web") == {"color": "green"}


async def test_who_waits_is_told_the_whole_chain_to_the_controllers_own_words(loop: GitLoop, desk: Desk) -> None:
    base = {"base/x.yaml": config_map("No_Name", ready="no")}
    loop.repository.commit(
        {**base, "apps/web.yaml": config_map("web", color="blue"), "shop/x.yaml": config_map("shop")}
    )
    await loop.source()
    await loop.kustomization("base", "./base")
    await loop.kustomization("apps", "./apps", dependsOn=[{"name": "base"}])
    await loop.kustomization("shop", "./shop", dependsOn=[{"name": "apps"}])
    for waits in ("apps", "shop"):
        await loop.until("Kustomization", waits, lambda row: row.reason == "DependencyNotReady")
    root = await loop.until("Kustomization", "base", lambda row: row.reason == "ReconciliationFailed")

    seen = await until_told(desk, loop, lambda page: [len(each["steps"]) for each in page["blockedBy"]] == [2])
    (chain,) = seen["blockedBy"]
    assert (seen["status"], chain["circle"]) == ("PROGRESSING", False)
    assert [(step["name"], step["status"]) for step in chain["steps"]] == [("apps", "PROGRESSING"), ("base", "FAILED")]
    assert (chain["steps"][1]["reason"], chain["steps"][1]["message"]) == (root.reason, root.message)

    fixed = loop.repository.commit({"base/x.yaml": config_map("base", ready="yes")})
    await desk.press(RECONCILE, loop, "base", withSource=True)
    await desk.graphql.until(shows(name="shop", status="READY", revision=fixed))
    assert (await until_told(desk, loop, lambda page: page["status"] == "READY"))["blockedBy"] == []


async def until_told(desk: Desk, loop: GitLoop, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the page of the one that waits says, as soon as it is so."""
    async with asyncio.timeout(SLOWLY):
        while True:
            page: dict[str, Any] = (await desk.signed.data(BLOCKED, namespace=loop.namespace))["resource"]
            if what(page):
                return page
            await asyncio.sleep(0.1)


async def test_what_the_controllers_tell_is_shown_word_for_word(loop: GitLoop, desk: Desk, admin: KubeClient) -> None:
    await desk.socket.subscribe("2", TOLD, filter={"namespaces": [loop.namespace], "types": ["WARNING"]})
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")
    await desk.graphql.until(shows(kind="Kustomization", status="READY", revision=first))

    shown = await events_agree(loop, desk, admin, "ReconciliationSucceeded")
    assert {(event["type"], event["controller"]) for event in shown} == {("NORMAL", "kustomize-controller")}

    # refused by the API server in the same words each time; a file that can't be built names another folder each time
    loop.repository.commit({"apps/web.yaml": config_map("No_Name", color="red")})
    await desk.press(RECONCILE, loop, "apps", withSource=True)
    warned = await desk.graphql.until(lambda message: message.get("id") == "2" and message["type"] == "next")
    event = warned["payload"]["data"]["eventChanges"]["event"]
    failed = await loop.until("Kustomization", "apps", lambda row: row.status is Word.FAILED)
    assert (event["type"], event["reason"], event["about"]["name"]) == ("WARNING", failed.reason, "apps")
    assert event["message"] == failed.message
    plain = await desk.plain.until(
        lambda message: message["type"] == "event" and message["event"]["reason"] == failed.reason
    )
    assert (plain["resourceType"], plain["name"], plain["change"]) == ("kustomizations", "apps", "added")
    assert (plain["event"]["type"], plain["event"]["message"]) == ("Warning", failed.message)
    await events_agree(loop, desk, admin, failed.reason)


async def events_agree(loop: GitLoop, desk: Desk, admin: KubeClient, reason: str) -> list[dict[str, Any]]:
    """The Events of the Kustomization in Gyre, when they are those of the API server and this is among them."""
    path = f"/api/v1/namespaces/{loop.namespace}/events"
    selected = (("fieldSelector", "involvedObject.kind=Kustomization,involvedObject.name=apps"),)
    asked = {"kind": "kustomizations", "namespace": loop.namespace, "name": "apps"}
    async with asyncio.timeout(SLOWLY):
        while True:
            listed = json.loads(await admin.ask(Call(path=path, query=selected)))["items"]
            there = sorted((it["type"].upper(), it["reason"], it["message"], it["count"]) for it in listed)
            shown: list[dict[str, Any]] = (await desk.signed.data(EVENTS, **asked))["resource"]["events"]["nodes"]
            told = {each[1] for each in there}
            if reason in told and there == sorted(
                (it["type"], it["reason"], it["message"], it["count"]) for it in shown
            ):
                return shown
            await asyncio.sleep(0.1)


async def test_what_is_written_takes_effect_and_goes_with_what_it_made(
    loop: GitLoop, desk: Desk, admin: KubeClient
) -> None:
    first = loop.repository.commit(
        {"blue/web.yaml": config_map("web", color="blue"), "green/web.yaml": config_map("web", color="green")}
    )
    await loop.source()
    created = await desk.write("createResource", manifest=kustomization(loop))
    assert created["manifest"]["spec"]["force"] is False  # as the cluster filled it in
    await desk.graphql.until(shows(kind="Kustomization", status="READY", revision=first))
    assert await loop.config_map("web") == {"color": "blue"}

    live = json.loads(await admin.ask(Call(path=f"{loop.path('Kustomization')}/apps")))
    live["spec"]["path"] = "./green"
    await desk.write("updateResource", manifest=live)
    await loop.until("Kustomization", "apps", lambda row: row.status is Word.READY and row.generation == 2)
    assert await loop.config_map("web") == {"color": "green"}

    target = {"kind": "kustomizations", "namespace": loop.namespace, "name": "apps"}
    await loop.until("Kustomization", "apps", lambda _: loop.inventory("Kustomization", "apps") != [])
    preview = (await desk.signed.data(PREVIEW, **target))["deletionPreview"]
    assert preview["removed"] == [{"kind": "ConfigMap", "namespace": loop.namespace, "name": "web"}]
    assert preview["finalizers"] == ["finalizers.fluxcd.io"]
    deleted = await desk.write("deleteResource", target=target, preview=preview["token"], waitSeconds=30)
    assert deleted["gone"] is True
    assert await loop.config_map("web") is None
    await desk.graphql.until(lambda message: message["type"] == "next" and "DELETED" in str(message))
