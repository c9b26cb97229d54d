"""How often one may ask the REST API: what is counted, for whom, and what an answer says of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest
import websockets

from gyre.audit import settled
from gyre.limits.connections import OF_A_USER, OF_AN_ADDRESS
from gyre.terms.people import Role
from gyre.terms.requests import RequestFacts
from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.support.clients import asking
from tests.support.minutes import Minute, stopped_minute
from tests.support.people import audited
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

LIST = "/api/flux/kustomizations"
DOCUMENTED = {"rate_limit_user": 100, "rate_limit_anonymous": 20}


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    return stopped_minute(monkeypatch)


@pytest.fixture
async def limited(tmp_path: Path, minute: Minute) -> AsyncIterator[Gyre]:
    async with open_gyre(tmp_path, **DOCUMENTED) as gyre:
        yield gyre


def told(answer: httpx2.Response) -> tuple[str | None, ...]:
    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after")
    assert all(len(answer.headers.get_list(name)) <= 1 for name in names)
    return tuple(answer.headers.get(name) for name in names)


async def test_a_person_may_ask_a_hundred_times_a_minute_by_session_and_token_together(
    limited: Gyre, minute: Minute
) -> None:
    ada = await limited.signed_in("ada", Role.EDITOR)
    made = await limited.people.token("ada")
    first = await ada.get(LIST)
    assert (first.status_code, told(first)) == (200, ("100", "99", "120", None))
    bearer = {"authorization": f"Bearer {made.secret}"}
    async with asking(limited.address, headers=bearer) as robot:
        for _ in range(98):
            assert (await robot.get(LIST)).status_code == 200
        missing = await ada.get(f"{LIST}/prod/missing")
        assert (missing.status_code, told(missing)) == (404, ("100", "0", "120", None))
        for client in (ada, robot):
            over = await client.post(f"{LIST}/prod/apps/suspend")
            assert refusal(over) == (429, "RATE_LIMITED")
            assert told(over) == ("100", "0", "120", "61")
            assert over.json()["error"]["details"] == {"retryAfterSeconds": 61, "limit": 100}
        assert limited.cluster.writes == []
        await settled()
        said = [each for each in await audited() if each[1] == "rate-limit"]
        assert said == [("refused", "rate-limit", "ada", "100 requests a minute are the most")]
        eve = await limited.signed_in("eve")
        assert (await eve.get(LIST)).status_code == 200
        await eve.aclose()
        minute.turn(61)
        assert (await robot.get(LIST)).status_code == 200
    await ada.aclose()


async def test_an_address_that_is_not_signed_in_may_ask_twenty_times_and_locks_nobody_out(limited: Gyre) -> None:
    ada = await limited.signed_in("ada")
    wrong = {"authorization": "Bearer gyre_wrong"}
    for number in range(20):
        path = (LIST, "/api/nothing", "/api/me")[number % 3]
        answer = await limited.http.get(path, headers=wrong if number % 2 else {})
        assert answer.status_code in (401, 404)
        assert told(answer)[:2] == ("20", str(19 - number))
    for headers in ({}, wrong, {"cookie": "gyre_session=x"}):
        over = await limited.http.get(LIST, headers=headers)
        assert refusal(over) == (429, "RATE_LIMITED")
    login = await limited.http.post("/api/auth/login", json={"username": "ada", "password": "a long winter's tale"})
    assert refusal(login) == (429, "RATE_LIMITED")
    assert (await ada.get(LIST)).status_code == 200
    await ada.aclose()


async def test_probes_health_metrics_and_pages_are_not_counted(limited: Gyre) -> None:
    for path in ("/api/health", "/livez", "/readyz", "/metrics", "/anything"):
        for _ in range(25):
            answer = await limited.http.get(path)
            assert answer.status_code != 429
            assert told(answer) == (None,) * 4
    assert told(await limited.http.get(LIST)) == ("20", "19", "120", None)


async def test_opening_a_socket_is_a_request(limited: Gyre) -> None:
    for _ in range(20):
        async with limited.socket(None) as socket:
            await socket.wait_closed()
            assert socket.close_code == 4401
            assert socket.response is not None
            assert socket.response.headers["ratelimit-limit"] == "20"
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with limited.socket(None):
            pass
    assert refused.value.response.status_code == 429
    assert b'"RATE_LIMITED"' in refused.value.response.body


async def test_a_persons_sockets_and_streams_are_requests_of_theirs(limited: Gyre) -> None:
    ada = await limited.signed_in("ada")
    async with limited.socket(ada) as socket:
        assert "connected" in str(await socket.recv())
        assert socket.response is not None
        assert socket.response.headers["ratelimit-remaining"] == "99"
    async with ada.stream("GET", "/api/events/stream") as events:
        assert (events.status_code, told(events)) == (200, ("100", "98", "120", None))
    for _ in range(98):
        await ada.get(f"{LIST}/prod/missing")
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with limited.socket(ada):
            pass
    answer = refused.value.response
    assert (answer.status_code, answer.headers["ratelimit-remaining"], answer.headers["retry-after"]) == (
        429,
        "0",
        "61",
    )
    over = await ada.get("/api/events/stream")
    assert (refusal(over), told(over)) == ((429, "RATE_LIMITED"), ("100", "0", "120", "61"))
    await until(lambda: not limited.services.hub._members)
    await ada.aclose()


async def test_without_limits_nothing_is_said_of_them(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    for _ in range(150):
        assert told(await ada.get(LIST)) == (None,) * 4
    await ada.aclose()


async def test_behind_a_proxy_each_client_has_a_budget_only_when_the_proxy_is_trusted(
    tmp_path: Path, minute: Minute
) -> None:
    for trusted, last in (((), 429), ((ip_network("127.0.0.1"),), 401)):
        (tmp_path / str(last)).mkdir()
        async with open_gyre(tmp_path / str(last), trusted_proxies=trusted, **DOCUMENTED) as gyre:
            for number in range(21):
                answer = await gyre.http.get(LIST, headers={"x-forwarded-for": f"203.0.113.{number}"})
            assert answer.status_code == last
            if trusted:
                assert told(answer) == ("20", "19", "120", None)


async def test_nobody_keeps_more_sockets_open_than_an_address_may(gyre: Gyre) -> None:
    with ExitStack() as others:
        for _ in range(OF_AN_ADDRESS):
            others.enter_context(gyre.services.limits.connection(None, RequestFacts(address="127.0.0.1")))
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with gyre.socket(None):
                pass
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"] == "60"
        ada = await gyre.signed_in("ada")
        async with gyre.socket(ada) as socket:
            assert "connected" in str(await socket.recv())
        await ada.aclose()
    async with gyre.socket(None) as socket:
        await socket.wait_closed()
        assert socket.close_code == 4401


Told = tuple[int, str | None]
"""The status one is answered with, and Retry-After."""
Opening = Callable[[Gyre, httpx2.AsyncClient], AbstractAsyncContextManager[Told]]


@asynccontextmanager
async def socket(gyre: Gyre, ada: httpx2.AsyncClient) -> AsyncIterator[Told]:
    connecting = gyre.socket(ada)
    try:
        opened = await connecting
    except websockets.InvalidStatus as refused:
        yield refused.response.status_code, refused.response.headers.get("retry-after")
        return
    try:
        assert "connected" in str(await opened.recv())
        yield 200, None
    finally:
        await opened.close()


def stream(accept: str) -> Opening:
    @asynccontextmanager
    async def opened(_: Gyre, ada: httpx2.AsyncClient) -> AsyncIterator[Told]:
        async with ada.stream("GET", "/api/events/stream", headers={"accept": accept}) as answer:
            yield answer.status_code, answer.headers.get("retry-after")

    return opened


@pytest.mark.parametrize(
    "one",
    [socket, stream("text/event-stream"), stream("*/*"), stream("application/json")],
    ids=["a socket", "a stream", "a stream for curl", "a stream by mistake"],
)
async def test_a_person_keeps_so_many_sockets_and_streams_open_and_no_more(gyre: Gyre, one: Opening) -> None:
    ada = await gyre.signed_in("ada")
    (principal, _), counted = await gyre.people.signed_in("ada"), gyre.services.limits._connections._open
    with ExitStack() as others:
        for _ in range(OF_A_USER - 1):
            others.enter_context(gyre.services.limits.connection(principal, RequestFacts()))
        async with one(gyre, ada) as last:
            assert last == (200, None)
            assert list(counted.values()) == [OF_A_USER]
            async with one(gyre, ada) as refused:
                assert refused == (429, "60")
        await until(lambda: list(counted.values()) == [OF_A_USER - 1])
        async with one(gyre, ada) as next_one:
            assert next_one == (200, None)
    await ada.aclose()
