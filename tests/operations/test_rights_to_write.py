"""Whole objects written with the rights that policies give: what is refused, what stays hidden, what is recorded."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gyre.errors import GyreError
from gyre.kube.writing import Propagation
from gyre.operations import deleting, unmasking, writing
from gyre.operations.acting import Actor, Desk
from gyre.operations.deleting import Manner
from gyre.operations.writing import Draft
from gyre.terms.naming import Ref
from gyre.terms.people import Grant, Principal, Role, Rule
from models.auditing import AuditEntry
from tests.support.graphql import DEFAULT, Gyre, gyre_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster
from tests.support.people import HERE

pytestmark = pytest.mark.anyio

IDS = (
    "shop_web_apps_Deployment",
    "shop_keys__Secret",
    "prod_web_apps_Deployment",
    "_team_rbac.authorization.k8s.io_ClusterRole",
)


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path) as cluster:
        cluster.has("Kustomization", "apps", FROM_GIT)
        inventory = {"status": {"inventory": {"entries": [{"id": each, "v": "v1"} for each in IDS]}}}
        kind = cluster.store.resources.named("Kustomization")
        cluster.store.patch(kind, "shop", "apps", inventory, subresource="status")
        yield cluster


@pytest.fixture
async def gyre(cluster: LivingCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access}, tmp_path) as gyre:
        yield gyre


def desk(gyre: Gyre) -> Desk:
    return Desk(gyre.services.fleet, gyre.services.feed, gyre.services.clock)


def who(
    *actions: str, resources: tuple[str, ...] = ("kustomizations",), namespaces: tuple[str, ...] = ("shop",)
) -> Actor:
    rule = Rule(policy="team", resources=resources, namespaces=namespaces, actions=actions)
    grants = (Grant(cluster=DEFAULT, rule=rule),)
    return Actor(principal=Principal(user_id="7", username="tom", role=Role.MEMBER, grants=grants), facts=HERE)


def draft(gyre: Gyre, name: str = "new", namespace: str = "shop", **metadata: Any) -> Draft:
    kind = gyre.services.fleet.kind_named("ks")
    document: dict[str, object] = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": FROM_GIT,
    }
    ref = Ref(cluster=DEFAULT, kind=kind, namespace=namespace, name=name)
    return Draft(ref=ref, version="v1", document=document)


async def refused(work: Any) -> str:
    with pytest.raises(GyreError) as error:
        await work
    return error.value.code


async def reasons() -> list[tuple[str, str, str]]:
    return [(entry.action, entry.phase.value, entry.reason) for entry in await AuditEntry.all().order_by("id")]


async def test_who_may_create_makes_new_objects_and_changes_none(gyre: Gyre, cluster: LivingCluster) -> None:
    tom, at = who("create"), desk(gyre)
    assert (await writing.create(at, tom, draft(gyre))).created is True
    before = cluster.get("Kustomization", "new")
    version = before["metadata"]["resourceVersion"]
    assert await refused(writing.update(at, tom, draft(gyre, resourceVersion=version))) == "FORBIDDEN"
    assert await refused(writing.apply(at, tom, draft(gyre), force=True)) == "FORBIDDEN"
    assert await refused(writing.apply(at, tom, draft(gyre, "another"))) == "FORBIDDEN"
    assert await refused(deleting.delete(at, tom, draft(gyre).ref, Manner(), vault=gyre.services.vault)) == "FORBIDDEN"
    assert await refused(unmasking.unmasked(at, tom, draft(gyre).ref)) == "FORBIDDEN"
    assert cluster.get("Kustomization", "new") == before
    assert not gyre.seen("ks", "another")


async def test_who_may_edit_may_create_and_apply_but_not_delete(gyre: Gyre, cluster: LivingCluster) -> None:
    tom, at = who("edit"), desk(gyre)
    await writing.create(at, tom, draft(gyre))
    await writing.apply(at, tom, draft(gyre, "applied"))
    assert await refused(deleting.delete(at, tom, draft(gyre).ref, Manner(), vault=gyre.services.vault)) == "FORBIDDEN"
    assert cluster.get("Kustomization", "applied")["spec"]["path"] == "./"


async def test_where_one_sees_nothing_one_learns_nothing_and_the_audit_says_why(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    tom, at, version = who("*"), desk(gyre), cluster.store.version
    cluster.has("Kustomization", "there", FROM_GIT, namespace="prod")
    version = cluster.store.version
    messages = set()
    for name in ("there", "nope"):
        for work in (
            writing.create(at, tom, draft(gyre, name, "prod")),
            writing.update(at, tom, draft(gyre, name, "prod", resourceVersion="1")),
            writing.apply(at, tom, draft(gyre, name, "prod")),
            deleting.preview(at, tom, draft(gyre, name, "prod").ref, vault=gyre.services.vault),
            deleting.delete(at, tom, draft(gyre, name, "prod").ref, Manner(), vault=gyre.services.vault),
            unmasking.unmasked(at, tom, draft(gyre, name, "prod").ref),
        ):
            with pytest.raises(GyreError) as error:
                await work
            assert error.value.code == "RESOURCE_NOT_FOUND"
            messages.add(error.value.message.replace(name, "NAME"))
    assert len(messages) == 1
    assert cluster.store.version == version
    said = "policy 'team' covers kustomizations in shop, not namespace prod"
    assert [(phase, reason) for _, phase, reason in await reasons()] == [("refused", said)] * 12


async def test_what_goes_and_may_not_be_seen_is_counted_and_not_named(gyre: Gyre) -> None:
    ref, vault = draft(gyre, "apps").ref, gyre.services.vault
    tom = who("*", resources=("kustomizations", "deployments"))
    seen = await deleting.preview(desk(gyre), tom, ref, vault=vault)
    assert [(entry.kind, entry.namespace, entry.name) for entry in seen.removed] == [("Deployment", "shop", "web")]
    assert (seen.hidden, seen.total) == (3, 4)
    everything = await deleting.preview(desk(gyre), who("*", resources=("*",), namespaces=("*",)), ref, vault=vault)
    assert ([entry.name for entry in everything.removed], everything.hidden) == (["web", "keys", "web", "team"], 0)
    assert seen.token == everything.token


async def test_how_it_was_deleted_is_recorded(gyre: Gyre, cluster: LivingCluster) -> None:
    manner = Manner(propagation=Propagation.ORPHAN)
    done = await deleting.delete(desk(gyre), who("delete"), draft(gyre, "apps").ref, manner, vault=gyre.services.vault)
    assert done.gone is True
    entries = await AuditEntry.all().order_by("id")
    assert [(each.phase.value, each.succeeded, each.details) for each in entries] == [
        ("intent", None, {"propagation": "Orphan"}),
        ("outcome", True, {"propagation": "Orphan"}),
    ]
    assert cluster.store.find(cluster.store.resources.named("Kustomization"), "shop", "apps") is None
