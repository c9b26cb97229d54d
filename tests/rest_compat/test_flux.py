"""Objects, what they applied, and actions, as the document says them."""

import pytest

from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Role
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.cluster import GIT_REPOSITORIES, KUSTOMIZATIONS, thing
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


@pytest.mark.parametrize(
    ("query", "body", "stamped"),
    [
        ("", {}, set()),
        ("?force=true&reset=true", {}, {"forceAt", "resetAt"}),
        ("?force=true", {"reset": True}, {"forceAt", "resetAt"}),
        ("?force=false", {"force": True}, {"forceAt"}),
        ("", {"force": True, "reset": True}, {"forceAt", "resetAt"}),
    ],
)
async def test_a_reconcile_is_forced_and_reset_as_query_or_body_say(
    gyre: Gyre, query: str, body: dict[str, bool], stamped: set[str]
) -> None:
    ada = await gyre.signed_in("ada")
    assert (await ada.post(f"/api/flux/hr/prod/web/reconcile{query}", json=body)).status_code == 200
    (write,) = gyre.cluster.writes
    annotations = write["patch"]["metadata"]["annotations"]
    assert set(annotations) == {f"reconcile.fluxcd.io/{name}" for name in stamped | {"requestedAt"}}
    assert len(set(annotations.values())) == 1
    await ada.aclose()


@pytest.mark.parametrize(("query", "body"), [("&withSource=true", {}), ("", {"withSource": True})])
async def test_a_reconcile_asks_the_source_first_when_query_or_body_say_so(
    gyre: Gyre, query: str, body: dict[str, bool]
) -> None:
    ada = await gyre.signed_in("ada")
    source = {"kind": "GitRepository", "name": "fleet"}
    gyre.cluster.has(GIT_REPOSITORIES, thing("fleet", "prod"))
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps", "prod", spec={"sourceRef": source}))
    await until(lambda: b"fleet" in _body(gyre) and _body(gyre, GIT_REPOSITORIES, "fleet") != b"")
    answer = await ada.post(f"/api/flux/ks/prod/apps/reconcile?dryRun=true{query}", json=body)
    assert answer.json() == {"success": True, "dryRun": True}
    asked = [(write["path"].rpartition("/namespaces/")[2], write["dryRun"]) for write in gyre.cluster.writes]
    assert asked == [("prod/gitrepositories/fleet", True), ("prod/kustomizations/apps", True)]
    await ada.aclose()


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?reason=being%20repaired&until=2126-01-31T12:00:00Z", {}),
        ("?reason=being%20repaired", {"until": "2126-01-31T12:00:00Z"}),
        ("?until=2126-01-31T12:00:00Z", {"until": "2126-01-31T12:00:00Z", "reason": "being repaired"}),
        ("", {"until": "2126-01-31T12:00:00Z", "reason": "being repaired"}),
    ],
)
async def test_why_and_until_when_it_is_suspended_is_taken_from_query_or_body(
    gyre: Gyre, query: str, body: dict[str, str]
) -> None:
    ada = await gyre.signed_in("ada")
    assert (await ada.post(f"/api/flux/ks/prod/apps/suspend{query}", json=body)).status_code == 200
    (write,) = gyre.cluster.writes
    annotations = write["patch"]["metadata"]["annotations"]
    assert annotations["gyre.dev/suspended-reason"] == "being repaired"
    assert annotations["gyre.dev/suspended-until"] == "2126-01-31T12:00:00Z"
    await ada.aclose()


@pytest.mark.parametrize(
    ("action", "query", "body", "path"),
    [
        ("suspend", "reason=one", {"reason": "another"}, "reason"),
        ("suspend", "until=2126-01-31T12:00:00Z", {"until": "2126-01-31T12:00:01Z"}, "until"),
        ("suspend", "until=2026-01-01", {}, "until"),
        ("suspend", "dryRun", {}, "dryRun"),
        ("suspend", "dryRun=", {}, "dryRun"),
        ("suspend", "dryrun=true", {}, "dryrun"),
        ("suspend", "dry_run=true", {}, "dry_run"),
        ("suspend", "force=true", {}, "force"),
        ("suspend", "%00=1", {}, "\0"),
        ("suspend", "=", {}, ""),
        ("resume", "reason=over", {}, "reason"),
        ("reconcile", "withsource=true", {}, "withsource"),
        ("reconcile", "force=yes", {}, "force"),
    ],
)
async def test_an_action_that_query_and_body_do_not_agree_on_or_nobody_knows_is_not_done(
    gyre: Gyre, action: str, query: str, body: dict[str, str], path: str
) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.post(f"/api/flux/ks/prod/apps/{action}?{query}", json=body)
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"] == {"path": [path]}
    assert gyre.cluster.writes == []
    await ada.aclose()


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


def _body(gyre: Gyre, kind: Kind = KUSTOMIZATIONS, name: str = "apps") -> bytes:
    held = gyre.services.fleet.find(Ref(cluster=ClusterName("default"), kind=kind, namespace="prod", name=name))
    return held.body if held else b""
