"""What the tests of added clusters ask, and a face with one cluster of the operator beside a remote one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from models.clusters import StoredCluster
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, open_cluster, thing
from tests.support.graphql import DEFAULT, Answer, Gyre, Signed, gyre_on
from tests.support.remote import Remote, open_remote

CLUSTER = """{
  id name source impersonate sync connected kubernetesVersion
  registration { server context addedBy addedAt changedAt test { worked code message at } }
}"""
ERRORS = "errors { code message path causes { field message reason } }"
ADD = f"mutation($input: AddClusterInput!) {{ done: addCluster(input: $input) {{ cluster {CLUSTER} {ERRORS} }} }}"
UPDATE = (
    f"mutation($input: UpdateClusterInput!) {{ done: updateCluster(input: $input) {{ cluster {CLUSTER} {ERRORS} }} }}"
)
REMOVE = f"mutation($id: ID!) {{ done: removeCluster(id: $id) {{ name {ERRORS} }} }}"
TEST = (
    "mutation($input: TestClusterInput!) { done: testCluster(input: $input) "
    f"{{ test {{ worked code message at }} {ERRORS} }} }}"
)
CLUSTERS = f"{{ clusters {CLUSTER} }}"
ROWS = "{ resources { nodes { cluster name } } }"
CHANGES = "subscription { resourceChanges { type cluster row { cluster name } } }"


@pytest.fixture
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(KUSTOMIZATIONS) as cluster:
        cluster.has(KUSTOMIZATIONS, thing("apps", "shop"))
        yield cluster


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with open_remote() as remote:
        remote.cluster.has(KUSTOMIZATIONS, thing("far", "shop"), thing("near", "prod"))
        yield remote


@pytest.fixture
async def gyre(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, allow_local_clusters=True) as gyre:
        yield gyre


async def added(admin: Signed, remote: Remote, name: str = "production", **more: Any) -> Answer:
    given = {"name": name, "kubeconfig": remote.kubeconfig(), **more}
    done: Answer = (await admin.data(ADD, input=given))["done"]
    assert done["errors"] == []
    return done["cluster"]  # type: ignore[no-any-return]


async def rows(who: Signed, *wanted: tuple[str, str]) -> list[tuple[str, str]]:
    """The rows that are seen, once they are those that are wanted."""
    async with asyncio.timeout(20):
        while True:
            answer = await who.ask(ROWS)
            nodes = (answer.get("data") or {}).get("resources", {}).get("nodes", [])
            found = sorted((node["cluster"], node["name"]) for node in nodes)
            if found == sorted(wanted):
                return found
            await asyncio.sleep(0.02)


async def refused(who: Signed, mutation: str, **variables: Any) -> tuple[str, str]:
    """Code and message of a refusal in the payload, of which nothing came."""
    before = [dict(row) for row in await StoredCluster.all().values()]
    done = (await who.data(mutation, **variables))["done"]
    (error,) = done["errors"]
    assert done.get("cluster") is None
    assert [dict(row) for row in await StoredCluster.all().values()] == before
    return error["code"], error["message"]
