"""Gyre's writes on a real API server: what takes effect, what changes nothing, and what is refused in whose words."""

import json
from typing import Any

import pytest

from gyre.errors import AlreadyExists, Conflict, GyreError, NoSuchResource, NotAllowed, RejectedByCluster
from gyre.kube.client import Impersonation, KubeClient
from gyre.kube.reading import get
from gyre.kube.writing import Preconditions, apply, create, delete, json_patch, patch, update
from gyre.terms.naming import Ref
from gyre.terms.people import Action, Allowed, Principal, Role
from tests.cluster.writing import BUCKETS, CLUSTER, bucket

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]


@pytest.fixture
def ref(namespace: str) -> Ref:
    return Ref(cluster=CLUSTER, kind=BUCKETS.kind, namespace=namespace, name="a")


@pytest.fixture
def allowed(namespace: str) -> Allowed:
    ann = Principal(user_id="1", username="ann", role=Role.ADMIN, grants=())
    return Allowed(
        principal=ann,
        action=Action.EDIT,
        cluster=CLUSTER,
        resource=BUCKETS.kind.plural,
        namespace=namespace,
        because="a test",
    )


@pytest.fixture
async def made(admin: KubeClient, allowed: Allowed, ref: Ref) -> dict[str, Any]:
    return read(await create(admin, allowed, ref, "v1", bucket("a")))


def read(raw: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(raw)
    return document


async def now(admin: KubeClient, ref: Ref) -> dict[str, Any]:
    return read(await get(admin, ref, "v1", because="a test looks"))


async def test_a_merge_patch_writes_only_what_it_names_and_signs_it(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    after = read(await patch(admin, allowed, ref, "v1", {"metadata": {"annotations": {"asked": "now"}}}))

    assert after["metadata"]["annotations"] == {**made["metadata"]["annotations"], "asked": "now"}
    assert after["spec"] == made["spec"]
    assert after["metadata"]["managedFields"][-1]["manager"] == "gyre"
    assert await now(admin, ref) == after


async def test_a_merge_patch_makes_annotations_where_there_are_none(
    admin: KubeClient, allowed: Allowed, ref: Ref
) -> None:
    bare = bucket("a")
    del bare["metadata"]["annotations"]
    await create(admin, allowed, ref, "v1", bare)

    after = read(await patch(admin, allowed, ref, "v1", {"metadata": {"annotations": {"asked": "now"}}}))

    assert after["metadata"]["annotations"] == {"asked": "now"}


async def test_a_dry_run_answers_as_if_and_changes_nothing(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    after = read(await patch(admin, allowed, ref, "v1", {"spec": {"suspend": True}}, dry_run=True))
    await delete(admin, allowed, ref, "v1", dry_run=True)

    assert after["spec"]["suspend"] is True
    assert await now(admin, ref) == made


async def test_what_the_schema_forbids_is_refused_by_field_and_changes_nothing(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    with pytest.raises(RejectedByCluster) as refused:
        await patch(admin, allowed, ref, "v1", {"spec": {"interval": "soon", "endpoint": None}})

    causes = refused.value.details["causes"]
    assert isinstance(causes, list)
    # "<nil>": it did not look at the rules of the schema, since the object was wrong already
    assert {cause["field"] for cause in causes} == {"spec.interval", "spec.endpoint", "<nil>"}
    assert refused.value.message.startswith('Bucket.source.toolkit.fluxcd.io "a" is invalid: ')
    assert await now(admin, ref) == made


async def test_an_update_of_something_that_has_changed_is_a_conflict(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    newer = read(await patch(admin, allowed, ref, "v1", {"spec": {"interval": "2m"}}))

    with pytest.raises(Conflict, match="the object has been modified"):
        await update(admin, allowed, ref, "v1", {**made, "spec": {**made["spec"], "interval": "9m"}})
    assert await now(admin, ref) == newer

    newer["spec"]["interval"] = "9m"
    assert read(await update(admin, allowed, ref, "v1", newer))["spec"]["interval"] == "9m"


async def test_what_is_there_can_not_be_created_and_what_is_not_there_can_not_be_changed(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    with pytest.raises(AlreadyExists, match='"a" already exists'):
        await create(admin, allowed, ref, "v1", bucket("a"))
    await delete(admin, allowed, ref, "v1")

    with pytest.raises(NoSuchResource, match='"a" not found'):
        await patch(admin, allowed, ref, "v1", {})


async def test_only_the_very_object_that_was_meant_is_deleted(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    for other in (Preconditions(uid="another"), Preconditions(resource_version="1")):
        with pytest.raises(Conflict):
            await delete(admin, allowed, ref, "v1", only_if=other)
    assert await now(admin, ref) == made

    metadata = made["metadata"]
    meant = Preconditions(uid=metadata["uid"], resource_version=metadata["resourceVersion"])
    await delete(admin, allowed, ref, "v1", only_if=meant)

    with pytest.raises(NoSuchResource):
        await now(admin, ref)


async def test_a_json_patch_removes_and_refuses_what_is_not_there(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    after = read(await json_patch(admin, allowed, ref, "v1", [{"op": "remove", "path": "/metadata/annotations/notes"}]))
    assert "annotations" not in after["metadata"]

    with pytest.raises(RejectedByCluster):
        await json_patch(admin, allowed, ref, "v1", [{"op": "remove", "path": "/spec/nothing"}])
    assert await now(admin, ref) == after


async def test_apply_makes_it_so_and_does_not_take_others_fields_unasked(
    admin: KubeClient, allowed: Allowed, ref: Ref
) -> None:
    first = read(await apply(admin, allowed, ref, "v1", bucket("a")))
    assert first["spec"]["interval"] == "1m"
    other = bucket("a", interval="5m")
    other["metadata"]["managedFields"] = None
    await update_as_other(admin, allowed, ref, first)

    with pytest.raises(Conflict) as refused:
        await apply(admin, allowed, ref, "v1", bucket("a", interval="7m"))
    causes = refused.value.details["causes"]
    assert isinstance(causes, list)
    assert [cause["field"] for cause in causes] == [".spec.interval"]

    forced = read(await apply(admin, allowed, ref, "v1", bucket("a", interval="7m"), force=True))
    assert forced["spec"]["interval"] == "7m"


async def update_as_other(admin: KubeClient, allowed: Allowed, ref: Ref, document: dict[str, Any]) -> None:
    """Somebody else sets the interval by a plain patch: the field is then theirs."""
    await patch(admin, allowed, ref, "v1", {"spec": {"interval": "5m"}})


async def test_on_behalf_of_a_user_only_what_that_user_may(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any]
) -> None:
    nobody = admin.on_behalf_of(Impersonation(user="eve"))
    master = admin.on_behalf_of(Impersonation(user="eve", groups=("system:masters",)))

    with pytest.raises(NotAllowed, match='User "eve" cannot patch resource "buckets"') as refused:
        await patch(nobody, allowed, ref, "v1", {"spec": {"suspend": True}})
    assert refused.value.details["status"] == 403
    assert await now(admin, ref) == made

    after = read(await patch(master, allowed, ref, "v1", {"spec": {"suspend": True}}))
    assert after["spec"]["suspend"] is True


@pytest.mark.parametrize("document", [{}, {"apiVersion": "v1", "kind": "Pod"}, bucket("another"), {"metadata": 3}])
async def test_what_is_no_such_object_is_refused(
    admin: KubeClient, allowed: Allowed, ref: Ref, made: dict[str, Any], document: dict[str, Any]
) -> None:
    with pytest.raises(GyreError) as refused:
        await update(admin, allowed, ref, "v1", document)

    assert refused.value.code == "REJECTED_BY_CLUSTER"
    assert await now(admin, ref) == made
