"""Create, update, apply and delete as the document says them, on the embedded cluster."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gyre.flux.masking import MASK
from gyre.terms.people import Role
from tests.rest_compat.conftest import Served, refusal, served_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster

pytestmark = pytest.mark.anyio

HOOK = "https://hooks.slack.com/services/T0/B0/s3cret"
ALL = "/api/flux/kustomizations"
ONE = f"{ALL}/shop/apps"
YAML = {"content-type": "application/yaml"}


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path) as cluster:
        cluster.has("Kustomization", "apps", FROM_GIT)
        cluster.has("Provider", "chat", {"type": "slack", "address": HOOK})
        yield cluster


@pytest.fixture
async def gyre(cluster: LivingCluster, tmp_path: Path) -> AsyncIterator[Served]:
    async with served_on(cluster.access, tmp_path) as served:
        yield served


@pytest.fixture
async def ada(gyre: Served) -> AsyncIterator[httpx2.AsyncClient]:
    async with await gyre.signed_in("ada") as client:
        yield client


def kustomization(name: str = "new", namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**FROM_GIT, **spec},
    }


def there(cluster: LivingCluster, name: str) -> bool:
    return cluster.store.find(cluster.store.resources.named("Kustomization"), "shop", name) is not None


@pytest.mark.parametrize("kind", ["kustomizations", "KS", "Kustomization"])
async def test_create_answers_201_with_the_object_and_the_next_read_shows_it(
    ada: httpx2.AsyncClient, cluster: LivingCluster, kind: str
) -> None:
    answer = await ada.post(f"/api/flux/{kind}", json={"cluster": "default", "resource": kustomization()})
    body = answer.json()
    assert (answer.status_code, set(body)) == (201, {"resource", "position"})
    assert answer.headers["location"] == "/api/flux/kustomizations/shop/new?cluster=default"
    made = cluster.get("Kustomization", "new")
    del made["metadata"]["managedFields"]
    assert body["resource"] == made
    again = await ada.get(answer.headers["location"], params={"cluster": "default", "after": body["position"]})
    assert again.json() == {"resource": made}


async def test_a_body_of_yaml_is_the_object_itself(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    text = json.dumps(kustomization())
    dry = await ada.post(f"{ALL}?dryRun=true", content=text, headers=YAML)
    assert (dry.status_code, dry.json()["dryRun"], there(cluster, "new")) == (200, True, False)
    answer = await ada.post(f"{ALL}?cluster=default", content=text, headers=YAML)
    assert (answer.status_code, there(cluster, "new")) == (201, True)


@pytest.mark.parametrize(
    ("query", "said"), [("", {"dryRun": True}), ("?dryRun=true", {}), ("?dryRun=true", {"dryRun": False})]
)
async def test_a_dry_run_said_anywhere_writes_nothing(
    ada: httpx2.AsyncClient, cluster: LivingCluster, query: str, said: dict[str, Any]
) -> None:
    version = cluster.store.version
    made = await ada.post(f"{ALL}{query}", json={"resource": kustomization(), **said})
    applied = await ada.patch(f"{ONE}{query}", json={"resource": kustomization("apps"), "force": True, **said})
    resource = (await ada.get(ONE)).json()["resource"]
    put = await ada.put(ONE + query, json={"resource": resource, **said})
    assert [(each.status_code, each.json()["dryRun"]) for each in (made, applied, put)] == [(200, True)] * 3
    assert cluster.store.version == version


async def test_update_answers_the_object_as_it_is_now(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    resource = (await ada.get(ONE)).json()["resource"]
    resource["spec"]["interval"] = "3m"
    answer = await ada.put(ONE, json={"cluster": "default", "resource": resource})
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"resource", "position"})
    assert body["resource"]["spec"]["interval"] == cluster.get("Kustomization", "apps")["spec"]["interval"] == "3m"


async def test_an_update_takes_names_from_its_path(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    resource = (await ada.get(ONE)).json()["resource"]
    resource["metadata"] = {"resourceVersion": resource["metadata"]["resourceVersion"]}
    resource["spec"]["interval"] = "3m"
    assert (await ada.put(ONE, json={"resource": resource})).status_code == 200
    assert cluster.get("Kustomization", "apps")["spec"]["interval"] == "3m"


async def test_an_update_of_an_older_version_is_409_with_both(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    resource = (await ada.get(ONE)).json()["resource"]
    sent = resource["metadata"]["resourceVersion"]
    cluster.patch("Kustomization", "apps", {"spec": {"interval": "2m"}})
    now = cluster.get("Kustomization", "apps")
    current = now["metadata"]["resourceVersion"]
    for version in (sent, None):
        resource["metadata"]["resourceVersion"] = version
        answer = await ada.put(ONE, json={"resource": resource})
        assert refusal(answer) == (409, "CONFLICT")
        details = answer.json()["error"]["details"]
        assert (details["sent"], details["current"]) == (version, current)
    assert cluster.get("Kustomization", "apps") == now


async def test_what_exists_is_409_and_what_the_cluster_refuses_422_by_field(
    ada: httpx2.AsyncClient, cluster: LivingCluster
) -> None:
    before = cluster.get("Kustomization", "apps")
    assert refusal(await ada.post(ALL, json={"resource": kustomization("apps")})) == (409, "ALREADY_EXISTS")
    answer = await ada.post(ALL, json={"resource": kustomization(interval="soon")})
    assert refusal(answer) == (422, "REJECTED_BY_CLUSTER")
    error = answer.json()["error"]
    assert error["message"].startswith('Kustomization.kustomize.toolkit.fluxcd.io "new" is invalid: spec.interval: ')
    assert "spec.interval" in [cause["field"] for cause in error["details"]["causes"]]
    assert cluster.get("Kustomization", "apps") == before
    assert not there(cluster, "new")


async def test_apply_says_whose_field_it_is_and_takes_it_by_force(
    ada: httpx2.AsyncClient, cluster: LivingCluster
) -> None:
    await ada.post(ALL, json={"resource": kustomization()})  # creating holds every field, as an update does
    before = cluster.get("Kustomization", "new")
    wish = {"resource": kustomization(interval="3m")}
    answer = await ada.patch(f"{ALL}/shop/new", json=wish)
    assert refusal(answer) == (409, "CONFLICT")
    assert answer.json()["error"]["details"]["conflicts"] == [{"manager": "gyre", "field": "spec.interval"}]
    assert cluster.get("Kustomization", "new") == before

    answer = await ada.patch(f"{ALL}/shop/new", json={**wish, "force": True})
    assert (answer.status_code, cluster.get("Kustomization", "new")["spec"]["interval"]) == (200, "3m")
    assert (await ada.patch(f"{ALL}/shop/other", json={"resource": kustomization("other")})).status_code == 201


async def test_a_new_object_is_of_the_kind_its_path_says(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    answer = await ada.post("/api/flux/helmreleases", json={"resource": kustomization()})
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert not there(cluster, "new")
    assert refusal(await ada.post("/api/flux/pods", json={"resource": kustomization()})) == (404, "UNKNOWN_KIND")


async def test_delete_answers_success_and_the_object_is_gone(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    answer = await ada.delete(f"{ONE}?cluster=default")
    body = answer.json()
    position = body.pop("position")
    assert (answer.status_code, body) == (200, {"success": True, "gone": True, "finalizers": []})
    assert not there(cluster, "apps")
    assert refusal(await ada.get(ONE, params={"after": position})) == (404, "RESOURCE_NOT_FOUND")
    assert refusal(await ada.delete(ONE)) == (404, "RESOURCE_NOT_FOUND")


async def test_a_previewed_deletion_is_refused_once_it_would_be_another(
    ada: httpx2.AsyncClient, cluster: LivingCluster
) -> None:
    preview = (await ada.get(f"{ONE}/deletion")).json()
    token = preview.pop("preview")
    assert preview == {"removed": [], "hidden": 0, "total": 0, "because": "spec.prune is true.", "finalizers": []}
    cluster.patch("Kustomization", "apps", {"spec": {"prune": False}})
    assert refusal(await ada.delete(ONE, params={"preview": token})) == (409, "CONFLICT")
    assert there(cluster, "apps")
    preview = (await ada.get(f"{ONE}/deletion")).json()
    assert preview["because"] == "spec.prune is false, so what it applied stays."
    assert (await ada.delete(ONE, params={"preview": preview["preview"]})).status_code == 200


async def test_a_deletion_waited_for_in_vain_is_504(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    cluster.patch("Kustomization", "apps", {"metadata": {"finalizers": ["example.com/stuck"]}})
    answer = await ada.delete(ONE, params={"wait": "1"})
    assert refusal(answer) == (504, "TIMED_OUT")
    assert answer.json()["error"]["details"]["finalizers"] == ["example.com/stuck"]


async def test_a_deletion_tried_dry_deletes_nothing(ada: httpx2.AsyncClient, cluster: LivingCluster) -> None:
    assert (await ada.delete(f"{ONE}?dryRun=true")).json() == {"success": True, "dryRun": True}
    assert there(cluster, "apps")


async def test_who_may_only_look_changes_nothing_and_reads_no_secret(gyre: Served, cluster: LivingCluster) -> None:
    version = cluster.store.version
    body = {"resource": kustomization("apps")}
    async with await gyre.signed_in("vic", Role.VIEWER) as vic:
        answers = [
            await vic.post(ALL, json=body),
            await vic.put(ONE, json=body),
            await vic.patch(ONE, json=body),
            await vic.delete(ONE),
            await vic.get(f"{ONE}/deletion"),
            await vic.get("/api/flux/providers/shop/chat/unmasked"),
        ]
    assert [refusal(answer) for answer in answers] == [(403, "FORBIDDEN")] * 6
    assert HOOK not in answers[-1].text
    assert cluster.store.version == version


async def test_nobody_writes_without_a_session(gyre: Served, cluster: LivingCluster) -> None:
    version = cluster.store.version
    body = {"resource": kustomization("apps")}
    for answer in (
        await gyre.http.post(ALL, json=body),
        await gyre.http.put(ONE, json=body),
        await gyre.http.delete(ONE),
    ):
        assert refusal(answer) == (401, "UNAUTHENTICATED")
    assert cluster.store.version == version


async def test_who_may_edit_reads_the_whole_object_and_it_is_not_stored(ada: httpx2.AsyncClient) -> None:
    masked = (await ada.get("/api/flux/providers/shop/chat")).json()["resource"]
    answer = await ada.get("/api/flux/providers/shop/chat/unmasked")
    assert masked["spec"]["address"] == f"https://hooks.slack.com/{MASK}"
    assert answer.json()["resource"]["spec"]["address"] == HOOK
    assert answer.headers["cache-control"] == "no-store"
