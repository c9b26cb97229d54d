"""What the store of the embedded cluster lets happen to objects, without any HTTP."""

import asyncio
from typing import Any

import pytest

from gyre.clock import SystemClock
from gyre.demo.builtin_kinds import BUILTINS, CONFIG_MAP, DEPLOYMENT, NAMESPACE, REPLICA_SET
from gyre.demo.deletion import Deletion
from gyre.demo.journal import Change
from gyre.demo.refusals import Refusal
from gyre.demo.store import Store

pytestmark = pytest.mark.anyio


@pytest.fixture
def store() -> Store:
    store = Store(SystemClock(), ring=5)
    for resource in BUILTINS:
        store.serve(resource)
    store.create(NAMESPACE, "", {"metadata": {"name": "prod"}})
    return store


def config_map(name: str, **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **metadata}, "data": {"key": "value"}}


def workload(name: str, **metadata: Any) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name, **metadata}, "spec": spec}


def test_each_change_of_any_kind_takes_the_next_version(store: Store) -> None:
    first = store.create(CONFIG_MAP, "prod", config_map("first"))
    second = store.create(DEPLOYMENT, "prod", workload("web"))
    assert (first.version, second.version, store.version) == (102, 103, 103)
    assert second.read()["metadata"]["resourceVersion"] == "103"


def test_only_a_change_of_spec_raises_the_generation(store: Store) -> None:
    store.create(DEPLOYMENT, "prod", workload("web"))
    labelled = store.patch(DEPLOYMENT, "prod", "web", {"metadata": {"labels": {"a": "b"}}})
    status = store.update_status(DEPLOYMENT, "prod", "web", {"replicas": 1})
    scaled = store.patch(DEPLOYMENT, "prod", "web", {"spec": {"replicas": 2}, "status": {"replicas": 9}})
    assert [held.read()["metadata"]["generation"] for held in (labelled, status, scaled)] == [1, 1, 2]
    assert scaled.read()["status"] == {"replicas": 1}


def test_a_write_that_changes_nothing_takes_no_version(store: Store) -> None:
    held = store.create(CONFIG_MAP, "prod", config_map("same"))
    assert store.patch(CONFIG_MAP, "prod", "same", {"data": {"key": "value"}}) == held
    assert store.version == held.version


def test_an_update_of_what_changed_meanwhile_is_refused_and_changes_nothing(store: Store) -> None:
    read = store.create(CONFIG_MAP, "prod", config_map("shared")).read()
    store.patch(CONFIG_MAP, "prod", "shared", {"data": {"key": "theirs"}})
    with pytest.raises(Refusal) as refused:
        store.update(CONFIG_MAP, "prod", "shared", {**read, "data": {"key": "mine"}})
    assert (refused.value.code, refused.value.reason) == (409, "Conflict")
    assert store.get(CONFIG_MAP, "prod", "shared").read()["data"] == {"key": "theirs"}


def test_a_finalizer_holds_an_object_until_it_is_taken_away(store: Store) -> None:
    store.create(CONFIG_MAP, "prod", config_map("held", finalizers=["example.com/hold"]))
    store.delete(CONFIG_MAP, "prod", "held")
    assert store.get(CONFIG_MAP, "prod", "held").deleting
    store.patch(CONFIG_MAP, "prod", "held", {"metadata": {"finalizers": None}})
    assert store.find(CONFIG_MAP, "prod", "held") is None


@pytest.mark.parametrize(("policy", "left"), [("Background", 0), ("Foreground", 0), ("Orphan", 1)])
def test_dependents_go_with_their_owner_unless_orphaned(store: Store, policy: str, left: int) -> None:
    owner = store.create(DEPLOYMENT, "prod", workload("web"))
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": owner.uid}
    store.create(
        REPLICA_SET,
        "prod",
        workload("web-1", ownerReferences=[{**reference, "blockOwnerDeletion": True}]),
    )
    store.delete(DEPLOYMENT, "prod", "web", Deletion(policy=policy))
    assert store.find(DEPLOYMENT, "prod", "web") is None
    assert len(store.list(REPLICA_SET, "prod")) == left
    assert all("ownerReferences" not in held.read()["metadata"] for held in store.list(REPLICA_SET))


def test_a_namespace_takes_its_objects_and_goes_when_the_last_is_gone(store: Store) -> None:
    store.create(CONFIG_MAP, "prod", config_map("free"))
    store.create(CONFIG_MAP, "prod", config_map("held", finalizers=["example.com/hold"]))
    store.delete(NAMESPACE, "", "prod")
    assert [held.name for held in store.list(CONFIG_MAP, "prod")] == ["held"]
    with pytest.raises(Refusal) as refused:
        store.create(CONFIG_MAP, "prod", config_map("late"))
    assert refused.value.code == 403
    store.patch(CONFIG_MAP, "prod", "held", {"metadata": {"finalizers": None}})
    assert store.find(NAMESPACE, "", "prod") is None


async def test_a_watch_tells_each_change_once_and_in_order(store: Store) -> None:
    seen: list[Change] = []

    async def read() -> None:
        async for change in store.watch(CONFIG_MAP, after=store.version):
            seen.append(change)
            if len(seen) == 3:
                return

    reading = asyncio.ensure_future(read())
    await asyncio.sleep(0)
    store.create(CONFIG_MAP, "prod", config_map("watched"))
    store.patch(CONFIG_MAP, "prod", "watched", {"data": {"key": "new"}})
    store.delete(CONFIG_MAP, "prod", "watched")
    await asyncio.wait_for(reading, 5)
    assert [(change.type, change.version) for change in seen] == [("ADDED", 102), ("MODIFIED", 103), ("DELETED", 104)]


async def test_a_watch_from_before_the_ring_is_told_so(store: Store) -> None:
    for number in range(7):
        store.create(CONFIG_MAP, "prod", config_map(f"map-{number}"))
    with pytest.raises(Refusal) as refused:
        await anext(store.watch(CONFIG_MAP, after=102))
    assert (refused.value.code, refused.value.reason) == (410, "Expired")
    assert (await anext(store.watch(CONFIG_MAP, after=103))).version == 104
