"""Lists of objects: narrowed, sorted, paged, whole, sparse; sent once, and compressed when they are large."""

import json
from pathlib import Path

import pytest
from msgspec.structs import force_setattr

from gyre.access.sight import sight_of
from gyre.terms.naming import ClusterName
from gyre.terms.people import Principal, Role
from gyre.terms.sync import Sync
from tests.rest_compat.conftest import Gyre, application, open_gyre, refusal
from tests.support.cluster import FAILED, KUSTOMIZATIONS, thing
from tests.support.serving import serving
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

DEFAULT = ClusterName("default")
EVERYTHING = sight_of(Principal(user_id="0", username="test", role=Role.ADMIN, grants=()))


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


async def test_without_pages_everything_comes_and_above_the_bound_pages_are_asked_for(tmp_path: Path) -> None:
    async with open_gyre(tmp_path, rest_list_max=3_000) as gyre:
        ada = await gyre.signed_in("ada")
        await fill(gyre, 2_998)
        whole = (await ada.get("/api/flux/kustomizations", timeout=60)).json()
        assert (len(set(names(whole))), whole["total"]) == (3_000, 3_000)

        gyre.cluster.has(KUSTOMIZATIONS, thing("one-more", "many"))
        await until(lambda: _count(gyre) == 3_001)
        answer = await ada.get("/api/flux/kustomizations")
        assert refusal(answer) == (400, "VALIDATION_FAILED")
        assert answer.json()["error"]["message"] == (
            "There are 3001 objects, more than 3000 for one answer; give `page` and `limit`."
        )
        assert (await ada.get("/api/flux/kustomizations?namespace=prod")).status_code == 200
        await ada.aclose()


async def test_kept_bytes_are_sent_as_they_are_and_never_parsed(gyre: Gyre) -> None:
    await fill(gyre, 500)
    shelf = next(each for each in gyre.services.fleet._cache.shelves(DEFAULT) if each.kind == KUSTOMIZATIONS)
    for (_, name), held in shelf.objects.items():
        force_setattr(held, "body", f"<{name}: no JSON [".encode())
    ada = await gyre.signed_in("ada")
    async with serving(application(gyre.services)) as address:  # here nobody holds answers against the document
        for path, count in (("?namespace=many&limit=500", 500), ("?limit=2&page=3", 2), ("?sort=-name", 502)):
            answer = await ada.get(f"http://{address}/api/flux/ks{path}")
            bodies, _, rest = answer.content.removeprefix(b'{"resources":[').partition(b"],")
            assert (answer.status_code, len(bodies.split(b","))) == (200, count)
            assert set(bodies.split(b",")) <= {held.body for held in shelf.objects.values()}
            assert json.loads(b"{" + rest)["total"] == (500 if "namespace" in path else 502)
    await ada.aclose()


async def various(gyre: Gyre) -> None:
    """Objects that differ in status, labels and times, in the namespaces `a` and `b`."""
    gyre.cluster.has(
        KUSTOMIZATIONS,
        thing("web", "a", conditions=[FAILED], metadata={"labels": {"app": "web", "tier": "front"}}),
        thing("api", "b", metadata={"labels": {"app": "api"}, "creationTimestamp": "2025-06-01T00:00:00Z"}),
        thing("job", "b", spec={"suspend": True}, metadata={"labels": {"app": "web"}}),
    )
    await until(lambda: _count(gyre) == 5)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=Failed", ["a/web"]),
        ("status=failed,SUSPENDED", ["a/web", "b/job"]),
        ("label=app=web", ["a/web", "b/job"]),
        ("label=app%3D%3Dweb", ["a/web", "b/job"]),
        ("label=app=web,tier", ["a/web"]),
        ("label=tier", ["a/web"]),
        ("label=app=nothing", []),
        ("q=API", ["b/api"]),
        ("q=kustomize build", ["a/web"]),
        ("namespace=a,prod", ["a/web", "prod/apps"]),
        ("namespace=b&status=Ready&label=app&q=api", ["b/api"]),
    ],
)
async def test_a_list_is_narrowed_by_status_labels_and_words(gyre: Gyre, query: str, found: list[str]) -> None:
    ada = await gyre.signed_in("ada")
    await various(gyre)
    body = (await ada.get(f"/api/flux/ks?{query}")).json()
    assert (names(body), body["total"]) == (found, len(found))
    paged = (await ada.get(f"/api/flux/ks?{query}&page=1&limit=1")).json()
    assert (names(paged), paged["pagination"]["total"]) == (found[:1], len(found))
    await ada.aclose()


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["b/api", "prod/apps", "flux-system/infra", "b/job", "a/web"]),
        ("-name", ["a/web", "b/job", "flux-system/infra", "prod/apps", "b/api"]),
        ("namespace", ["a/web", "b/api", "b/job", "flux-system/infra", "prod/apps"]),
        ("status", ["a/web", "b/job", "b/api", "flux-system/infra", "prod/apps"]),
        ("createdAt", ["b/api", "a/web", "b/job", "flux-system/infra", "prod/apps"]),
        ("-CREATEDAT", ["a/web", "b/job", "flux-system/infra", "prod/apps", "b/api"]),
    ],
)
async def test_a_list_is_sorted_by_what_is_asked_and_pages_go_through_it(
    gyre: Gyre, sort: str, found: list[str]
) -> None:
    ada = await gyre.signed_in("ada")
    await various(gyre)
    assert names((await ada.get(f"/api/flux/ks?sort={sort}")).json()) == found
    pages = [(await ada.get(f"/api/flux/ks?sort={sort}&limit=2&page={page}")).json() for page in (1, 2, 3)]
    assert [name for page in pages for name in names(page)] == found
    await ada.aclose()


async def test_sparse_objects_hold_the_asked_fields_and_nothing_else(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    gyre.cluster.has(KUSTOMIZATIONS, thing("web", "a", metadata={"labels": {"example.com/app": "web", "b": "c"}}))
    await until(lambda: _count(gyre) == 3)
    fields = r"metadata.name,metadata.labels.example\.com/app,status.conditions.type,spec.path,nothing.there,kind.name"
    whole = (await ada.get("/api/flux/ks", params={"fields": fields})).json()
    assert whole["total"] == 3
    assert whole["resources"] == [
        {
            "metadata": {"name": "web", "labels": {"example.com/app": "web"}},
            "status": {"conditions": [{"type": "Ready"}]},
        },
        {"metadata": {"name": "infra"}, "status": {"conditions": [{"type": "Ready"}]}},
        {"metadata": {"name": "apps"}, "status": {"conditions": [{"type": "Ready"}]}, "spec": {"path": "./ünï"}},
    ]
    both = (await ada.get("/api/flux/ks?fields=spec,spec.path&limit=1&page=3")).json()
    assert both["resources"] == [{"spec": {"path": "./ünï"}}]
    one = (await ada.get("/api/flux/ks/prod/apps?fields=metadata.namespace")).json()
    assert one == {"resource": {"metadata": {"namespace": "prod"}}}
    await ada.aclose()


async def test_a_long_sparse_list_is_streamed_whole(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    await fill(gyre, 2_000)
    answer = await ada.get("/api/flux/ks?fields=metadata.name&namespace=many")
    assert "content-length" not in answer.headers
    assert [each["metadata"] for each in answer.json()["resources"]] == [{"name": f"ks-{n:05}"} for n in range(2_000)]
    await ada.aclose()


PATHS = [
    "/api/flux/kustomizations",
    "/api/flux/kustomizations?page=1&limit=1&sort=-name",
    "/api/flux/kustomizations/prod/apps",
    "/api/overview",
    "/api/events",
    "/api/flux/kustomizations/prod/apps/events",
]


@pytest.mark.parametrize("path", PATHS)
async def test_what_did_not_change_is_not_sent_again(gyre: Gyre, path: str) -> None:
    ada = await gyre.signed_in("ada")
    first = await ada.get(path)
    tag = first.headers["etag"]
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    for said in (tag, f'"x", {tag}', tag.removeprefix("W/")):
        again = await ada.get(path, headers={"if-none-match": said})
        assert (again.status_code, again.content) == (304, b"")
        assert [again.headers[name] for name in ("etag", "cache-control", "vary")] == [
            tag,
            "private, no-cache",
            "accept-encoding",
        ]
    assert (await ada.get(path, headers={"if-none-match": '"other"'})).status_code == 200
    await ada.aclose()


@pytest.mark.parametrize("path", PATHS[:4])
async def test_a_change_of_an_object_gives_its_answers_another_tag(gyre: Gyre, path: str) -> None:
    ada = await gyre.signed_in("ada")
    before = (await ada.get(path)).headers["etag"]
    position = gyre.services.feed.cursor()
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps", "prod", conditions=[FAILED]))
    await until(lambda: gyre.services.feed.cursor() != position)
    after = await ada.get(path, headers={"if-none-match": before})
    assert after.status_code == 200
    assert after.headers["etag"] != before
    await ada.aclose()


@pytest.mark.parametrize("path", PATHS)
async def test_other_rights_and_a_cluster_that_goes_away_give_another_tag(gyre: Gyre, path: str) -> None:
    ada, eve = await gyre.signed_in("ada", Role.EDITOR), await gyre.signed_in("eve", Role.MEMBER)
    await until(lambda: not gyre.services.fleet.events.state(ClusterName("default"), EVERYTHING).state.problem)
    tag = (await ada.get(path)).headers["etag"]
    assert (await eve.get(path, headers={"if-none-match": tag})).status_code != 304
    await gyre.people.users.set_role("ada", Role.MEMBER)
    assert (await ada.get(path, headers={"if-none-match": tag})).status_code != 304
    await gyre.people.users.set_role("ada", Role.EDITOR)
    assert (await ada.get(path, headers={"if-none-match": tag})).status_code == 304

    gyre.cluster.go_away()
    await until(lambda: gyre.services.fleet.stale_since(ClusterName("default"), KUSTOMIZATIONS) is not None)
    await until(lambda: gyre.services.fleet.events.state(ClusterName("default"), EVERYTHING).state.sync is Sync.STALE)
    away = await ada.get(path, headers={"if-none-match": tag})
    assert (away.status_code, "staleSince" in away.json()) == (200, True)
    await ada.aclose()
    await eve.aclose()


@pytest.mark.parametrize("path", [*PATHS, "/api/flux/kustomizations/prod/apps/inventory", "/api/health", "/livez"])
async def test_where_one_can_get_one_can_ask_for_the_head_alone(gyre: Gyre, path: str) -> None:
    ada = await gyre.signed_in("ada")
    whole, head = await ada.get(path), await ada.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert [head.headers.get(name) for name in ("content-type", "content-length", "etag")] == [
        whole.headers.get(name) for name in ("content-type", "content-length", "etag")
    ]
    await ada.aclose()


async def test_large_answers_are_compressed_for_who_takes_it_in_one_piece_and_streamed(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    await fill(gyre, 3_000)
    for path in ("/api/flux/ks?limit=200", "/api/flux/ks", "/api/flux/ks?fields=metadata,status"):
        plain = await ada.get(path, headers={"accept-encoding": "identity"})
        packed = await ada.get(path, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.json() == plain.json()
        assert packed.num_bytes_downloaded < plain.num_bytes_downloaded / 5
        assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert packed.headers["etag"] == plain.headers["etag"]
    await ada.aclose()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/flux/ks?limit=1", {"accept-encoding": "gzip"}),
        ("/api/flux/ks?limit=200", {"accept-encoding": "gzip;q=0, identity"}),
        ("/api/flux/ks?limit=200", {"accept-encoding": "br"}),
        ("/api/flux/ks?limit=200", {"accept-encoding": "gzip", "sec-fetch-site": "cross-site"}),
    ],
)
async def test_small_answers_and_those_to_other_sites_are_not_compressed(
    gyre: Gyre, path: str, headers: dict[str, str]
) -> None:
    ada = await gyre.signed_in("ada")
    await fill(gyre, 200)
    answer = await ada.get(path, headers=headers)
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers
    await ada.aclose()


async def test_the_overview_counts_what_may_be_seen_and_names_what_fails(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    await various(gyre)
    body = (await ada.get("/api/overview")).json()
    words = {"Ready": 0, "Progressing": 0, "Failed": 0, "Suspended": 0, "Terminating": 0, "Unknown": 0}
    assert body["total"] == 6
    assert body["byStatus"] == words | {"Ready": 4, "Failed": 1, "Suspended": 1}
    assert body["byKind"] == [
        {
            "resourceType": "helmreleases",
            "kind": "HelmRelease",
            "group": "helm.toolkit.fluxcd.io",
            "total": 1,
            "byStatus": words | {"Ready": 1},
        },
        {
            "resourceType": "kustomizations",
            "kind": "Kustomization",
            "group": "kustomize.toolkit.fluxcd.io",
            "total": 5,
            "byStatus": words | {"Ready": 3, "Failed": 1, "Suspended": 1},
        },
    ]
    assert [(each["namespace"], each["total"]) for each in body["byNamespace"]] == [
        ("a", 1),
        ("b", 2),
        ("flux-system", 1),
        ("prod", 2),
    ]
    assert body["byCluster"] == [{"cluster": "default", "total": 6, "byStatus": body["byStatus"]}]
    assert [(each["resourceType"], each["namespace"], each["name"], each["reason"]) for each in body["failing"]] == [
        ("kustomizations", "a", "web", "BuildFailed")
    ]
    assert body["position"] == gyre.services.feed.cursor()
    await ada.aclose()


async def test_the_overview_can_be_of_a_part(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    await various(gyre)
    part = (await ada.get("/api/overview?namespace=b&resourceType=ks&cluster=default")).json()
    assert (part["total"], part["failing"], part["byStatus"]["Suspended"]) == (2, [], 1)
    assert refusal(await ada.get("/api/overview?cluster=other")) == (404, "CLUSTER_NOT_FOUND")
    assert refusal(await gyre.http.get("/api/overview")) == (401, "UNAUTHENTICATED")
    await ada.aclose()


async def test_who_sees_nothing_gets_an_empty_overview(gyre: Gyre) -> None:
    eve = await gyre.signed_in("eve", Role.MEMBER)
    body = (await eve.get("/api/overview")).json()
    assert (body["total"], body["byKind"], body["byNamespace"], body["byCluster"]) == (0, [], [], [])
    await eve.aclose()
