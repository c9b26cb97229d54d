"""Who may look only, who may see nothing, whose session has ended: on every way in, and nothing happens behind it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from gyre.terms.people import Role
from tests.app.conftest import Running
from tests.support.app import kustomization
from tests.support.graphql import Signed

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 40.0
"""What takes five seconds, the next look into the database, takes a busy machine longer."""

TARGET = '{target: {kind: "ks", namespace: "flux-system", name: "infra-configs"}}'
PATH = "/api/flux/kustomizations/flux-system/infra-configs"
MUTATIONS = ("reconcile", "suspend", "resume")
ONE = 'resource(kind: "ks", namespace: "flux-system", name: "infra-configs") { name }'
OVERVIEW = "subscription { overviewChanges { total } }"


def mutation(name: str) -> str:
    return f"mutation {{ {name}(input: {TARGET}) {{ resource {{ name }} position errors {{ code message path }} }} }}"


async def hear(socket: websockets.ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while (message := json.loads(await socket.recv()))["type"] != kind:
            pass
    return message  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_viewer_is_told_why_not_and_the_object_stays_as_it_was(running: Running, name: str) -> None:
    eve = await running.app.person(f"eve-{name}", Role.VIEWER)
    ref = kustomization("infra-configs")
    before = await running.kubectl.get(ref)

    assert (await eve.data(f"{{ {ONE} }}")) == {"resource": {"name": "infra-configs"}}
    done = (await eve.data(mutation(name)))[name]
    over_rest = await running.app.post(f"{PATH}/{name}", eve)

    assert (done["resource"], done["position"]) == (None, None)
    assert [error["code"] for error in done["errors"]] == ["FORBIDDEN"]
    assert (over_rest.status_code, over_rest.json()["error"]["code"]) == (403, "FORBIDDEN")
    after = await running.kubectl.get(ref)
    assert after["spec"] == before["spec"]
    assert after["metadata"].get("annotations") == before["metadata"].get("annotations")


async def test_a_member_without_grants_sees_nothing_and_everything_answers_as_not_existing(running: Running) -> None:
    mia = await running.app.person("mia", Role.MEMBER)
    before = await running.kubectl.get(kustomization("infra-configs"))
    everything = "{ resources { totalCount nodes { name } } overview { total byKind { count } } clusters { name } }"
    assert await mia.data(everything) == {
        "resources": {"totalCount": 0, "nodes": []},
        "overview": {"total": 0, "byKind": []},
        "clusters": [],
    }
    there = await mia.ask(f"{{ {ONE} }}")
    missing = await mia.ask(f"{{ {ONE} }}".replace("infra-configs", "not-there"))
    assert there["errors"][0]["extensions"]["code"] == "CLUSTER_NOT_FOUND"  # there is none they may see anything of
    assert json.dumps(there).replace("infra-configs", "not-there") == json.dumps(missing)
    for name in MUTATIONS:
        done = (await mia.data(mutation(name)))[name]
        assert [error["code"] for error in done["errors"]] == ["CLUSTER_NOT_FOUND"]
        assert (await running.app.post(f"{PATH}/{name}", mia)).status_code == 404
    assert (await running.app.get(PATH, mia)).status_code == 404
    assert (await running.app.get("/api/flux/kustomizations", mia)).json()["error"]["code"] == "CLUSTER_NOT_FOUND"
    after = await running.kubectl.get(kustomization("infra-configs"))
    assert after["metadata"].get("annotations") == before["metadata"].get("annotations")


async def test_who_is_not_signed_in_gets_nothing_on_any_way_in(running: Running) -> None:
    app, nobody = running.app, running.app.nobody
    for query in (f"{{ {ONE} }}", "{ resources { totalCount } }", "{ overview { total } }", "{ clusters { name } }"):
        answer = await nobody.ask(query)
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    for path in ("/api/flux/kustomizations", PATH):
        assert (await app.get(path)).status_code == 401
    for name in MUTATIONS:
        assert (await app.post(f"{PATH}/{name}", nobody)).status_code == 401
    async with nobody.socket() as socket:
        await socket.init()
        await socket.subscribe("1", OVERVIEW)
        assert (await socket.hear())["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


class Opened:
    """One of each kind of stream, all of one session."""

    def __init__(self, graphql: Any, rest: websockets.ClientConnection, events: AsyncIterator[str]) -> None:
        self._graphql = graphql
        self._rest = rest
        self._events = events

    async def ends(self) -> tuple[int, int, str]:
        """How each of them ends: two close codes, and the last thing that is told."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            code, _ = await self._graphql.closed(PATIENCE_SECONDS)
            await self._rest.wait_closed()
            said = [line async for line in self._events if line.startswith("data: ")]
        return code, self._rest.close_code or 0, json.loads(said[-1][6:])["errors"][0]["extensions"]["code"]


@asynccontextmanager
async def opened(running: Running, who: Signed) -> AsyncIterator[Opened]:
    app = running.app
    asked = {"query": OVERVIEW}
    accept = {"accept": "text/event-stream", "cookie": who.cookie}
    async with (
        who.socket() as graphql,
        app.changes(who) as rest,
        app.http.stream("POST", f"http://{app.address}/graphql", json=asked, headers=accept) as events,
    ):
        await graphql.init()
        await graphql.subscribe("1", OVERVIEW)
        assert (await graphql.hear())["type"] == "next"
        await hear(rest, "connected")
        lines = events.aiter_lines()
        assert await anext(lines) == "event: next"
        yield Opened(graphql, rest, lines)


async def test_signing_out_ends_every_stream_of_the_session_and_of_no_other(running: Running) -> None:
    ada = await running.app.person("ada", Role.EDITOR)
    again = await running.app.sign_in("ada")
    async with opened(running, ada) as streams, again.socket() as other:
        await other.init()
        await ada.data("mutation { logout { errors { code } } }")
        assert await streams.ends() == (4401, 4401, "UNAUTHENTICATED")
        await other.subscribe("1", OVERVIEW)
        assert (await other.hear())["type"] == "next"
    assert (await running.app.get(PATH, ada)).status_code == 401
    assert (await running.app.get(PATH, again)).status_code == 200


async def test_disabling_somebody_from_the_command_line_ends_their_streams_within_seconds(running: Running) -> None:
    bob = await running.app.person("bob", Role.EDITOR)
    async with opened(running, bob) as streams:
        await running.app.users.set_active("bob", active=False)
        assert await streams.ends() == (4401, 4401, "UNAUTHENTICATED")
    assert (await running.app.get(PATH, bob)).status_code == 401


async def test_a_role_taken_away_is_felt_by_an_open_screen_without_reconnecting(running: Running) -> None:
    kim = await running.app.person("kim", Role.VIEWER)
    async with kim.socket() as socket:
        await socket.init()
        await socket.subscribe("1", OVERVIEW)
        assert (await socket.hear())["payload"]["data"]["overviewChanges"]["total"] > 0
        await running.app.users.set_role("kim", Role.MEMBER)
        async with asyncio.timeout(15):
            while (await socket.hear())["payload"]["data"]["overviewChanges"]["total"] > 0:
                pass
