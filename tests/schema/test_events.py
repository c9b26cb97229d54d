"""Kubernetes Events in GraphQL: pages, those of an object, and live; only about what may be seen."""

from typing import Any

import pytest

from gyre.access.sight import sight_of
from gyre.fleet.events.queries import EventFilter, Part
from gyre.terms.people import Principal, Role
from tests.support.cluster import EVENTS, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, event, thing
from tests.support.graphql import DEFAULT, Gyre, Signed, Socket
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

EVERYTHING = sight_of(Principal(user_id="0", username="test", role=Role.ADMIN, grants=()))
CHANGES = """subscription($filter: EventFilter, $after: Position) { eventChanges(filter: $filter, after: $after) {
    type cluster position event { name count } } }"""


def known(gyre: Gyre) -> int:
    return gyre.services.fleet.events.page(EventFilter(), Part(), EVERYTHING).total


async def filled(gyre: Gyre, cluster: LittleCluster) -> Signed:
    """Three Events about two objects, one of which exists."""
    cluster.has(KUSTOMIZATIONS, thing("apps"))
    cluster.has(
        EVENTS,
        event("apps.1", at="2026-01-01T00:01:00Z"),
        event(
            "apps.2", at="2026-01-01T00:02:00Z", type="Warning", reason="BuildFailed", message="no https://a:b@c.d/e"
        ),
        event("web.3", HELM_RELEASES, of="web", namespace="dev", at="2026-01-01T00:03:00Z"),
    )
    await until(lambda: known(gyre) == 3)
    return await gyre.signed_in("ada")


async def settled(socket: Socket) -> None:
    """What was asked before is under way when the pong comes."""
    await socket.say(type="ping")
    while (await socket.hear())["type"] != "pong":
        pass


def heard(message: dict[str, Any]) -> tuple[str, str | None, int | None]:
    told = message["payload"]["data"]["eventChanges"]
    named = told["event"] or {"name": None, "count": None}
    return told["type"], named["name"], named["count"]


async def test_a_page_has_the_newest_first_with_all_that_is_shown(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """query($filter: EventFilter, $after: String, $offset: Int) {
        events(filter: $filter, first: 2, after: $after, offset: $offset) {
            nodes { id cluster namespace name uid type reason message count firstAt lastAt controller
                about { group kind namespace name } }
            edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            totalCount position errors { code } } }"""
    first = (await ada.data(query))["events"]
    assert [edge["node"]["name"] for edge in first["edges"]] == ["web.3", "apps.2"]
    assert first["nodes"][1] == {
        "id": "default/events/prod/apps.2",
        "cluster": "default",
        "namespace": "prod",
        "name": "apps.2",
        "uid": "uid-apps.2",
        "type": "WARNING",
        "reason": "BuildFailed",
        "message": "no https://********:********@c.d/e",
        "count": 1,
        "firstAt": "2026-01-01T00:02:00Z",
        "lastAt": "2026-01-01T00:02:00Z",
        "controller": "kustomize-controller",
        "about": {"group": KUSTOMIZATIONS.group, "kind": "Kustomization", "namespace": "prod", "name": "apps"},
    }
    cursors = [edge["cursor"] for edge in first["edges"]]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[1],
    }
    assert (first["totalCount"], first["errors"]) == (3, [])
    second = (await ada.data(query, after=cursors[1]))["events"]
    assert [node["name"] for node in second["nodes"]] == ["apps.1"]
    third = (await ada.data(query, offset=2, filter={"kinds": ["ks", "hr"]}))["events"]
    assert [node["name"] for node in third["nodes"]] == ["apps.1"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"types": ["WARNING"]}, ["apps.2"]),
        ({"kinds": ["HelmRelease"], "clusters": ["default"]}, ["web.3"]),
        ({"namespaces": ["p*"], "names": ["apps"]}, ["apps.2", "apps.1"]),
        ({"reasons": ["BuildFailed"]}, ["apps.2"]),
        ({"text": "finished WEB"}, ["web.3"]),
        ({"since": "2026-01-01T00:02:00Z"}, ["web.3", "apps.2"]),
        ({"since": None, "types": [], "text": None}, ["web.3", "apps.2", "apps.1"]),
    ],
)
async def test_every_condition_of_the_filter_counts(
    gyre: Gyre, cluster: LittleCluster, asked: dict[str, object], names: list[str]
) -> None:
    ada = await filled(gyre, cluster)
    query = "query($filter: EventFilter) { events(filter: $filter) { nodes { name } totalCount } }"
    found = (await ada.data(query, filter=asked))["events"]
    assert ([node["name"] for node in found["nodes"]], found["totalCount"]) == (names, len(names))


async def test_an_object_has_its_own_events(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """query($first: Int!) { resource(kind: "ks", namespace: "prod", name: "apps") {
        name events(first: $first) { nodes { name } totalCount pageInfo { hasNextPage } errors { code } } } }"""
    assert (await ada.data(query, first=1))["resource"] == {
        "name": "apps",
        "events": {"nodes": [{"name": "apps.2"}], "totalCount": 2, "pageInfo": {"hasNextPage": True}, "errors": []},
    }


async def test_nobody_and_who_sees_nothing_learn_of_no_event(gyre: Gyre, cluster: LittleCluster) -> None:
    await filled(gyre, cluster)
    query = "{ events { nodes { name } totalCount errors { code } } }"
    answer = await gyre.nobody.ask(query)
    assert (answer["data"], answer["errors"][0]["extensions"]["code"]) == (None, "UNAUTHENTICATED")
    eve = await gyre.signed_in("eve", Role.MEMBER)
    assert await eve.data(query) == {"events": {"nodes": [], "totalCount": 0, "errors": []}}
    refused = await eve.ask('{ events(filter: {clusters: ["default"]}) { totalCount } }')
    assert refused["errors"][0]["extensions"]["code"] == "CLUSTER_NOT_FOUND"


async def test_the_watch_of_events_is_shown_with_its_cluster(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = "{ clusters { name kinds { name } events { name group plural version sync problem count } } }"
    (found,) = (await ada.data(query))["clusters"]
    assert "Event" not in [kind["name"] for kind in found["kinds"]]
    assert found["events"] == {
        "name": "Event",
        "group": "",
        "plural": "events",
        "version": "v1",
        "sync": "LIVE",
        "problem": None,
        "count": 3,
    }


async def test_every_event_arrives_as_it_is_told_again_and_removed(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES, filter={"namespaces": ["prod"]})
        await settled(socket)
        cluster.has(EVENTS, event("dev.1", namespace="dev"), event("apps.1"))
        cluster.has(EVENTS, event("apps.1", count=2))
        cluster.lacks(EVENTS, "prod", "apps.1")
        told = [heard(await socket.hear()) for _ in range(3)]
    assert told == [("ADDED", "apps.1", 1), ("MODIFIED", "apps.1", 2), ("DELETED", "apps.1", 2)]


async def test_an_event_that_leaves_the_filter_is_told_as_left(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES, filter={"reasons": ["BuildFailed"]})
        await settled(socket)
        cluster.has(EVENTS, event("apps.1", reason="BuildFailed"))
        cluster.has(EVENTS, event("apps.1", count=2))
        assert [heard(await socket.hear()) for _ in range(2)] == [("ADDED", "apps.1", 1), ("LEFT", "apps.1", 2)]


async def test_from_a_pages_position_on_nothing_is_missed_and_another_orders_means_resync(
    gyre: Gyre, cluster: LittleCluster
) -> None:
    ada = await filled(gyre, cluster)
    read = await ada.data("{ events { position } resources { position } }")
    cluster.has(EVENTS, event("apps.4", at="2026-01-01T00:04:00Z"))
    await until(lambda: known(gyre) == 4)
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES, after=read["events"]["position"])
        message = await socket.hear()
        assert heard(message) == ("ADDED", "apps.4", 1)
        await socket.subscribe("2", CHANGES, after=message["payload"]["data"]["eventChanges"]["position"])
        await settled(socket)
        await socket.subscribe("3", CHANGES, after=read["resources"]["position"])
        resync = await socket.hear()
        assert (resync["id"], heard(resync)) == ("3", ("RESYNC", None, None))


async def test_who_listens_to_objects_hears_no_events(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    objects = "subscription { resourceChanges { type row { name } } }"
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", objects)
        await settled(socket)
        cluster.has(EVENTS, event("apps.1"))
        await until(lambda: known(gyre) == 1)
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        told = (await socket.hear())["payload"]["data"]["resourceChanges"]
    assert told == {"type": "ADDED", "row": {"name": "apps"}}


async def test_where_events_are_forbidden_an_object_is_shown_without_them(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    cluster.served[EVENTS].refuses = 403
    cluster.forget_history()
    fleet = gyre.services.fleet
    await until(lambda: fleet.events.state(DEFAULT, EVERYTHING).state.problem != "")
    query = """{
        resource(kind: "ks", namespace: "prod", name: "apps") { name events { nodes { name } errors { code } } }
        clusters { events { sync } } }"""
    found = await ada.data(query)
    assert found["resource"]["name"] == "apps"
    assert [node["name"] for node in found["resource"]["events"]["nodes"]] == ["apps.2", "apps.1"]
    assert found["resource"]["events"]["errors"] == [{"code": "STALE"}]
    assert found["clusters"][0]["events"] == {"sync": "STALE"}
