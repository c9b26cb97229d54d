"""A kind stays known whatever the network and the API server do."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from gyre.kube.client import KubeClient
from gyre.kube.reflector import Pace, reflect
from gyre.kube.told import Put, Removed, Replaced, Served, SyncChanged, Told
from gyre.terms.naming import Kind
from tests.support.clocks import START, TurnedClock
from tests.support.wire import Wire, answer, bookmark, cut, event, hang, page, status, stream, thing

pytestmark = pytest.mark.anyio

THINGS = Served(kind=Kind("example.dev", "Thing", "things"), version="v1")
PATH = "/apis/example.dev/v1/things"
EXPIRED: dict[str, Any] = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}


async def tell(client: KubeClient, clock: TurnedClock, count: int, pace: Pace = Pace()) -> list[Told]:  # noqa: B008
    """The first things told, and no more."""
    told: list[Told] = []
    async with asyncio.timeout(10), aclosing(reflect(client, THINGS, clock, pace=pace)) as telling:
        async for one in telling:
            told.append(one)
            if len(told) == count:
                return told
    raise AssertionError("a reflector never ends by itself")


def in_short(told: list[Told]) -> list[str]:
    """Each in a word or two: SYNCING, Replaced a@1 b@2, Put a@3."""
    return [_SHORT[type(one)](one) for one in told]


def _named(raw: bytes) -> str:
    metadata = json.loads(raw)["metadata"]
    return f"{metadata['name']}@{metadata['resourceVersion']}"


_SHORT: dict[type, Callable[[Any], str]] = {
    SyncChanged: lambda it: str(it.state.sync.value),
    Replaced: lambda it: " ".join(["Replaced", *map(_named, it.objects)]),
    Put: lambda it: f"Put {_named(it.raw)}",
    Removed: lambda it: f"Removed {_named(it.raw)}",
}


async def test_what_is_there_is_told_first_then_what_changes(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    wire.on(
        "GET", PATH, page(thing("a", 1), resource_version="5", more="next"), page(thing("b", 2), resource_version="5")
    )
    changes = [event("ADDED", thing("c", 6)), event("MODIFIED", thing("a", 7)), event("DELETED", thing("b", 8))]
    wire.on("GET", PATH, stream(*changes, end="hang"), watch=True)

    told = await tell(client, clock, 6)

    assert in_short(told) == ["SYNCING", "Replaced a@1 b@2", "LIVE", "Put c@6", "Put a@7", "Removed b@8"]
    first, second, watch = wire.queries(PATH)
    assert first == {"limit": "500"}
    assert second == {"limit": "500", "continue": "next"}
    assert {name: watch[name] for name in ("allowWatchBookmarks", "resourceVersion")} == {
        "allowWatchBookmarks": "true",
        "resourceVersion": "5",
    }
    assert 261 <= int(watch["timeoutSeconds"]) <= 290


async def test_a_clean_close_is_resumed_at_once_where_it_ended(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, stream(event("ADDED", thing("a", 6)), bookmark(40)), watch=True)
    wire.on("GET", PATH, stream(event("MODIFIED", thing("a", 41)), end="hang"), watch=True)

    told = await tell(client, clock, 5)

    assert in_short(told) == ["SYNCING", "Replaced", "LIVE", "Put a@6", "Put a@41"]
    assert [query.get("resourceVersion") for query in wire.queries(PATH)] == [None, "5", "40"]
    assert clock.slept == []


async def test_an_event_cut_in_the_middle_is_told_once_and_whole(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    whole = event("MODIFIED", thing("a", 7))
    wire.on("GET", PATH, page(thing("a", 1), resource_version="5"))
    wire.on("GET", PATH, stream(event("MODIFIED", thing("a", 6)), whole[:30], end="cut"), watch=True)
    wire.on("GET", PATH, stream(whole[:11], whole[11:40], whole[40:], end="hang"), watch=True)

    told = await tell(client, clock, 7)

    assert in_short(told) == ["SYNCING", "Replaced a@1", "LIVE", "Put a@6", "STALE", "LIVE", "Put a@7"]
    assert [query.get("resourceVersion") for query in wire.queries(PATH)] == [None, "5", "6"]


@pytest.mark.parametrize(
    ("forgotten", "opened"),
    [(status(410, "Expired", "too old"), 0), (stream(event("ERROR", EXPIRED)), 1)],
    ids=["as an answer", "as an event"],
)
async def test_a_place_forgotten_while_the_network_was_away_is_read_anew_at_once(
    wire: Wire, client: KubeClient, clock: TurnedClock, forgotten: Any, opened: int
) -> None:
    wire.on("GET", PATH, page(thing("a", 1), resource_version="5"), page(thing("b", 90), resource_version="99"))
    away = [status(503, "ServiceUnavailable", "away")] * 6
    wire.on("GET", PATH, *away, forgotten, stream(event("DELETED", thing("b", 100)), end="hang"), watch=True)

    told = [one for one in in_short(await tell(client, clock, 7 + opened)) if one != "LIVE"]

    assert told == ["SYNCING", "Replaced a@1", "STALE", "STALE", "Replaced b@90", "Removed b@100"]
    assert [query.get("resourceVersion") for query in wire.queries(PATH)] == [None, *["5"] * 7, None, "99"]
    assert clock.slept[6:] == [0.0]


async def test_silence_is_taken_for_a_dead_connection(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, stream(bookmark(9), end="hang"), hang, stream(bookmark(10), end="hang"), watch=True)

    told = await tell(client, clock, 5, Pace(idle_seconds=0.1))

    assert in_short(told) == ["SYNCING", "Replaced", "LIVE", "STALE", "LIVE"]
    assert [query.get("resourceVersion") for query in wire.queries(PATH)] == [None, "5", "9", "9"]
    assert len(clock.slept) == 2


async def test_stale_says_since_when_and_why(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    wire.on("GET", PATH, page(resource_version="5"))
    down = [status(500, "InternalError", "etcd is away") for _ in range(3)]
    wire.on("GET", PATH, stream(bookmark(6), end="cut"), *down, stream(end="hang"), watch=True)

    told = await tell(client, clock, 6)

    assert in_short(told) == ["SYNCING", "Replaced", "LIVE", "STALE", "STALE", "LIVE"]
    first, second, live = (one.state for one in told[3:] if isinstance(one, SyncChanged))
    assert first.since == second.since == START
    assert second.problem == "etcd is away"
    assert live.since == clock.now() > START
    assert live.problem == ""


async def test_waits_grow_and_stay_bounded_until_it_works_again(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    wire.on("GET", PATH, *[status(500, "InternalError", f"down {number}") for number in range(12)])
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, stream(bookmark(6), end="cut"), stream(end="hang"), watch=True)

    told = await tell(client, clock, 17)

    assert in_short(told) == ["SYNCING", *["ERROR"] * 12, "Replaced", "LIVE", "STALE", "LIVE"]
    waits = clock.slept
    for number, waited in enumerate(waits[:12]):
        due = min(30.0, 0.5 * 2**number)
        assert due / 2 <= waited <= due
    assert waits[12] <= 0.5
    assert len(waits) == 13


async def test_the_api_server_says_how_long_to_wait(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    wire.on("GET", PATH, status(429, "TooManyRequests", "slow down", Retry_After="17"), page(resource_version="5"))

    told = await tell(client, clock, 3)

    assert in_short(told) == ["SYNCING", "ERROR", "Replaced"]
    assert clock.slept == [17.0]


@pytest.mark.parametrize(
    ("refusal", "not_served"),
    [(status(404, "NotFound", "no such thing"), True), (status(403, "Forbidden", "may not"), False)],
    ids=["missing", "forbidden"],
)
async def test_a_kind_that_is_missing_or_forbidden_is_told_and_tried_slowly(
    wire: Wire, client: KubeClient, clock: TurnedClock, refusal: Any, *, not_served: bool
) -> None:
    wire.on("GET", PATH, refusal, page(resource_version="5"))

    told = await tell(client, clock, 3)

    assert in_short(told) == ["SYNCING", "ERROR", "Replaced"]
    lost = told[1]
    assert isinstance(lost, SyncChanged)
    assert lost.not_served is not_served
    assert 15.0 <= clock.slept[0] <= 30.0


async def test_pages_that_expire_are_read_at_once(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    wire.on("GET", PATH, page(thing("a", 1), resource_version="5", more="next"), status(410, "Expired", "too old"))
    wire.on("GET", PATH, page(thing("a", 1), thing("b", 7), resource_version="8"))

    told = await tell(client, clock, 2)

    assert in_short(told) == ["SYNCING", "Replaced a@1 b@7"]
    assert wire.queries(PATH) == [{"limit": "500"}, {"limit": "500", "continue": "next"}, {}]


async def test_a_place_forgotten_again_and_again_is_not_asked_for_in_a_hot_loop(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    wire.on("GET", PATH, *[page(resource_version=str(number)) for number in range(1, 5)])
    wire.on("GET", PATH, *[status(410, "Expired", "too old") for _ in range(3)], watch=True)

    told = await tell(client, clock, 8)

    assert in_short(told) == ["SYNCING", "Replaced", *["STALE", "Replaced"] * 3]
    assert clock.slept[0] >= 0.25
    assert clock.slept[1] >= 0.5
    assert clock.slept[2] >= 1.0


async def test_a_place_in_the_future_is_read_anew(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    wire.on("GET", PATH, page(resource_version="500"), page(resource_version="5"))
    wire.on("GET", PATH, status(504, "Timeout", "Too large resource version", causes=causes), watch=True)

    assert in_short(await tell(client, clock, 4)) == ["SYNCING", "Replaced", "STALE", "Replaced"]


async def test_a_watch_that_ends_at_once_and_tells_nothing_is_not_asked_for_in_a_hot_loop(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, *[stream() for _ in range(4)], stream(event("ADDED", thing("a", 6)), end="hang"), watch=True)

    told = await tell(client, clock, 4)

    assert in_short(told) == ["SYNCING", "Replaced", "LIVE", "Put a@6"]
    assert len(clock.slept) == 4
    assert clock.slept[3] >= 2.0


@pytest.mark.parametrize(
    "nonsense",
    [b"<html>sign in</html>\n", b'{"type": "ADDED"}\n', b'{"type": "ADDED", "object": 7}\n', b"\xff\xfe\n", b"null\n"],
)
async def test_an_event_that_makes_no_sense_is_a_problem_not_an_end(
    wire: Wire, client: KubeClient, clock: TurnedClock, nonsense: bytes
) -> None:
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, stream(nonsense, end="hang"), stream(event("ADDED", thing("a", 6)), end="hang"), watch=True)

    assert in_short(await tell(client, clock, 6)) == ["SYNCING", "Replaced", "LIVE", "STALE", "LIVE", "Put a@6"]


@pytest.mark.parametrize("nonsense", [b"", b"<html>sign in</html>", b"[]", b'{"items": 3}', b'{"items": []}', b"null"])
async def test_a_list_that_makes_no_sense_is_a_problem_not_an_empty_list(
    wire: Wire, client: KubeClient, clock: TurnedClock, nonsense: bytes
) -> None:
    wire.on("GET", PATH, answer(200, nonsense), page(thing("a", 1), resource_version="5"))

    assert in_short(await tell(client, clock, 3)) == ["SYNCING", "ERROR", "Replaced a@1"]


async def test_a_dropped_answer_is_a_problem_not_an_end(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    wire.on("GET", PATH, cut, cut, page(resource_version="5"))

    told = await tell(client, clock, 3)

    assert in_short(told) == ["SYNCING", "ERROR", "Replaced"]
    assert isinstance(told[1], SyncChanged)
    assert told[1].state.problem.startswith("default: the API server can't be reached: ")


async def test_a_thousand_events_in_one_piece_keep_their_order(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    many = b"".join(event("ADDED", thing(f"t{number}", 100 + number)) for number in range(1000))
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, stream(many, end="hang"), watch=True)

    told = await tell(client, clock, 1003)

    assert in_short(told)[3:] == [f"Put t{number}@{100 + number}" for number in range(1000)]


async def test_leaving_ends_the_watch_and_leaves_nothing_running(
    wire: Wire, client: KubeClient, clock: TurnedClock
) -> None:
    wire.on("GET", PATH, page(resource_version="5"))
    wire.on("GET", PATH, stream(event("ADDED", thing("a", 6)), end="hang"), watch=True)
    before = asyncio.all_tasks()
    put = asyncio.Event()

    async def follow() -> None:
        async with aclosing(reflect(client, THINGS, clock)) as telling:
            async for one in telling:
                if isinstance(one, Put):
                    put.set()

    task = asyncio.create_task(follow())
    async with asyncio.timeout(5):
        await put.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert asyncio.all_tasks() - wire.serving == before - wire.serving
