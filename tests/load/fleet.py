"""Ten thousand live objects: how soon they are known, what a page, a search and a count cost, and how much memory.

To reach: live within 10 s, a page in far less than a millisecond whatever its order and place, a text search nobody
asked before within 20 ms, an object of 2 KB taken in within 100 µs. Compare the ratios; the times are the machine's.
"""

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import psutil
import uvloop

from gyre.access.sight import Sight, sight_of
from gyre.clock import SystemClock
from gyre.demo.embedded import start_embedded
from gyre.events.bus import open_bus
from gyre.events.feed import open_feed
from gyre.fleet.fleet import Fleet, open_fleet
from gyre.fleet.queries import LARGEST_PAGE, NO_FILTER, LabelWanted, Order, RowFilter, RowQuery, SortKey
from gyre.flux.intake import take
from gyre.kube.access import from_kubeconfig
from gyre.terms.naming import ClusterName
from gyre.terms.people import Grant, Principal, Role, Rule
from gyre.terms.rows import Row, Word

OBJECTS = 10_000
CHANGES = 20.0
ROUNDS = 300
COLD_ROUNDS = 30
DEFAULT = ClusterName("default")
ORDERS = [Order(by, descending) for by in SortKey for descending in (False, True)]

ADMIN = sight_of(Principal(user_id="1", username="ada", role=Role.ADMIN, grants=()))
TEAM = sight_of(
    Principal(
        user_id="2",
        username="eve",
        role=Role.MEMBER,
        grants=(Grant(cluster="*", rule=Rule(policy="p", resources=("*",), namespaces=("*a*",), actions=("view",))),),
    )
)


def main() -> None:
    """Print the figures."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_measure())


async def _measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with start_embedded(Path(folder), objects=OBJECTS, changes_per_second=CHANGES) as embedded:
            before = _resident_mb()
            async with open_bus(None) as bus, open_feed(bus) as feed:
                clusters = {DEFAULT: from_kubeconfig(embedded.kubeconfig)}
                began = time.perf_counter()
                async with open_fleet(clusters, feed, SystemClock()) as fleet:
                    await fleet.first_read()
                    live = time.perf_counter() - began
                    gc.collect()
                    gc.freeze()
                    total = fleet.page(RowQuery(), ADMIN).total
                    print(f"{total} objects live after {live:.1f} s, {_resident_mb() - before:.0f} MB more resident")
                    _intake(fleet)
                    await _reading(fleet, total)
                    print(f"{_resident_mb():.0f} MB resident in the end, of which {before:.0f} before the fleet")


def _intake(fleet: Fleet) -> None:
    held = fleet.page(RowQuery(limit=LARGEST_PAGE), ADMIN).held
    size = statistics.mean(len(one.body) for one in held)
    turns = count()

    def one() -> None:
        it = held[next(turns) % len(held)]
        take(DEFAULT, it.row.ref.kind, it.row.version, it.body)

    print(f"taking in an object of {size / 1024:.1f} KB: {_median_us(one, 3_000):.0f} µs")


async def _reading(fleet: Fleet, total: int) -> None:
    """Each figure is a median; changes keep coming between the rounds."""
    everything = fleet.page(RowQuery(limit=LARGEST_PAGE), ADMIN)
    rows = [row for start in range(0, total, LARGEST_PAGE) for row in _page(fleet, offset=start, limit=LARGEST_PAGE)]
    naive = _median_us(lambda: sorted(rows, key=lambda row: (row.changed_at or "", row.ref.name))[5_000:5_050], 10)
    for order in ORDERS:
        _page(fleet, order=order)
    places = _cycle(range(0, total, 61))
    orders = _cycle(ORDERS)
    warm = await _spread_us(lambda: _page(fleet, order=next(orders), offset=next(places)))
    cursor = everything.end_cursor
    by_cursor = await _spread_us(lambda: _page(fleet, after=cursor))
    print(f"a page of 50, any order, any place: {warm:.0f} µs; by cursor: {by_cursor:.0f} µs")
    print(f"  the same by sorting all rows each time: {naive:.0f} µs, {naive / warm:.0f} times as much")
    for sight, who in ((ADMIN, "who sees all"), (TEAM, "who sees some")):
        numbers = count()
        text = await _spread_us(lambda: _search(fleet, sight, f"a {next(numbers)}"), COLD_ROUNDS)  # noqa: B023
        label = await _spread_us(
            lambda: _page(fleet, sight, RowFilter(labels=(LabelWanted(f"l{next(numbers)}"),))),  # noqa: B023
            COLD_ROUNDS,
        )
        print(f"for {who}: a new text search {text / 1000:.1f} ms, a new label {label / 1000:.1f} ms")
    narrow = RowFilter(kinds=("ks", "hr"), namespaces=("*a*",), statuses=(Word.FAILED,))
    again = await _spread_us(lambda: _page(fleet, ADMIN, narrow))
    counts = await _spread_us(lambda: fleet.overview(ADMIN))
    print(f"a filter asked again: {again:.0f} µs; an overview: {counts:.0f} µs")


def _page(fleet: Fleet, sight: Sight = ADMIN, asked: RowFilter = NO_FILTER, **query: object) -> tuple[Row, ...]:
    return fleet.page(RowQuery(filter=asked, **query), sight).rows  # type: ignore[arg-type] # each gives what fits


def _search(fleet: Fleet, sight: Sight, text: str) -> tuple[Row, ...]:
    return _page(fleet, sight, RowFilter(text=text))


def _cycle(values: Sequence[object]) -> Iterator[object]:
    while True:
        yield from values


def _median_us(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


async def _spread_us(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median over rounds between which the fleet changes."""
    times = []
    for _ in range(rounds):
        times.append(_median_us(work, 1))
        await asyncio.sleep(0.005)
    return statistics.median(times)


def _resident_mb() -> float:
    resident: int = psutil.Process().memory_info().rss
    return resident / 1e6
