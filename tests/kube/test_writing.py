"""What is sent to change an object, and what is refused before it is sent."""

import json
from dataclasses import replace

import pytest

from gyre.errors import AlreadyExists, Conflict, NotAllowed, RejectedByCluster
from gyre.kube.client import Impersonation, KubeClient
from gyre.kube.writing import Preconditions, apply, create, delete, json_patch, patch, update
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Action, Allowed, Principal, Role
from tests.support.clocks import TurnedClock
from tests.support.wire import Request, Wire, document, status, thing

pytestmark = pytest.mark.anyio

KIND = Kind("example.dev", "Thing", "things")
REF = Ref(cluster=ClusterName("default"), kind=KIND, namespace="apps", name="a")
ONE = "/apis/example.dev/v1/namespaces/apps/things/a"
ALL = "/apis/example.dev/v1/namespaces/apps/things"
ALLOWED = Allowed(
    principal=Principal(user_id="1", username="ann", role=Role.ADMIN, grants=()),
    action=Action.EDIT,
    cluster=ClusterName("default"),
    resource="things",
    namespace="apps",
    because="admin",
)


def sent(wire: Wire) -> Request:
    (request,) = wire.asked
    return request


async def test_a_merge_patch_says_so_and_who_writes(wire: Wire, client: KubeClient) -> None:
    wire.on("PATCH", ONE, document(thing("a", 7)))

    body = await patch(client, ALLOWED, REF, "v1", {"spec": {"suspend": True}})

    assert json.loads(body)["metadata"]["resourceVersion"] == "7"
    assert sent(wire).header("content-type") == "application/merge-patch+json"
    assert sent(wire).query == {"fieldManager": "gyre"}
    assert json.loads(sent(wire).body) == {"spec": {"suspend": True}}


async def test_a_dry_run_changes_nothing(wire: Wire, client: KubeClient) -> None:
    wire.on("PATCH", ONE, document(thing("a", 1)))
    wire.on("DELETE", ONE, document(thing("a", 1)))

    await patch(client, ALLOWED, REF, "v1", {}, dry_run=True)
    await delete(client, ALLOWED, REF, "v1", dry_run=True)

    assert wire.asked[0].query == {"fieldManager": "gyre", "dryRun": "All"}
    assert json.loads(wire.asked[1].body)["dryRun"] == ["All"]


async def test_json_patch_and_apply_have_their_own_content_types(wire: Wire, client: KubeClient) -> None:
    wire.on("PATCH", ONE, document(thing("a", 7)), document(thing("a", 8)))

    await json_patch(client, ALLOWED, REF, "v1", [{"op": "remove", "path": "/spec/x"}])
    await apply(client, ALLOWED, REF, "v1", thing("a", 7), force=True)

    assert [request.header("content-type") for request in wire.asked] == [
        "application/json-patch+json",
        "application/apply-patch+yaml",
    ]
    assert wire.asked[1].query == {"force": "true", "fieldManager": "gyre", "fieldValidation": "Strict"}


async def test_a_conflict_of_a_merge_patch_is_tried_again_within_bounds(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    conflict = status(409, "Conflict", "the object has been modified")
    wire.on("PATCH", ONE, conflict, conflict, document(thing("a", 7)), *[conflict] * 5)

    await patch(client, ALLOWED, REF, "v1", {}, clock=clock)
    with pytest.raises(Conflict, match="the object has been modified"):
        await patch(client, ALLOWED, REF, "v1", {}, clock=clock)

    assert len(wire.asked) == 3 + 5
    assert sum(clock.slept) < 2


async def test_a_conflict_of_an_update_is_the_callers_to_solve(wire: Wire, client: KubeClient) -> None:
    wire.on("PUT", ONE, status(409, "Conflict", "the object has been modified"))

    with pytest.raises(Conflict):
        await update(client, ALLOWED, REF, "v1", thing("a", 3))

    assert json.loads(sent(wire).body)["metadata"]["resourceVersion"] == "3"


async def test_create_goes_to_the_collection(wire: Wire, client: KubeClient) -> None:
    wire.on("POST", ALL, status(409, "AlreadyExists", 'things "a" already exists'))

    with pytest.raises(AlreadyExists, match='things "a" already exists'):
        await create(client, ALLOWED, REF, "v1", thing("a", ""))


async def test_a_deletion_names_the_very_object_it_means(wire: Wire, client: KubeClient) -> None:
    wire.on("DELETE", ONE, document({"kind": "Status", "status": "Success"}))

    await delete(client, ALLOWED, REF, "v1", only_if=Preconditions(uid="u-1", resource_version="7"))

    options = json.loads(sent(wire).body)
    assert options["preconditions"] == {"uid": "u-1", "resourceVersion": "7"}
    assert options["propagationPolicy"] == "Background"


async def test_a_refusal_keeps_the_api_servers_words_and_fields(wire: Wire, client: KubeClient) -> None:
    causes = [{"field": "spec.interval", "message": "Required value", "reason": "FieldValueRequired"}]
    wire.on("PATCH", ONE, status(422, "Invalid", 'Thing "a" is invalid: spec.interval: Required value', causes=causes))

    with pytest.raises(RejectedByCluster) as refused:
        await patch(client, ALLOWED, REF, "v1", {"spec": {"interval": None}})

    assert refused.value.message == 'Thing "a" is invalid: spec.interval: Required value'
    assert refused.value.details == {"cluster": "default", "status": 422, "reason": "Invalid", "causes": causes}


async def test_a_write_can_be_made_as_a_user(wire: Wire, client: KubeClient) -> None:
    wire.on("PATCH", ONE, document(thing("a", 7)))

    ann = client.on_behalf_of(Impersonation(user="ann", groups=("dev", "ops")))
    await patch(ann, ALLOWED, REF, "v1", {})

    headers = sent(wire).headers
    assert ("impersonate-user", "ann") in headers
    assert [value for name, value in headers if name == "impersonate-group"] == ["dev", "ops"]


@pytest.mark.parametrize(
    "other",
    [
        replace(ALLOWED, action=Action.VIEW),
        replace(ALLOWED, action=Action.LOGS),
        replace(ALLOWED, cluster=ClusterName("production")),
        replace(ALLOWED, resource="buckets"),
        replace(ALLOWED, namespace="prod"),
        replace(ALLOWED, namespace=""),
    ],
)
async def test_a_decision_about_something_else_allows_nothing(wire: Wire, client: KubeClient, other: Allowed) -> None:
    with pytest.raises(NotAllowed):
        await patch(client, other, REF, "v1", {})
    with pytest.raises(NotAllowed):
        await delete(client, other, REF, "v1")

    assert wire.asked == []


async def test_an_object_of_another_cluster_is_not_written_here(wire: Wire, client: KubeClient) -> None:
    elsewhere = replace(REF, cluster=ClusterName("production"))

    with pytest.raises(NotAllowed):
        await patch(client, replace(ALLOWED, cluster=ClusterName("production")), elsewhere, "v1", {})

    assert wire.asked == []
