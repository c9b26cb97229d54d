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
from tests.support.clocks import TurnedClock
from tests.support.wire import Wire, bookmark, event, page, status, stream, thing

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
    "forgotten",
    [status(410, "Expired", "too old"), stream(event("ERROR", EXPIRED))],
    ids=["as an answer", "as an event"],
)
async def test_a_forgotten_place_is_read_anew_at_once(
    wire: Wire, client: KubeClient, clock: TurnedClock, forgotten: Any
) -> None:
    wire.on("GET", PATH, page(thing("a", 1), resource_version="5"), page(thing("b", 90), resource_version="99"))
    wire.on("GET", PATH, forgotten, stream(end="hang"), watch=True)

    told = await tell(client, clock, 6 if len(wire.asked) else 5)

    assert "Replaced b@90" in in_short(told)
    assert [query.get("resourceVersion") for query in wire.queries(PATH)][:3] == [None, "5", None]
    assert clock.slept == [0.0]
