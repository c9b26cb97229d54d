"""What cannot be meant is refused in the payload and changes nothing: one cluster serves for all of it."""

from collections.abc import AsyncIterator

import pytest

from gyre.flux.masking import MASK
from tests.schema.test_actions import GIT, act, target
from tests.schema.test_writes import kustomization, write
from tests.support.graphql import DEFAULT, Gyre, gyre_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        cluster.has("GitRepository", "fleet", GIT)
        cluster.has("Kustomization", "apps", FROM_GIT)
        yield cluster


@pytest.fixture(scope="module")
async def gyre(cluster: LivingCluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access}, tmp_path_factory.mktemp("gyre")) as gyre:
        yield gyre


@pytest.mark.parametrize(
    ("wish", "code", "path"),
    [
        ({}, "VALIDATION_FAILED", []),
        ({"manifest": {}, "yaml": "a: 1"}, "VALIDATION_FAILED", []),
        ({"manifest": []}, "VALIDATION_FAILED", []),
        ({"yaml": "a: 1\na: 2"}, "VALIDATION_FAILED", []),
        ({"yaml": "a: *b"}, "VALIDATION_FAILED", []),
        ({"manifest": {}}, "VALIDATION_FAILED", ["apiVersion"]),
        ({"manifest": {"apiVersion": 1}}, "VALIDATION_FAILED", ["apiVersion"]),
        ({"manifest": {"apiVersion": "kustomize.toolkit.fluxcd.io/../v1", "kind": "X"}}, "UNKNOWN_KIND", []),
        ({"manifest": {"apiVersion": "kustomize.toolkit.fluxcd.io/v1"}}, "VALIDATION_FAILED", ["kind"]),
        ({"manifest": {"apiVersion": "apps/v1", "kind": "Deployment"}}, "UNKNOWN_KIND", []),
        ({"manifest": {"apiVersion": "v1", "kind": "Secret"}}, "UNKNOWN_KIND", []),
        (
            {"manifest": {**kustomization(), "apiVersion": "kustomize.toolkit.fluxcd.io/v9"}},
            "VALIDATION_FAILED",
            ["apiVersion"],
        ),
        ({"manifest": {**kustomization(), "metadata": 3}}, "VALIDATION_FAILED", ["metadata"]),
        ({"manifest": {**kustomization(), "metadata": {"name": "x"}}}, "VALIDATION_FAILED", ["metadata", "namespace"]),
        (
            {"manifest": {**kustomization(), "metadata": {"namespace": "shop"}}},
            "VALIDATION_FAILED",
            ["metadata", "name"],
        ),
        ({"manifest": kustomization("../../x")}, "VALIDATION_FAILED", ["metadata", "name"]),
        ({"manifest": kustomization("..")}, "VALIDATION_FAILED", ["metadata", "name"]),
        ({"manifest": kustomization("x", "..")}, "VALIDATION_FAILED", ["metadata", "namespace"]),
        ({"manifest": kustomization("x" * 300)}, "VALIDATION_FAILED", ["name"]),
        ({"manifest": kustomization("x\0")}, "VALIDATION_FAILED", ["name"]),
        ({"manifest": kustomization("No_Name")}, "REJECTED_BY_CLUSTER", []),
        ({"manifest": kustomization(), "cluster": "elsewhere"}, "CLUSTER_NOT_FOUND", []),
        ({"manifest": kustomization(path=MASK)}, "VALIDATION_FAILED", ["spec.path"]),
    ],
)
@pytest.mark.parametrize("what", ["create", "apply"])
async def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    gyre: Gyre, cluster: LivingCluster, what: str, wish: dict[str, object], code: str, path: list[str]
) -> None:
    ada = await gyre.signed_in("ada")
    version = cluster.store.version
    done = await write(ada, what, **wish)
    assert [(error["code"], error["path"]) for error in done["errors"]] == [(code, path)]
    assert (done["resource"], done["created"], done["position"], done["manifest"]) == (None, False, None, None)
    assert cluster.store.version == version


@pytest.mark.parametrize(
    ("what", "wish", "code", "path"),
    [
        ("suspend", {"until": "tomorrow"}, "VALIDATION_FAILED", ["until"]),
        ("suspend", {"until": "2026-01-01T00:00:00"}, "VALIDATION_FAILED", ["until"]),
        ("suspend", {"until": "2020-01-01T00:00:00Z"}, "VALIDATION_FAILED", ["until"]),
        ("suspend", {"reason": "x" * 1_001}, "VALIDATION_FAILED", ["reason"]),
        ("suspend", {"reason": "\0"}, "VALIDATION_FAILED", ["reason"]),
        ("reconcile", {"target": target(kind="nonsense")}, "UNKNOWN_KIND", []),
        ("reconcile", {"target": target(cluster="elsewhere")}, "CLUSTER_NOT_FOUND", []),
        ("reconcile", {"target": target(name="x" * 1_000_00)}, "VALIDATION_FAILED", ["name"]),
        ("reconcile", {"force": True}, "NOT_SUPPORTED", []),
        ("reconcile", {"reset": True}, "NOT_SUPPORTED", []),
    ],
)
async def test_what_cannot_be_meant_is_refused_in_the_payload(
    gyre: Gyre, cluster: LivingCluster, what: str, wish: dict[str, object], code: str, path: list[str]
) -> None:
    ada = await gyre.signed_in("ada")
    before = cluster.get("Kustomization", "apps")
    done = await act(ada, what, **wish)
    assert [(error["code"], error["path"]) for error in done["errors"]] == [(code, path)]
    assert cluster.get("Kustomization", "apps") == before
