"""How objects go from a Kubernetes API: finalizers, owners and dependents, namespaces, conditions on it."""

import pytest

from tests.contract.api import Api, Json, causes, eventually
from tests.contract.kinds import GROUP, config_map, widget

pytestmark = pytest.mark.anyio

FINALIZER = "contract.gyre.dev/hold"


async def gone(api: Api, path: str) -> bool:
    return (await api.get(path)).status_code == 404


def owned_by(owner: Json, *, blocks: bool = False) -> Json:
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], **owner["metadata"]}
    kept = {key: reference[key] for key in ("apiVersion", "kind", "name", "uid")}
    return {"ownerReferences": [kept | ({"blockOwnerDeletion": True} if blocks else {})]}


async def test_a_deleted_object_is_gone_and_named(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()
    answer = await api.delete(f"{widgets}/one")
    assert (answer.status_code, answer.json()["status"]) == (200, "Success")
    assert answer.json()["details"] == {
        "name": "one",
        "group": GROUP,
        "kind": "widgets",
        "uid": made["metadata"]["uid"],
    }
    assert await gone(api, f"{widgets}/one")
    assert (await api.delete(f"{widgets}/one")).status_code == 404


async def test_a_finalizer_holds_an_object_that_is_being_deleted(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one", metadata={"finalizers": [FINALIZER]}))
    answer = await api.delete(f"{widgets}/one")
    assert answer.status_code == 200
    marked = answer.json()["metadata"]
    assert marked["deletionTimestamp"].endswith("Z")
    assert (marked["deletionGracePeriodSeconds"], marked["generation"]) == (0, 2)
    again = (await api.delete(f"{widgets}/one")).json()["metadata"]
    assert again["resourceVersion"] == marked["resourceVersion"]
    more = await api.patch(f"{widgets}/one", {"metadata": {"finalizers": [FINALIZER, "contract.gyre.dev/more"]}})
    assert (more.status_code, causes(more.json())) == (422, {("metadata.finalizers", "FieldValueForbidden")})
    async with api.watch(widgets, resourceVersion=marked["resourceVersion"]) as watching:
        last = await api.patch(f"{widgets}/one", {"metadata": {"finalizers": None}})
        assert last.status_code == 200
        event = await watching.next()
    assert (event["type"], event["object"]["metadata"]["finalizers"]) == ("DELETED", [FINALIZER])  # as it was stored
    assert await gone(api, f"{widgets}/one")


async def test_a_deletion_may_insist_on_what_it_deletes(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()["metadata"]
    for preconditions in ({"uid": "another"}, {"resourceVersion": "1"}):
        answer = await api.delete(f"{widgets}/one", {"preconditions": preconditions})
        assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
        assert "in the precondition (" in answer.json()["message"]
    assert (await api.get(f"{widgets}/one")).status_code == 200
    right = {"uid": made["uid"], "resourceVersion": made["resourceVersion"]}
    assert (await api.delete(f"{widgets}/one", {"preconditions": right})).status_code == 200


async def test_an_unknown_propagation_policy_is_refused(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.delete(f"{widgets}/one", {"propagationPolicy": "Sideways"})
    assert (answer.status_code, causes(answer.json())) == (422, {("propagationPolicy", "FieldValueNotSupported")})
    assert (await api.get(f"{widgets}/one")).status_code == 200


async def test_dependents_go_with_their_owner(api: Api, widgets: str, config_maps: str) -> None:
    owner = (await api.post(widgets, widget("owner"))).json()
    await api.post(config_maps, config_map("child", metadata=owned_by(owner)))
    await api.delete(f"{widgets}/owner", {"propagationPolicy": "Background"})
    await eventually(lambda: gone(api, f"{config_maps}/child"), "the dependent is collected")


async def test_a_dependent_with_another_owner_stays(api: Api, widgets: str, config_maps: str) -> None:
    first = (await api.post(widgets, widget("first"))).json()
    second = (await api.post(widgets, widget("second"))).json()
    both = owned_by(first)["ownerReferences"] + owned_by(second)["ownerReferences"]
    await api.post(config_maps, config_map("child", metadata={"ownerReferences": both}))
    await api.delete(f"{widgets}/first")

    async def has_one_owner() -> bool:
        child = (await api.get(f"{config_maps}/child")).json()
        return [each["name"] for each in child["metadata"]["ownerReferences"]] == ["second"]

    await eventually(has_one_owner, "the dependent keeps its other owner only")


async def test_dependents_go_first_when_asked(api: Api, widgets: str, config_maps: str) -> None:
    owner = (await api.post(widgets, widget("owner"))).json()
    child = config_map("child", metadata=owned_by(owner, blocks=True) | {"finalizers": [FINALIZER]})
    assert (await api.post(config_maps, child)).status_code == 201
    await api.delete(f"{widgets}/owner", {"propagationPolicy": "Foreground"})

    async def child_is_deleted() -> bool:
        return "deletionTimestamp" in (await api.get(f"{config_maps}/child")).json()["metadata"]

    await eventually(child_is_deleted, "the dependent is marked")
    waiting = (await api.get(f"{widgets}/owner")).json()["metadata"]
    assert waiting["finalizers"] == ["foregroundDeletion"]
    assert "deletionTimestamp" in waiting
    await api.patch(f"{config_maps}/child", {"metadata": {"finalizers": None}})
    await eventually(lambda: gone(api, f"{widgets}/owner"), "the owner goes after its dependent")


async def test_dependents_stay_without_owner_when_orphaned(api: Api, widgets: str, config_maps: str) -> None:
    owner = (await api.post(widgets, widget("owner"))).json()
    await api.post(config_maps, config_map("child", metadata=owned_by(owner)))
    await api.delete(f"{widgets}/owner", {"propagationPolicy": "Orphan"})
    await eventually(lambda: gone(api, f"{widgets}/owner"), "the owner goes")
    child = await api.get(f"{config_maps}/child")
    assert child.status_code == 200
    assert "ownerReferences" not in child.json()["metadata"]


async def test_what_belongs_to_nobody_that_is_there_is_collected(api: Api, config_maps: str) -> None:
    nobody = {"apiVersion": "v1", "kind": "ConfigMap", "name": "nobody", "uid": "3e0b0b06-0000-4000-8000-000000000000"}
    await api.post(config_maps, config_map("orphan", metadata={"ownerReferences": [nobody]}))
    await eventually(lambda: gone(api, f"{config_maps}/orphan"), "the object without owner is collected")


async def test_an_owner_must_be_named_whole(api: Api, config_maps: str) -> None:
    half = {"apiVersion": "v1", "kind": "ConfigMap", "name": "", "uid": ""}
    answer = await api.post(config_maps, config_map("one", metadata={"ownerReferences": [half]}))
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")


async def test_a_selection_can_be_deleted(api: Api, widgets: str) -> None:
    for name, team in (("one", "a"), ("two", "a"), ("three", "b")):
        await api.post(widgets, widget(name, labels={"team": team}))
    answer = await api.delete(widgets, labelSelector="team=a")
    assert answer.status_code == 200
    left = (await api.get(widgets)).json()["items"]
    assert [item["metadata"]["name"] for item in left] == ["three"]


async def test_a_namespace_takes_what_is_in_it(api: Api, namespace: str, widgets: str, config_maps: str) -> None:
    await api.post(widgets, widget("held", metadata={"finalizers": [FINALIZER]}))
    await api.post(config_maps, config_map("free"))
    answer = await api.delete(f"/api/v1/namespaces/{namespace}")
    assert answer.status_code == 200
    assert (answer.json()["kind"], answer.json()["status"]["phase"]) == ("Namespace", "Terminating")
    await eventually(lambda: gone(api, f"{config_maps}/free"), "the contents go")
    late = await api.post(config_maps, config_map("late"))
    assert (late.status_code, late.json()["reason"]) == (403, "Forbidden")
    assert late.json()["message"] == (
        f'configmaps "late" is forbidden: unable to create new content in namespace {namespace} '
        "because it is being terminated"
    )
    assert late.json()["details"]["causes"][0]["reason"] == "NamespaceTerminating"
    assert (await api.get(f"/api/v1/namespaces/{namespace}")).json()["status"]["phase"] == "Terminating"
    await api.patch(f"{widgets}/held", {"metadata": {"finalizers": None}})
    await eventually(lambda: gone(api, f"/api/v1/namespaces/{namespace}"), "the namespace goes last")
