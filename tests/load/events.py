"""Ten thousand Events: what a page, a first search and one more Event cost, and how much memory they take.

To reach: a page within a millisecond wherever it is and while Events come; compare the ratios, the times are the
machine's.
"""

import asyncio
import gc
import json
import statistics
import time
from collections.abc import Callable
from itertools import count

import psutil

from gyre.access.sight import Sight, sight_of
from gyre.clock import SystemClock
from gyre.events.bus import open_bus
from gyre.events.feed import open_feed
from gyre.fleet.cache import Cache
from gyre.fleet.events.keeping import EventKeeper
from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.reading import Events
from gyre.fleet.events.store import PER_CLUSTER, EventShelf, EventStore
from gyre.fleet.health import Health
from gyre.terms.naming import ClusterName
from gyre.terms.people import Grant, Principal, Role, Rule
from tests.support.cluster import event

ROUNDS = 300
OBJECTS = 2_000
DEFAULT = ClusterName("default")
ADMIN = sight_of(Principal(user_id="1", username="ada", role=Role.ADMIN, grants=()))
RULE = Rule(policy="p", resources=("*",), namespaces=("team-1*",), actions=("view",))
TEAM = sight_of(
    Principal(user_id="2", username="eve", role=Role.MEMBER, grants=(Grant(cluster="*", rule=RULE),)),
)


def main() -> None:
    """Print the figures."""
    asyncio.run(_measure())


def _raw(n: int, told: int = 1) -> bytes:
    number = n % OBJECTS
    moment = f"2026-01-01T{(n + told) // 3600 % 24:02}:{(n + told) // 60 % 60:02}:{(n + told) % 60:02}Z"
    document = event(f"app-{number}.{n}", of=f"app-{number}", namespace=f"team-{number % 50}", at=moment, count=told)
    document["metadata"]["resourceVersion"] = str(n * 100 + told)
    document["message"] = f"Health check passed in {n}ms; revision main@sha1:{n:040x}, {'all is well, ' * 10}{n}"
    return json.dumps(document).encode()


async def _measure() -> None:
    raws = tuple(_raw(n) for n in range(PER_CLUSTER))
    gc.collect()
    before = psutil.Process().memory_info().rss
    async with open_bus(None) as bus, open_feed(bus) as feed:
        cache, store = Cache(), EventStore()
        cache.open_cluster(DEFAULT)
        health = Health(cache)
        health.open_cluster(DEFAULT, SystemClock().now()).discovered = True
        shelf = store.open_cluster(DEFAULT, SystemClock().now())
        await feed.events.begin(DEFAULT)
        keeper, events = EventKeeper(store, cache, feed.events), Events(store, cache, health, feed.events)
        began = time.perf_counter()
        await keeper.replace(shelf, raws)
        took = time.perf_counter() - began
        gc.collect()
        megabytes = (psutil.Process().memory_info().rss - before) / 1e6
        print(f"{len(shelf.events)} Events taken in {took * 1000:.0f} ms; {megabytes:.0f} MB more resident")
        await _reading(events, keeper, shelf)


async def _reading(events: Events, keeper: EventKeeper, shelf: EventShelf) -> None:
    for sight, who in ((ADMIN, "who sees all"), (TEAM, "who sees some")):
        page = _median_us(lambda: _page(events, sight, Part(offset=4_000 if sight.sees_all else 500)))  # noqa: B023
        numbers = count()
        cold = _median_us(lambda: _page(events, sight, Part(), text=f"well {next(numbers)}"), 30)  # noqa: B023
        print(f"for {who}: a page of 50 {page:.0f} µs, a text nobody asked before {cold / 1000:.1f} ms")
    told = count(2)
    times, pages = [], []
    for n in range(ROUNDS):
        raw = _raw(n * 7, next(told))
        began = time.perf_counter()
        await keeper.put(shelf, raw)
        times.append(time.perf_counter() - began)
        pages.append(_median_us(lambda: _page(events, ADMIN, Part()), 1))
    one, following = statistics.median(times) * 1e6, statistics.median(pages)
    print(f"one Event told again: {one:.0f} µs to take in; a page right after it: {following:.0f} µs")


def _page(events: Events, sight: Sight, part: Part, *, text: str = "") -> int:
    return events.page(EventFilter(text=text), part, sight).total


def _median_us(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


if __name__ == "__main__":
    main()
