"""Reconciling with the source first, on a cluster whose controllers work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.schema.test_actions import GIT, act, target
from tests.support.graphql import DEFAULT, Gyre, gyre_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

REQUESTED = "reconcile.fluxcd.io/requestedAt"


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path, alive=True) as cluster:
        cluster.has("GitRepository", "fleet", GIT)
        cluster.has("Kustomization", "apps", FROM_GIT)
        yield cluster


@pytest.fixture
async def gyre(cluster: LivingCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access}, tmp_path) as gyre:
        yield gyre


def ready(cluster: LivingCluster, kind: str, name: str) -> bool:
    conditions = cluster.get(kind, name).get("status", {}).get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


async def test_the_source_is_done_before_the_object_is_asked(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    await until(lambda: ready(cluster, "GitRepository", "fleet") and ready(cluster, "Kustomization", "apps"))
    done = await act(ada, "reconcile", withSource=True)
    assert done["errors"] == []
    source, applied = cluster.get("GitRepository", "fleet"), cluster.annotations("Kustomization", "apps")
    asked = source["metadata"]["annotations"][REQUESTED]
    assert source["status"]["lastHandledReconcileAt"] == asked
    assert asked < applied[REQUESTED]


async def test_a_dry_run_with_source_asks_nobody(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    await until(lambda: ready(cluster, "GitRepository", "fleet"))
    done = await act(ada, "reconcile", withSource=True, dryRun=True)
    assert (done["errors"], done["position"]) == ([], None)
    assert REQUESTED not in cluster.annotations("GitRepository", "fleet")
    assert REQUESTED not in cluster.annotations("Kustomization", "apps")


async def test_a_suspended_source_stops_everything_before_it_begins(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    await act(ada, "suspend", target=target("gitrepo", "fleet"))
    (error,) = (await act(ada, "reconcile", withSource=True))["errors"]
    assert (error["code"], error["message"]) == ("SUSPENDED", "GitRepository fleet is suspended: resume it first.")
    assert REQUESTED not in cluster.annotations("Kustomization", "apps")


async def test_a_missing_source_is_named(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    cluster.has("Kustomization", "lost", {**FROM_GIT, "sourceRef": {"kind": "GitRepository", "name": "gone"}})
    await until(lambda: gyre.seen("Kustomization", "lost"))
    (error,) = (await act(ada, "reconcile", target=target(name="lost"), withSource=True))["errors"]
    assert error["code"] == "RESOURCE_NOT_FOUND"
    assert "GitRepository 'gone'" in error["message"]
