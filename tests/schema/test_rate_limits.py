"""How much of a minute's points GraphQL takes, and what is told when they are spent."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import websockets

from gyre.audit import settled
from gyre.limits.connections import OF_A_USER
from gyre.people.paging import ALL
from gyre.terms.people import Role
from gyre.terms.requests import RequestFacts
from models.auditing import AuditEntry
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import DEFAULT, Gyre, Signed, Socket, gyre_on
from tests.support.minutes import Minute, stopped_minute
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

LITTLE = "{ viewer { username } }"
OVERVIEW = "subscription { overviewChanges { total } }"
LOGIN = (
    """mutation { login(username: "ada", password: "a long winter's tale") { viewer { username } errors { code } } }"""
)


def page(rows: int) -> str:
    """Two fields a row, and two or three around them."""
    return f"{{ resources(first: {rows}) {{ nodes {{ name namespace }} totalCount }} }}"


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    return stopped_minute(monkeypatch)


@pytest.fixture
async def limited(cluster: LittleCluster, tmp_path: Path, minute: Minute) -> AsyncIterator[Gyre]:
    cluster.has(KUSTOMIZATIONS, thing("apps", "shop"))
    rates = {"rate_limit_user": 5, "rate_limit_anonymous": 20, "rate_limit_graphql": 50}
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, **rates) as gyre:
        yield gyre


def told(answer: httpx2.Response) -> tuple[str | None, ...]:
    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after")
    assert all(len(answer.headers.get_list(name)) <= 1 for name in names)
    return tuple(answer.headers.get(name) for name in names)


async def asked(who: Signed, query: str) -> httpx2.Response:
    return await who.post({"query": query})


def code(answer: httpx2.Response) -> object:
    return answer.json()["errors"][0]["extensions"]["code"]


async def test_an_operation_takes_points_by_what_it_may_read_and_not_requests(limited: Gyre, minute: Minute) -> None:
    ada = await limited.signed_in("ada", Role.EDITOR)
    assert told(await asked(ada, LITTLE)) == ("50", "49", "120", None)
    assert told(await asked(ada, page(500)))[:2] == ("50", "44")  # 1,003 fields
    assert told(await asked(ada, "{ nonsense }"))[:2] == ("50", "43")
    assert told(await asked(ada, "not even GraphQL"))[:2] == ("50", "42")
    for left in ("33", "24", "15", "6"):
        dear = await asked(ada, page(1000))
        assert (dear.status_code, told(dear)[1]) == (200, left)
    over = await asked(ada, page(1000))
    assert (over.status_code, code(over)) == (429, "RATE_LIMITED")
    assert told(over)[:2] == ("50", "5")
    assert int(over.headers["retry-after"]) == over.json()["errors"][0]["extensions"]["details"]["retryAfterSeconds"]
    for left in ("4", "3", "2", "1", "0"):
        assert told(await asked(ada, LITTLE))[:2] == ("50", left)
    assert (await asked(ada, LITTLE)).status_code == 429
    eve = await limited.signed_in("eve")
    assert (await asked(eve, LITTLE)).status_code == 200
    minute.turn(120)
    assert told(await asked(ada, LITTLE))[:2] == ("50", "49")


async def test_that_it_was_too_much_is_in_the_audit_once_a_minute(limited: Gyre, minute: Minute) -> None:
    ada = await limited.signed_in("ada")
    for _ in range(5):
        await asked(ada, page(1000))
    for _ in range(3):
        assert (await asked(ada, page(1000))).status_code == 429
    await settled()
    (entry,) = await AuditEntry.filter(phase="refused")
    assert (entry.action, entry.username, entry.address) == ("rate-limit", "ada", "127.0.0.1")
    assert entry.reason == "50 points a minute are the most"
    assert (entry.details, len(entry.request_id)) == ({"budget": "graphql", "perMinute": 50}, 32)


async def test_a_mutation_costs_more_than_a_look_and_is_not_done_when_it_is_too_much(limited: Gyre) -> None:
    ada = await limited.signed_in("ada", Role.ADMIN)
    make = 'mutation { createGroup(input: {name: "g%d"}) { group { id } errors { code } } }'
    answers = [await asked(ada, make % number) for number in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert (await limited.services.directory.groups.some(ALL)).total == 4


async def test_a_subscription_is_counted_once_at_its_start_whatever_comes_of_it(
    limited: Gyre, cluster: LittleCluster
) -> None:
    ada = await limited.signed_in("ada", Role.EDITOR)
    async with ada.socket() as socket:
        await socket.init()
        await socket.subscribe("1", OVERVIEW)
        assert (await socket.hear())["payload"]["data"]["overviewChanges"]["total"] == 1
        for number in range(3):
            cluster.has(KUSTOMIZATIONS, thing(f"more-{number}", "shop"))
        while (await socket.hear())["payload"]["data"]["overviewChanges"]["total"] < 4:
            pass
        assert told(await asked(ada, LITTLE))[1] == "48"


async def test_over_a_socket_what_is_too_much_is_an_error_and_the_socket_stays(limited: Gyre) -> None:
    ada = await limited.signed_in("ada", Role.EDITOR)
    async with ada.socket() as socket:
        await socket.init()
        for number in range(6):
            await socket.subscribe(str(number), page(1000))
            heard = await socket.hear()
            if number < 5:
                assert (heard["type"], (await socket.hear())["type"]) == ("next", "complete")
        assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
        await socket.subscribe("s", OVERVIEW)
        assert (await socket.hear())["type"] == "next"


async def test_who_is_not_signed_in_has_twenty_requests_for_signing_in_on_every_way(limited: Gyre) -> None:
    await limited.people.users.add("ada", "a long winter's tale")
    assert told(await asked(limited.nobody, LOGIN)) == ("20", "19", "120", None)
    limited.http.cookies.clear()
    async with Socket(limited.address) as socket:  # one more
        await socket.init()
        for number in range(18):
            await socket.subscribe(str(number), LITTLE)
            heard = [(await socket.hear())["type"], (await socket.hear())["type"]]
            assert heard == ["next", "complete"]
        await socket.subscribe("more", LITTLE)
        over = await socket.hear()
        assert (over["type"], over["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
    refused = await asked(limited.nobody, LOGIN)
    assert (refused.status_code, code(refused)) == (429, "RATE_LIMITED")
    graphiql = await limited.http.get(f"http://{limited.address}/graphql", headers={"accept": "text/html"})
    assert told(graphiql) == (None,) * 4


async def test_streams_are_counted_and_bounded(limited: Gyre) -> None:
    ada = await limited.signed_in("ada", Role.EDITOR)
    stream = {"accept": "text/event-stream", **ada.headers}
    url = f"http://{limited.address}/graphql"
    async with ada.http.stream("POST", url, json={"query": OVERVIEW}, headers=stream) as events:
        assert events.headers["ratelimit-remaining"] == "49"
        for _ in range(49):
            await asked(ada, LITTLE)
        refused = await ada.http.post(url, json={"query": OVERVIEW}, headers=stream)
        assert (refused.status_code, code(refused)) == (429, "RATE_LIMITED")


Told = tuple[int, object]
"""The status one is answered with, and the code of a refusal."""
Opening = Callable[[Signed], AbstractAsyncContextManager[Told]]


@asynccontextmanager
async def a_socket(ada: Signed) -> AsyncIterator[Told]:
    socket = ada.socket()
    try:
        await socket.__aenter__()
    except websockets.InvalidStatus as refused:
        yield refused.response.status_code, json.loads(refused.response.body)["errors"][0]["extensions"]["code"]
        return
    try:
        await socket.init()
        yield 200, ""
    finally:
        await socket.raw.close()


@asynccontextmanager
async def a_stream(ada: Signed) -> AsyncIterator[Told]:
    url, headers = f"http://{ada.address}/graphql", {"accept": "text/event-stream", **ada.headers}
    async with ada.http.stream("GET", url, params={"query": OVERVIEW}, headers=headers) as answer:
        if answer.status_code == 200:
            yield 200, ""
        else:
            await answer.aread()
            yield answer.status_code, code(answer)


@pytest.mark.parametrize("one", [a_socket, a_stream])
async def test_a_person_keeps_so_many_sockets_and_streams_open_and_no_more(gyre: Gyre, one: Opening) -> None:
    ada = await gyre.signed_in("ada")
    (principal, _), counted = await gyre.people.signed_in("ada"), gyre.services.limits._connections._open
    with ExitStack() as others:
        for _ in range(OF_A_USER - 1):
            others.enter_context(gyre.services.limits.connection(principal, RequestFacts()))
        async with one(ada) as last:
            assert last == (200, "")
            assert list(counted.values()) == [OF_A_USER]
            async with one(ada) as refused:
                assert refused == (429, "RATE_LIMITED")
        await until(lambda: list(counted.values()) == [OF_A_USER - 1])
        async with one(ada) as next_one:
            assert next_one == (200, "")
