"""What is changed on the cluster by any other tool arrives on every open screen, and one's own write is read back."""

import asyncio
import json

import pytest

from tests.app.conftest import Running
from tests.support.app import kustomization
from tests.support.graphql import Signed

pytestmark = pytest.mark.anyio

CHANGES = """subscription($after: Position) {
  resourceChanges(filter: {kinds: ["ks"], namespaces: ["flux-system"]}, after: $after) {
    type position row { name resourceVersion suspended }
  }
}"""
RECONCILE = """mutation($name: String!) {
  reconcile(input: {target: {kind: "ks", namespace: "flux-system", name: $name}}) {
    resource { name resourceVersion } position errors { code message }
  }
}"""
READ = """query($name: String!, $position: Position) {
  resource(kind: "ks", namespace: "flux-system", name: $name, notBefore: $position) {
    resourceVersion annotations { key value }
  }
}"""
SUSPEND = """mutation($name: String!) {
  suspend(input: {target: {kind: "ks", namespace: "flux-system", name: $name}}) {
    resource { suspended } position errors { code message }
  }
}"""


async def position_of(who: Signed) -> str:
    return (await who.data("{ resources(first: 1) { position } }"))["resources"]["position"]  # type: ignore[no-any-return]


async def test_an_annotation_made_beside_gyre_arrives_at_graphql_and_rest_sockets(running: Running) -> None:
    app, ref = running.app, kustomization("infra-configs")
    async with running.admin.socket() as graphql, app.changes(running.admin, "?resourceType=ks") as rest:
        await graphql.init()
        await graphql.subscribe("1", CHANGES, after=await position_of(running.admin))
        assert json.loads(await rest.recv())["type"] == "connected"
        written = await running.kubectl.annotate(ref, **{"example.com/note": "hello"})
        version = written["metadata"]["resourceVersion"]
        async with asyncio.timeout(10):
            while True:
                change = (await graphql.hear())["payload"]["data"]["resourceChanges"]
                if change["row"]["resourceVersion"] == version:
                    break
            while True:
                message = json.loads(await rest.recv())
                if message.get("resource", {}).get("metadata", {}).get("resourceVersion") == version:
                    break
    assert (change["type"], change["row"]["name"]) == ("MODIFIED", "infra-configs")
    assert message["type"] == "modified"
    assert message["resource"]["metadata"]["annotations"]["example.com/note"] == "hello"


async def test_a_suspension_patched_beside_gyre_is_in_the_next_page(running: Running) -> None:
    ref = kustomization("external-dns")
    async with running.admin.socket() as socket:
        await socket.init()
        await socket.subscribe("1", CHANGES, after=await position_of(running.admin))
        await running.kubectl.patch(ref, {"spec": {"suspend": True}})
        async with asyncio.timeout(10):
            while True:
                change = (await socket.hear())["payload"]["data"]["resourceChanges"]
                if change["row"]["name"] == "external-dns" and change["row"]["suspended"]:
                    break
    page = await running.admin.data('{ resources(filter: {kinds: ["ks"], statuses: [SUSPENDED]}) { nodes { name } } }')
    assert "external-dns" in {node["name"] for node in page["resources"]["nodes"]}
    await running.kubectl.patch(ref, {"spec": {"suspend": None}})


async def test_who_wrote_reads_the_write_and_so_does_whoever_has_its_position(running: Running) -> None:
    ada, bob = await running.app.sign_in(), await running.app.sign_in()
    done = (await ada.data(RECONCILE, name="infra-controllers"))["reconcile"]
    assert done["errors"] == []
    assert done["resource"]["name"] == "infra-controllers"

    seen = (await bob.data(READ, name="infra-controllers", position=done["position"]))["resource"]

    assert int(seen["resourceVersion"]) >= int(done["resource"]["resourceVersion"])
    live = await running.kubectl.get(kustomization("infra-controllers"))
    asked = "reconcile.fluxcd.io/requestedAt"
    assert {"key": asked, "value": live["metadata"]["annotations"][asked]} in seen["annotations"]


async def test_two_editors_at_once_both_succeed_and_end_with_one_truth(running: Running) -> None:
    ada, bob = await running.app.sign_in(), await running.app.sign_in()
    first, second = await asyncio.gather(ada.data(SUSPEND, name="tenants"), bob.data(SUSPEND, name="tenants"))
    assert [first["suspend"]["errors"], second["suspend"]["errors"]] == [[], []]
    assert first["suspend"]["resource"] == second["suspend"]["resource"] == {"suspended": True}
    live = await running.kubectl.get(kustomization("tenants"))
    for who, position in ((ada, second["suspend"]["position"]), (bob, first["suspend"]["position"])):
        seen = (await who.data(READ, name="tenants", position=position))["resource"]
        assert int(seen["resourceVersion"]) >= int(live["metadata"]["resourceVersion"])
    assert live["spec"]["suspend"] is True
