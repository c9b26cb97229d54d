"""Objects, what they applied, and actions, as the document says them."""

import pytest

from gyre.terms.naming import ClusterName, Ref
from gyre.terms.people import Role
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.cluster import KUSTOMIZATIONS, thing
from tests.support.people import rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_one_object_is_answered_whole(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.get("/api/flux/kustomizations/prod/apps?cluster=default")
    assert (answer.status_code, answer.json()) == (
        200,
        {"resource": gyre.cluster.served[KUSTOMIZATIONS].objects["prod", "apps"]},
    )
    await ada.aclose()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/flux/kustomizations/prod/nothing", "RESOURCE_NOT_FOUND"),
        ("/api/flux/kustomizations/nowhere/apps", "RESOURCE_NOT_FOUND"),
        ("/api/flux/kustomizations/prod/apps?cluster=other", "CLUSTER_NOT_FOUND"),
        ("/api/flux/gitrepositories/prod/apps", "RESOURCE_NOT_FOUND"),
        ("/api/flux/pods/prod/apps", "UNKNOWN_KIND"),
        ("/api/flux/pods", "UNKNOWN_KIND"),
        ("/api/flux/kustomizations?cluster=other", "CLUSTER_NOT_FOUND"),
    ],
)
async def test_what_is_not_there_is_404(gyre: Gyre, path: str, code: str) -> None:
    ada = await gyre.signed_in("ada")
    assert refusal(await ada.get(path)) == (404, code)
    await ada.aclose()


@pytest.mark.parametrize("path", ["/api/flux/kustomizations", "/api/flux/kustomizations/prod/apps"])
async def test_nobody_sees_anything_without_a_session(gyre: Gyre, path: str) -> None:
    assert refusal(await gyre.http.get(path)) == (401, "UNAUTHENTICATED")


async def test_who_may_see_nothing_gets_what_does_not_exist(gyre: Gyre) -> None:
    eve = await gyre.signed_in("eve", Role.MEMBER)
    seen = await eve.get("/api/flux/kustomizations/prod/apps")
    absent = await eve.get("/api/flux/kustomizations/prod/nothing")
    assert refusal(seen)[0] == refusal(absent)[0] == 404
    assert seen.json()["error"]["code"] == absent.json()["error"]["code"]
    await eve.aclose()


@pytest.mark.parametrize(
    ("action", "patched"),
    [
        ("suspend", {"spec": {"suspend": True}}),
        ("resume", {"spec": {"suspend": None}}),
        ("reconcile", {}),
    ],
)
async def test_an_action_patches_the_object_and_the_next_read_shows_it(
    gyre: Gyre, action: str, patched: dict[str, dict[str, object]]
) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.post(f"/api/flux/ks/prod/apps/{action}")

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"success", "position", "resource"}
    assert body["success"] is True
    write = gyre.cluster.writes[0]
    assert (len(gyre.cluster.writes), write["dryRun"]) == (1, False)
    assert write["patch"].items() >= patched.items()
    now = await ada.get("/api/flux/ks/prod/apps", params={"after": body["position"]})
    assert now.json()["resource"] == body["resource"] == gyre.cluster.served[KUSTOMIZATIONS].objects["prod", "apps"]
    await ada.aclose()


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {"cluster": "default", "dryRun": True}),
        ("?dryRun=true", {}),
        ("?dryRun=true", {"cluster": "default"}),
        ("?dryRun=true", {"dryRun": False}),
    ],
)
async def test_an_action_tried_dry_changes_nothing(gyre: Gyre, query: str, body: dict[str, object]) -> None:
    ada = await gyre.signed_in("ada")
    before = gyre.cluster.served[KUSTOMIZATIONS].objects["prod", "apps"]
    answer = await ada.post(f"/api/flux/ks/prod/apps/suspend{query}", json=body)

    assert answer.json() == {"success": True, "dryRun": True}
    assert gyre.cluster.writes[0]["dryRun"] is True
    assert gyre.cluster.served[KUSTOMIZATIONS].objects["prod", "apps"] == before
    await ada.aclose()


@pytest.mark.parametrize("action", ["suspend", "resume", "reconcile"])
async def test_who_may_only_look_cannot_act_and_is_told_why(gyre: Gyre, action: str) -> None:
    vic = await gyre.signed_in("vic", Role.VIEWER)
    answer = await vic.post(f"/api/flux/kustomizations/prod/apps/{action}")

    assert refusal(answer) == (403, "FORBIDDEN")
    assert gyre.cluster.writes == []
    await vic.aclose()


async def test_two_different_clusters_in_one_request_are_refused(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.post("/api/flux/ks/prod/apps/suspend?cluster=default", json={"cluster": "other"})
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert gyre.cluster.writes == []
    await ada.aclose()


async def test_a_cluster_that_is_away_answers_with_its_last_rows_and_since_when(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    gyre.cluster.go_away()
    await until(lambda: not _live(gyre))
    listed = (await ada.get("/api/flux/kustomizations")).json()
    one = (await ada.get("/api/flux/kustomizations/prod/apps")).json()
    health = (await gyre.http.get("/api/health")).json()

    assert [each["metadata"]["name"] for each in listed["resources"]] == ["infra", "apps"]
    assert [(each["code"], each["resourceType"]) for each in listed["errors"]] == [("STALE", "kustomizations")]
    assert one["staleSince"] == listed["staleSince"] == listed["errors"][0]["staleSince"]
    assert (health["status"], health["clusters"]) == ("degraded", [{"name": "default", "connected": False}])
    assert refusal(await ada.post("/api/flux/ks/prod/apps/suspend"))[0] == 502
    await ada.aclose()


def _live(gyre: Gyre) -> bool:
    return gyre.services.fleet.stale_since(ClusterName("default"), KUSTOMIZATIONS) is None


async def test_the_inventory_of_an_object_is_what_its_status_lists(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    entries = [
        {"id": "prod_web_apps_Deployment", "v": "v1"},
        {"id": "_team_rbac.authorization.k8s.io_ClusterRole", "v": "v1"},
        {"id": "prod_web_helm.toolkit.fluxcd.io_HelmRelease", "v": "v2"},
    ]
    gyre.cluster.has(KUSTOMIZATIONS, {**thing("apps", "prod"), "status": {"inventory": {"entries": entries}}})
    await until(lambda: b"inventory" in _body(gyre))
    answer = await ada.get("/api/flux/ks/prod/apps/inventory?cluster=default")

    assert answer.status_code == 200
    named = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "prod", "name": "web"}
    web: dict[str, object] = {**named, "hidden": False, "status": None}
    assert answer.json() == {
        "inventory": [
            web,
            web | {"group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "namespace": "", "name": "team"},
            web | {"group": "helm.toolkit.fluxcd.io", "version": "v2", "kind": "HelmRelease", "status": "Ready"},
        ],
        "total": 3,
    }
    mia = await gyre.signed_in("mia", Role.MEMBER)
    await gyre.people.give("mia", rule("kustomizations deployments", "prod", "view"), cluster="default")
    nameless = {"namespace": "", "name": "", "hidden": True, "status": None}
    assert (await mia.get("/api/flux/ks/prod/apps/inventory")).json()["inventory"] == [
        web,
        nameless | {"group": "rbac.authorization.k8s.io", "version": "v1", "kind": "ClusterRole"},
        nameless | {"group": "helm.toolkit.fluxcd.io", "version": "v2", "kind": "HelmRelease"},
    ]
    await mia.aclose()
    assert (await ada.get("/api/flux/hr/prod/web/inventory")).json() == {"inventory": [], "total": 0}
    assert refusal(await ada.get("/api/flux/ks/prod/nothing/inventory")) == (404, "RESOURCE_NOT_FOUND")
    await ada.aclose()


def _body(gyre: Gyre) -> bytes:
    ref = Ref(cluster=ClusterName("default"), kind=KUSTOMIZATIONS, namespace="prod", name="apps")
    held = gyre.services.fleet.find(ref)
    return held.body if held else b""
