import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import websockets
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.types import Scope

from gyre.events.hub import MEMBERS_PER_USER
from gyre.terms.people import Role
from schema.operations import Operations
from schema.websocket import LARGEST_MESSAGE, MOST_OPERATIONS, PROTOCOL, GraphQLSocket
from tests.support.cluster import FAILED, KUSTOMIZATIONS, LittleCluster, thing
from tests.support.deaf import Deaf
from tests.support.graphql import Gyre, Socket
from tests.support.serving import serving
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

CHANGES = """subscription($filter: ResourceFilter, $after: Position) { resourceChanges(filter: $filter, after: $after) {
    type cluster previousStatus position row { name status } } }"""


def change(message: dict[str, object]) -> tuple[object, ...]:
    """Type, name, status and status before."""
    told = message["payload"]["data"]["resourceChanges"]  # type: ignore[index]
    row = told["row"] or {"name": None, "status": None}
    return told["type"], row["name"], row["status"], told["previousStatus"]


async def test_every_change_arrives_as_it_happens(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await settled(socket)
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        cluster.has(KUSTOMIZATIONS, thing("apps", conditions=[FAILED]))
        cluster.lacks(KUSTOMIZATIONS, "prod", "apps")
        heard = [await socket.hear() for _ in range(3)]
    assert [message["id"] for message in heard] == ["1", "1", "1"]
    assert [change(message) for message in heard] == [
        ("ADDED", "apps", "READY", None),
        ("MODIFIED", "apps", "FAILED", "READY"),
        ("DELETED", "apps", "FAILED", "FAILED"),
    ]


async def test_what_leaves_the_filter_is_told_as_left(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES, filter={"statuses": ["FAILED"], "text": "apps"})
        await settled(socket)
        cluster.has(KUSTOMIZATIONS, thing("apps"), thing("other", conditions=[FAILED]))
        cluster.has(KUSTOMIZATIONS, thing("apps", conditions=[FAILED]))
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        assert change(await socket.hear()) == ("ADDED", "apps", "FAILED", None)
        assert change(await socket.hear()) == ("LEFT", "apps", "READY", "FAILED")


async def test_who_comes_back_gets_what_was_missed(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await settled(socket)
        cluster.has(KUSTOMIZATIONS, thing("one"), thing("two"), thing("three"))
        heard = [await socket.hear() for _ in range(3)]
        after = heard[0]["payload"]["data"]["resourceChanges"]["position"]
        await socket.subscribe("2", CHANGES, after=after)
        missed = [await socket.hear() for _ in range(2)]
        await socket.subscribe("3", CHANGES, after="abcdef.7")
        resync = await socket.hear()
    assert [(message["id"], change(message)[1]) for message in missed] == [("2", "two"), ("2", "three")]
    assert (resync["id"], change(resync)) == ("3", ("RESYNC", None, None, None))


async def test_the_overview_comes_at_once_and_when_it_changes(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", "subscription { overviewChanges { total failing { name } } }")
        assert (await socket.hear())["payload"] == {"data": {"overviewChanges": {"total": 0, "failing": []}}}
        cluster.has(KUSTOMIZATIONS, thing("apps", conditions=[FAILED]))
        assert (await socket.hear())["payload"] == {
            "data": {"overviewChanges": {"total": 1, "failing": [{"name": "apps"}]}}
        }


async def test_queries_are_answered_once_and_mutations_are_sent_elsewhere(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("q", "{ viewer { username } }")
        assert await socket.hear() == {"id": "q", "type": "next", "payload": {"data": {"viewer": {"username": "ada"}}}}
        assert await socket.hear() == {"id": "q", "type": "complete"}
        await socket.subscribe("m", "mutation { logout { errors { code } } }")
        told = await socket.hear()
    assert (told["id"], told["type"]) == ("m", "error")
    assert told["payload"][0]["extensions"]["code"] == "VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("subscription { nope }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
        (CHANGES, {"after": "what?"}, "VALIDATION_FAILED"),
        (CHANGES, {"filter": {"kinds": ["nonsense"]}}, "UNKNOWN_KIND"),
        (CHANGES, {"filter": {"clusters": ["elsewhere"]}}, "CLUSTER_NOT_FOUND"),
        (CHANGES, {"filter": {"statuses": ["GREAT"]}}, "VALIDATION_FAILED"),
        ("subscription { resourceChanges { row { allowed } } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { resourceChanges { row { ...F } } } fragment F on ResourceRow { allowed }",
            {},
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_a_wrong_subscription_is_refused_and_the_socket_lives_on(
    gyre: Gyre, query: str, variables: dict[str, object], code: str
) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", query, **variables)
        told = await socket.hear()
        assert (told["id"], told["type"], told["payload"][0]["extensions"]["code"]) == ("1", "error", code)
        await settled(socket)


async def test_nobody_listens_without_signing_in(gyre: Gyre) -> None:
    async with gyre.nobody.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        told = await socket.hear()
        assert told["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_session_that_ends_closes_its_sockets(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await settled(socket)
        await ada.data("mutation { logout { errors { code } } }")
        assert await socket.closed() == (4401, "The session has ended; sign in again.")


async def test_another_site_cannot_open_a_socket_with_the_session(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with Socket(gyre.address, ada.headers, origin="https://evil.example.com"):
            pass
    assert refused.value.response.status_code == 403


async def test_who_sees_nothing_is_told_nothing(gyre: Gyre, cluster: LittleCluster) -> None:
    ada, mia = await gyre.signed_in("ada"), await gyre.signed_in("mia", Role.MEMBER)
    async with ada.socket() as seeing, mia.socket() as blind:
        await (await seeing.init()).subscribe("1", CHANGES)
        await (await blind.init()).subscribe("1", CHANGES)
        await settled(seeing)
        await settled(blind)
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        assert change(await seeing.hear())[1] == "apps"
        await blind.subscribe("2", "{ viewer { username } }")
        assert (await blind.hear())["id"] == "2"


async def test_completed_subscriptions_are_silent_and_their_id_is_free(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await settled(socket)
        await socket.say(id="1", type="complete")
        await settled(socket)
        cluster.has(KUSTOMIZATIONS, thing("unheard"))
        await socket.subscribe("1", "subscription { overviewChanges { total } }")
        assert "overviewChanges" in (await socket.hear())["payload"]["data"]


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        (["[1]"], 4400),
        (['{"type": "nonsense"}'], 4400),
        (['{"type": "connection_init", "payload": 7}'], 4400),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (['{"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { id } }"}}'], 4401),
        (['{"type": "connection_init"}', '{"type": "subscribe", "payload": {}}'], 4400),
        ([json.dumps({"type": "ping", "payload": {"x": "y" * LARGEST_MESSAGE}})], 1009),
    ],
)
async def test_what_is_not_of_the_protocol_closes_the_socket(gyre: Gyre, messages: list[str], code: int) -> None:
    async with (await gyre.signed_in("ada")).socket() as socket:
        for message in messages:
            await socket.raw.send(message)
        assert (await socket.closed())[0] == code


async def test_an_id_in_use_and_binary_frames_close_the_socket(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await socket.subscribe("1", CHANGES)
        assert await socket.closed() == (4409, "subscriber for 1 already exists")
    async with ada.socket() as socket:
        await socket.raw.send(b"\x00\x01")
        assert (await socket.closed())[0] == 4400


async def test_a_socket_has_a_bounded_number_of_operations(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await socket.init()
        for number in range(MOST_OPERATIONS + 1):
            await socket.subscribe(str(number), CHANGES)
        told = await socket.hear()
    assert (told["id"], told["type"]) == (str(MOST_OPERATIONS), "error")
    assert told["payload"][0]["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "details": {"limit": "operations", "most": MOST_OPERATIONS},
    }


async def test_one_user_has_so_many_subscriptions_whatever_the_socket(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    user = (await ada.data("{ viewer { id } }"))["viewer"]["id"]
    hub = gyre.services.hub
    hub._per_user[user] = MEMBERS_PER_USER - 1
    async with ada.socket() as one, ada.socket() as other:
        await (await one.init()).subscribe("1", "subscription { overviewChanges { total } }")
        assert (await one.hear())["type"] == "next"
        await (await other.init()).subscribe("2", CHANGES)
        told = await other.hear()
        assert (told["id"], told["type"]) == ("2", "error")
        assert told["payload"][0]["extensions"] == {"code": "RATE_LIMITED", "details": {"retryAfterSeconds": 60}}
        await one.say(id="1", type="complete")
        await until(lambda: hub._per_user[user] == MEMBERS_PER_USER - 1)
        await other.subscribe("3", "subscription { overviewChanges { total } }")
        assert (await other.hear())["type"] == "next"


async def test_other_protocols_are_not_spoken(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with websockets.connect(
        f"ws://{gyre.address}/graphql",
        subprotocols=[websockets.Subprotocol("graphql-ws")],
        origin=websockets.Origin(f"http://{gyre.address}"),
        additional_headers={"Cookie": ada.cookie},
    ) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4406


async def settled(socket: Socket) -> None:
    """Everything said before has been taken up: the server answers in order."""
    await socket.subscribe("settle", "{ viewer { username } }")
    while (await socket.hear())["type"] != "complete":
        pass


async def test_who_sees_the_same_shares_frames_wherever_each_began(gyre: Gyre, cluster: LittleCluster) -> None:
    ada, bob, mia = (
        await gyre.signed_in("ada"),
        await gyre.signed_in("bob", Role.VIEWER),
        await gyre.signed_in("mia", Role.MEMBER),
    )
    rendered = REGISTRY.get_sample_value
    async with ada.socket() as first, bob.socket() as second, mia.socket() as third:
        await (await first.init()).subscribe("1", CHANGES, after=gyre.services.feed.cursor())
        await (await second.init()).subscribe("other-id", CHANGES)
        await (await third.init()).subscribe("1", CHANGES)
        for socket in (first, second, third):
            await settled(socket)
        assert len(gyre.services.hub._cohorts) == 2
        before = rendered("gyre_hub_rendered_total") or 0
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        heard = [await first.hear(), await second.hear()]
        assert (rendered("gyre_hub_rendered_total") or 0) - before == 1
    assert heard[0]["payload"] == heard[1]["payload"]
    assert [message["id"] for message in heard] == ["1", "other-id"]


async def test_lost_rights_are_seen_at_once(gyre: Gyre, cluster: LittleCluster) -> None:
    eve = await gyre.signed_in("eve", Role.VIEWER)
    async with eve.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await settled(socket)
        await gyre.people.users.set_role("eve", Role.MEMBER)
        assert change(await socket.hear()) == ("RESYNC", None, None, None)
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        await settled(socket)
        await socket.subscribe("2", "{ viewer { role } }")
        assert (await socket.hear())["payload"] == {"data": {"viewer": {"role": "MEMBER"}}}


async def test_a_client_is_pinged_and_one_that_is_silent_is_let_go(gyre: Gyre) -> None:
    served = [WebSocketRoute("/graphql", GraphQLSocket(Operations(introspection=True), ping_seconds=0.05))]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"services": gyre.services}

    ada = await gyre.signed_in("ada")
    async with serving(Starlette(routes=served, lifespan=lifespan)) as address, Socket(address, ada.headers) as socket:
        await socket.init()
        assert json.loads(await socket.raw.recv()) == {"type": "ping"}
        assert await socket.closed() == (4408, "the client does not answer")


async def test_who_only_pings_is_not_waited_for_for_ever(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.websocket.INIT_SECONDS", 0.3)
    async with gyre.nobody.socket() as socket:
        with suppress(websockets.ConnectionClosed):
            for _ in range(100):
                await socket.say(type="ping")
                await asyncio.sleep(0.05)
        assert await socket.closed() == (4408, "connection_init was not sent in time")


async def test_a_client_that_does_not_read_is_let_go_and_told_why_when_it_does(
    gyre: Gyre, cluster: LittleCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.websocket.SEND_SECONDS", 0.5)
    cluster.has(KUSTOMIZATIONS, *(thing(f"apps-{number}") for number in range(20)))
    await until(lambda: gyre.seen("Kustomization", "apps-19", "prod"))
    large = f"{{ resources(first: 20) {{ nodes {{ {'x' * 40_000}: name }} }} }}"
    ada = await gyre.signed_in("ada")
    async with Socket(gyre.address, ada.headers, max_queue=1) as slow:
        await (await slow.init()).subscribe("changes", CHANGES)
        await settled(slow)
        assert len(gyre.services.hub._members) == 1
        for number in range(40):  # 800 KB each: no buffer on the way holds them all
            await slow.subscribe(str(number), large)
        await until(lambda: not gyre.services.hub._members)
        assert await slow.closed() == (4408, "nothing was read for 0 s")


async def test_asking_anew_gives_who_reads_nothing_no_more_time(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.websocket.SEND_SECONDS", 0.5)
    _, cookie = await gyre.people.signed_in("ada", Role.ADMIN)
    scope: Scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"cookie", f"gyre_session={cookie}".encode())],
        "subprotocols": [PROTOCOL],
        "state": {"services": gyre.services},
    }
    asks = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { role } }"}})
    gives_up = json.dumps({"id": "1", "type": "complete"})
    deaf = Deaf([asks, gives_up], first=['{"type": "connection_init"}'], hears=1, pause_seconds=0.1)
    async with asyncio.timeout(20):
        await GraphQLSocket(Operations(introspection=True))(scope, deaf.receive, deaf.send)
    kinds = [message["type"] for message in deaf.sent]
    assert kinds.count("websocket.send") > 2, "it asked again after what it gave up"
    assert (kinds[-1], deaf.sent[-1]["code"]) == ("websocket.close", 4408)
