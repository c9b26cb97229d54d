"""Objects deleted over GraphQL, and read whole by who may edit them, on the embedded cluster."""

import asyncio
from typing import Any

import pytest

from gyre.terms.people import Role
from tests.schema.test_actions import audited, target
from tests.schema.test_writes import ERRORS, HOOK, READ, cluster, gyre, kustomization, there, write
from tests.support.graphql import Gyre, Signed
from tests.support.living_cluster import LivingCluster

pytestmark = pytest.mark.anyio

__all__ = ["cluster", "gyre"]

DELETE = (
    "mutation($input: DeleteResourceInput!) { deleteResource(input: $input) "
    "{ resource { name status } gone finalizers position " + ERRORS + " } }"
)
PREVIEW = """query($kind: String!, $name: String!) { deletionPreview(kind: $kind, namespace: "shop", name: $name) {
    removed { group kind namespace name } hidden total because finalizers token } }"""
LIVE = """query($kind: String!, $name: String!) {
    liveManifest(kind: $kind, namespace: "shop", name: $name) { manifest yaml } }"""


async def delete(who: Signed, **wish: object) -> dict[str, Any]:
    return (await who.data(DELETE, input=wish))["deleteResource"]  # type: ignore[no-any-return]


async def test_an_object_without_finalizers_is_gone_at_once_and_stays_gone(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    done = await delete(ada, target=target())
    assert (done["errors"], done["gone"], done["finalizers"]) == ([], True, [])
    assert not there(cluster, "Kustomization", "apps")
    answer = await ada.ask(READ, kind="ks", name="apps", position=done["position"])
    assert answer["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"
    assert await audited() == [("intent", "delete", "apps", None), ("outcome", "delete", "apps", True)]


async def test_an_object_held_by_a_finalizer_is_terminating_until_it_is_let_go(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    cluster.patch("Kustomization", "apps", {"metadata": {"finalizers": ["finalizers.fluxcd.io"]}})
    done = await delete(ada, target=target())
    assert (done["errors"], done["gone"], done["finalizers"]) == ([], False, ["finalizers.fluxcd.io"])
    assert done["resource"] == {"name": "apps", "status": "TERMINATING"}
    waiting = asyncio.ensure_future(delete(ada, target=target(), waitSeconds=20))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    cluster.patch("Kustomization", "apps", {"metadata": {"finalizers": None}})
    assert (await waiting)["gone"] is True
    assert not there(cluster, "Kustomization", "apps")


async def test_a_wait_ends_and_says_what_still_holds_the_object(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    cluster.patch("Kustomization", "apps", {"metadata": {"finalizers": ["example.com/stuck"]}})
    (error,) = (await delete(ada, target=target(), waitSeconds=1))["errors"]
    assert (error["code"], error["details"]["finalizers"]) == ("TIMED_OUT", ["example.com/stuck"])
    assert "deletionTimestamp" in cluster.get("Kustomization", "apps")["metadata"]
    assert (await audited())[-1] == ("outcome", "delete", "apps", True)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"target": target(name="nope")}, "RESOURCE_NOT_FOUND"),
        ({"resourceVersion": "1"}, "CONFLICT"),
        ({"preview": "nonsense"}, "CONFLICT"),
        ({"preview": "x" * 1_000}, "VALIDATION_FAILED"),
        ({"waitSeconds": 61}, "VALIDATION_FAILED"),
        ({"waitSeconds": -1}, "VALIDATION_FAILED"),
    ],
)
async def test_a_deletion_that_cannot_be_meant_deletes_nothing(
    gyre: Gyre, cluster: LivingCluster, wish: dict[str, object], code: str
) -> None:
    ada = await gyre.signed_in("ada")
    before = cluster.get("Kustomization", "apps")
    done = await delete(ada, **{"target": target(), **wish})
    assert [error["code"] for error in done["errors"]] == [code]
    assert cluster.get("Kustomization", "apps") == before


async def test_who_may_not_delete_is_refused_and_a_dry_run_deletes_nothing(gyre: Gyre, cluster: LivingCluster) -> None:
    eve, ada = await gyre.signed_in("eve", Role.VIEWER), await gyre.signed_in("ada")
    before = cluster.get("Kustomization", "apps")
    (error,) = (await delete(eve, target=target()))["errors"]
    assert error["code"] == "FORBIDDEN"
    answer = await eve.ask(PREVIEW, kind="ks", name="apps")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    done = await delete(ada, target=target(), dryRun=True)
    assert (done["errors"], done["gone"], done["position"]) == ([], False, None)
    assert cluster.get("Kustomization", "apps") == before


async def test_a_preview_tells_what_goes_and_its_token_holds_only_while_that_is_so(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    inventory("apps", cluster, "shop_web_apps_Deployment", "_team_rbac.authorization.k8s.io_ClusterRole")
    preview = (await ada.data(PREVIEW, kind="ks", name="apps"))["deletionPreview"]
    token = preview.pop("token")
    assert preview == {
        "removed": [
            {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"},
            {"group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "namespace": "", "name": "team"},
        ],
        "hidden": 0,
        "total": 2,
        "because": "spec.prune is true.",
        "finalizers": [],
    }
    inventory("apps", cluster, "shop_web_apps_Deployment", "shop_db_apps_StatefulSet")
    (error,) = (await delete(ada, target=target(), preview=token))["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["preview"])
    assert there(cluster, "Kustomization", "apps")

    token = (await ada.data(PREVIEW, kind="ks", name="apps"))["deletionPreview"]["token"]
    cluster.patch("Kustomization", "apps", {"metadata": {"labels": {"another": "version"}}})  # nothing of the preview
    assert (await delete(ada, target=target(), preview=token))["gone"] is True


def inventory(name: str, cluster: LivingCluster, *ids: str) -> None:
    """Its controller has applied these."""
    resource = cluster.store.resources.named("Kustomization")
    entries = [{"id": each, "v": "v1"} for each in ids]
    cluster.store.patch(resource, "shop", name, {"status": {"inventory": {"entries": entries}}}, subresource="status")


async def test_who_may_edit_reads_it_whole_and_that_is_recorded(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    found = (await ada.data(LIVE, kind="provider", name="chat"))["liveManifest"]
    assert found["manifest"]["spec"]["address"] == HOOK
    assert HOOK in found["yaml"]
    assert "managedFields" not in found["manifest"]["metadata"]
    assert await audited() == [("noted", "unmask", "chat", True)]


async def test_who_may_not_edit_never_reads_it_whole(gyre: Gyre) -> None:
    eve, mia = await gyre.signed_in("eve", Role.VIEWER), await gyre.signed_in("mia", Role.MEMBER)
    codes = []
    for who in (eve, mia):
        answer = await who.ask(LIVE, kind="provider", name="chat")
        assert HOOK not in str(answer)
        codes.append(answer["errors"][0]["extensions"]["code"])
    assert codes == ["FORBIDDEN", "CLUSTER_NOT_FOUND"]
    assert await audited() == [("refused", "unmask", "chat", False)]


async def test_a_write_in_a_stream_is_told_to_who_listens(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await socket.init()
        await socket.subscribe("s", "subscription { resourceChanges { type row { name } } }")
        await asyncio.sleep(0.2)
        await write(ada, "create", manifest=kustomization())
        await delete(ada, target=target(name="new"))
        told = [(await socket.hear())["payload"]["data"]["resourceChanges"] for _ in range(2)]
    assert told == [{"type": "ADDED", "row": {"name": "new"}}, {"type": "DELETED", "row": {"name": "new"}}]
