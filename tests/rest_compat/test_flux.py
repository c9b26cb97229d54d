"""Lists, objects and actions, as the document says them."""

import pytest

from gyre.terms.naming import ClusterName
from gyre.terms.people import Role
from rest_compat.flux import LIST_MAX
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.cluster import KUSTOMIZATIONS, thing
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


def names(answer: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [f"{each['metadata']['namespace']}/{each['metadata']['name']}" for each in answer["resources"]]


async def fill(gyre: Gyre, count: int) -> None:
    """So many more Kustomizations in the namespace `many`."""
    gyre.cluster.has(KUSTOMIZATIONS, *(thing(f"ks-{number:05}", "many") for number in range(count)))
    fleet, sight = gyre.services.fleet, ClusterName("default")
    await until(lambda: fleet.version_of(sight, KUSTOMIZATIONS) == "v1" and _count(gyre) == count + 2, seconds=60)


def _count(gyre: Gyre) -> int:
    return sum(len(shelf.objects) for shelf in gyre.services.fleet._cache.shelves(ClusterName("default"))) - 1


@pytest.mark.parametrize("name", ["kustomizations", "KUSTOMIZATIONS", "Kustomization", "kustomization", "ks", "Ks"])
async def test_a_list_holds_whole_objects_in_a_stable_order_under_any_name_of_the_kind(gyre: Gyre, name: str) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.get(f"/api/flux/{name}")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    body = answer.json()
    assert set(body) == {"resources", "total", "position"}
    assert (names(body), body["total"]) == (["flux-system/infra", "prod/apps"], 2)
    assert body["resources"][1] == gyre.cluster.served[KUSTOMIZATIONS].objects["prod", "apps"]
    await ada.aclose()


async def test_a_list_can_be_of_one_namespace(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    assert names((await ada.get("/api/flux/ks?namespace=prod&cluster=default")).json()) == ["prod/apps"]
    empty = (await ada.get("/api/flux/ks?namespace=nowhere")).json()
    assert (empty["resources"], empty["total"]) == ([], 0)
    await ada.aclose()


async def test_pages_hold_the_documented_pagination_and_one_past_the_end_is_empty(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    await fill(gyre, 9)
    first = (await ada.get("/api/flux/kustomizations?page=1&limit=4")).json()
    last = (await ada.get("/api/flux/kustomizations?page=3&limit=4")).json()
    past = (await ada.get("/api/flux/kustomizations?page=4&limit=4")).json()
    alone = (await ada.get("/api/flux/kustomizations?page=1")).json()

    assert first["pagination"] == {"page": 1, "limit": 4, "total": 11, "totalPages": 3}
    assert names(first) == ["flux-system/infra", "many/ks-00000", "many/ks-00001", "many/ks-00002"]
    assert names(last) == ["many/ks-00007", "many/ks-00008", "prod/apps"]
    assert (names(past), past["pagination"]["totalPages"]) == ([], 3)
    assert alone["pagination"] == {"page": 1, "limit": 20, "total": 11, "totalPages": 1}
    await ada.aclose()


async def test_without_pages_everything_comes_and_above_the_bound_pages_are_asked_for(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    await fill(gyre, LIST_MAX - 2)
    whole = (await ada.get("/api/flux/kustomizations", timeout=60)).json()
    assert (len(set(names(whole))), whole["total"]) == (LIST_MAX, LIST_MAX)

    gyre.cluster.has(KUSTOMIZATIONS, thing("one-more", "many"))
    await until(lambda: _count(gyre) == LIST_MAX + 1)
    answer = await ada.get("/api/flux/kustomizations")
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert "`page` and `limit`" in answer.json()["error"]["message"]
    await ada.aclose()


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

    assert names(listed) == ["flux-system/infra", "prod/apps"]
    assert [(each["code"], each["resourceType"]) for each in listed["errors"]] == [("STALE", "kustomizations")]
    assert one["staleSince"] == listed["staleSince"] == listed["errors"][0]["staleSince"]
    assert (health["status"], health["clusters"]) == ("degraded", [{"name": "default", "connected": False}])
    assert refusal(await ada.post("/api/flux/ks/prod/apps/suspend"))[0] == 502
    await ada.aclose()


def _live(gyre: Gyre) -> bool:
    return gyre.services.fleet.stale_since(ClusterName("default"), KUSTOMIZATIONS) is None
