"""Clusters over HTTP: listed, added, changed, tested and removed in the documented shapes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gyre.terms.people import Role
from models.clusters import StoredCluster
from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.support.cluster import KUSTOMIZATIONS, thing
from tests.support.remote import TOKEN, Remote, kubeconfig, open_remote

pytestmark = pytest.mark.anyio

PLAIN = {"id", "name", "source", "connected", "sync", "since", "problem", "kubernetesVersion", "impersonate"}
OF_ADMINISTRATORS = {"server", "context", "addedBy", "addedAt", "changedAt", "test"}


@dataclass(frozen=True, slots=True)
class World:
    gyre: Gyre
    remote: Remote
    ada: httpx2.AsyncClient

    def body(self, **more: Any) -> dict[str, Any]:
        return {"name": "production", "kubeconfig": self.remote.kubeconfig(), "context": "there", **more}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_gyre(tmp_path, allow_local_clusters=True) as gyre, open_remote() as remote:
        remote.cluster.has(KUSTOMIZATIONS, thing("far", "shop"))
        async with await gyre.signed_in("ada") as ada:
            yield World(gyre, remote, ada)


async def test_a_cluster_is_added_listed_read_and_removed_as_documented(world: World) -> None:
    made = await world.ada.post("/api/clusters", json=world.body())
    assert (made.status_code, set(made.json())) == (201, {"cluster"})
    cluster = made.json()["cluster"]
    assert set(cluster) == PLAIN | OF_ADMINISTRATORS
    assert (cluster["name"], cluster["source"], cluster["addedBy"]) == ("production", "added", "ada")
    assert (cluster["server"], cluster["context"]) == (f"127.0.0.1:{world.remote.cluster.port}", "there")
    assert cluster["test"]["worked"] is True

    listed = (await world.ada.get("/api/clusters")).json()
    assert set(listed) == {"clusters", "total"}
    assert [(each["id"], each["name"], each["source"]) for each in listed["clusters"]] == [
        ("default", "default", "operator"),
        (cluster["id"], "production", "added"),
    ]
    for either in (cluster["id"], "production"):
        one = await world.ada.get(f"/api/clusters/{either}")
        assert (one.status_code, one.json()["cluster"]["id"]) == (200, cluster["id"])
    path = "/api/flux/kustomizations/shop/far?cluster=production"
    assert (await read_once(world, path)).json()["resource"]["metadata"]["name"] == "far"
    assert TOKEN not in made.text + (await world.ada.get("/api/clusters")).text

    gone = await world.ada.delete(f"/api/clusters/{cluster['id']}")
    assert (gone.status_code, gone.json()) == (200, {"success": True})
    assert refusal(await world.ada.get(path)) == (404, "CLUSTER_NOT_FOUND")
    assert refusal(await world.ada.delete(f"/api/clusters/{cluster['id']}")) == (404, "CLUSTER_NOT_FOUND")
    assert await StoredCluster.all().count() == 0


async def read_once(world: World, path: str) -> httpx2.Response:
    """The object, once the cluster has been read."""
    async with asyncio.timeout(20):
        while (answer := await world.ada.get(path)).status_code != 200:
            assert refusal(answer) == (503, "NOT_SYNCED")
            await asyncio.sleep(0.02)
    return answer


async def test_what_is_refused_has_its_status_and_is_not_kept(world: World) -> None:
    asked = [
        (world.body(name="default"), 409, "ALREADY_EXISTS"),
        (world.body(name="a/b"), 400, "VALIDATION_FAILED"),
        (world.body(kubeconfig="..."), 400, "VALIDATION_FAILED"),
        (world.body(kubeconfig={"apiVersion": "v1"}), 400, "VALIDATION_FAILED"),
        (world.body(context="other"), 400, "VALIDATION_FAILED"),
        (world.body(kubeconfig=world.remote.kubeconfig(user={"exec": {"command": "x"}})), 400, "VALIDATION_FAILED"),
        (world.body(kubeconfig=world.remote.kubeconfig(user={"token": "other"})), 502, "REFUSED_BY_CLUSTER"),
        (world.body(kubeconfig=kubeconfig(world.remote.server)), 502, "CLUSTER_UNREACHABLE"),
        ({"name": "production"}, 400, "VALIDATION_FAILED"),
    ]
    for body, status, code in asked:
        assert refusal(await world.ada.post("/api/clusters", json=body)) == (status, code), body
    assert refusal(await world.ada.delete("/api/clusters/default")) == (409, "CONFLICT")
    assert refusal(await world.ada.put("/api/clusters/default", json={"impersonate": True})) == (409, "CONFLICT")
    assert refusal(await world.ada.put("/api/clusters/none", json={"impersonate": True})) == (404, "CLUSTER_NOT_FOUND")
    assert await StoredCluster.all().count() == 0


async def test_a_cluster_is_changed_and_tested(world: World) -> None:
    cluster = (await world.ada.post("/api/clusters", json=world.body(context=None))).json()["cluster"]
    place = f"/api/clusters/{cluster['id']}"
    changed = await world.ada.put(place, json={"impersonate": True})
    assert (changed.status_code, changed.json()["cluster"]["impersonate"]) == (200, True)
    tried = await world.ada.post(f"{place}/test")
    assert (tried.status_code, tried.json()["test"]["worked"]) == (200, True)
    wrong = {"kubeconfig": world.remote.kubeconfig(user={"token": "other"})}
    tried = await world.ada.post(f"{place}/test", json=wrong)
    assert tried.status_code == 200
    assert (tried.json()["test"]["worked"], tried.json()["test"]["code"]) == (False, "REFUSED_BY_CLUSTER")
    assert (await world.ada.get(place)).json()["cluster"]["test"]["worked"] is True
    assert refusal(await world.ada.put(place, json=wrong)) == (502, "REFUSED_BY_CLUSTER")
    tried = await world.ada.post("/api/clusters/default/test")
    assert tried.json()["test"]["worked"] is True


async def test_others_see_nothing_of_a_registration_and_who_sees_nothing_there_sees_no_cluster(world: World) -> None:
    await world.ada.post("/api/clusters", json=world.body())
    async with await world.gyre.signed_in("vic", Role.VIEWER) as vic:
        listed = (await vic.get("/api/clusters")).json()
        assert [set(each) for each in listed["clusters"]] == [PLAIN, PLAIN]
    async with await world.gyre.signed_in("mia", Role.MEMBER) as mia:
        assert (await mia.get("/api/clusters")).json() == {"clusters": [], "total": 0}
        assert refusal(await mia.get("/api/clusters/production")) == (404, "CLUSTER_NOT_FOUND")
        assert refusal(await mia.post("/api/clusters", json=world.body(name="mine"))) == (403, "FORBIDDEN")
