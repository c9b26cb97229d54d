"""What the feed promises: numbers without holes, replay of exactly what was missed, RESYNC for all else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gyre.errors import Invalid
from gyre.events.bus import open_bus
from gyre.events.feed import Feed, open_feed
from gyre.events.news import News, Resync, Told
from gyre.events.ring import RING, RING_BYTES
from gyre.terms.changes import Change, ChangeType, Position
from gyre.terms.naming import ClusterName
from tests.support.rows import DEFAULT, row

pytestmark = pytest.mark.anyio
OTHER = ClusterName("other")


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    async with open_bus(None) as bus, open_feed(bus) as opened:
        yield opened


async def put(feed: Feed, name: str = "apps", cluster: ClusterName = DEFAULT, body: bytes = b"{}") -> Change:
    return await feed.record(cluster, ChangeType.ADDED, None, row(name, cluster=cluster), body)


def names(news: tuple[News, ...]) -> list[str]:
    return [item.change.row.name if isinstance(item, Told) else "RESYNC" for item in news]


async def test_changes_of_a_cluster_are_numbered_from_one_in_one_epoch(feed: Feed) -> None:
    await feed.begin(DEFAULT)
    first, second = await put(feed), await put(feed)
    assert (first.position.n, second.position.n) == (1, 2)
    assert first.position.epoch == second.position.epoch
    assert feed.position(DEFAULT) == second.position


async def test_a_cursor_brings_exactly_the_changes_after_it(feed: Feed) -> None:
    await feed.begin(DEFAULT)
    await put(feed, "a")
    cursor = feed.cursor()
    assert feed.since(cursor) == ()
    changes = [await put(feed, "b"), await put(feed, "c")]
    missed = feed.since(cursor)
    assert [item.change for item in missed if isinstance(item, Told)] == changes
    assert names(missed) == ["b", "c"]


async def test_the_cursor_of_each_replayed_change_is_the_one_it_was_first_told_with(feed: Feed) -> None:
    told: list[News] = []
    await feed.begin(DEFAULT)
    await feed.begin(OTHER)
    start = feed.cursor()
    with feed.listen(told.append):
        for n in range(6):
            await put(feed, str(n), cluster=(DEFAULT, OTHER)[n % 2])
    assert feed.since(start) == tuple(told)
    middle = told[2].cursor
    assert feed.since(middle) == tuple(told[3:])
    assert told[-1].cursor == feed.cursor()


async def test_a_cursor_of_an_earlier_epoch_must_read_that_cluster_again(feed: Feed) -> None:
    await feed.begin(DEFAULT)
    await feed.begin(OTHER)
    cursor = feed.cursor()
    await feed.begin(DEFAULT)
    assert feed.since(cursor) == (Resync((DEFAULT,), feed.cursor()),)
    await put(feed, "of another cluster", cluster=OTHER)
    assert feed.since(cursor) == (Resync((), feed.cursor()),)


async def test_a_cursor_of_a_cluster_that_is_gone_must_read_that_again_and_of_one_never_known_everything(
    feed: Feed,
) -> None:
    await feed.begin(DEFAULT)
    await feed.begin(OTHER)
    cursor = feed.cursor()
    await feed.end(OTHER)
    assert feed.since(cursor) == (Resync((OTHER,), feed.cursor()),)
    assert feed.since(f"{feed.cursor()}~abcdef.1") == (Resync((), feed.cursor()),)


async def test_a_cursor_older_than_the_ring_must_read_again(feed: Feed) -> None:
    await feed.begin(DEFAULT)
    await put(feed)
    cursor = feed.cursor()
    for _ in range(RING):
        await put(feed)
    assert len(feed.since(cursor)) == RING
    await put(feed)
    assert feed.since(cursor) == (Resync((DEFAULT,), feed.cursor()),)


async def test_a_ring_of_huge_objects_is_bounded_by_their_bytes(feed: Feed) -> None:
    await feed.begin(DEFAULT)
    start = feed.cursor()
    body = bytes(RING_BYTES // 4)
    await put(feed, "0", body=body)
    cursor = feed.cursor()
    for n in range(4):
        await put(feed, str(n), body=body)
    assert len(feed.since(cursor)) == 4
    assert names(feed.since(start)) == ["RESYNC"]


async def test_a_cursor_from_the_future_must_read_again(feed: Feed) -> None:
    position = await feed.begin(DEFAULT)
    assert names(feed.since(f"{position.epoch}.7")) == ["RESYNC"]


@pytest.mark.parametrize(
    "text",
    ["", "x", "a.b", "a.1~", "a.1~a.2", "A.1", "a.-1", "a.1\n", "a.٣", "a." + "9" * 19, "a.1~" * 20_000, "a\0.1"],
)
async def test_a_malformed_cursor_is_refused(feed: Feed, text: str) -> None:
    with pytest.raises(Invalid):
        feed.since(text)
    with pytest.raises(Invalid):
        await feed.wait_for(text, 0.1)


async def test_the_cursor_over_no_cluster_is_one_too(feed: Feed) -> None:
    assert feed.cursor() == "0"
    assert feed.since("0") == ()
    await feed.begin(DEFAULT)
    assert names(feed.since("0")) == ["RESYNC"]


async def test_waiting_for_a_position_ends_when_it_is_reached(feed: Feed) -> None:
    position = await feed.begin(DEFAULT)
    waiting = asyncio.create_task(feed.wait_for(f"{position.epoch}.2", 5))
    await put(feed)
    await asyncio.sleep(0)
    assert not waiting.done()
    await put(feed)
    assert await waiting is True


async def test_waiting_for_a_position_that_does_not_come_ends_too(feed: Feed) -> None:
    position = await feed.begin(DEFAULT)
    assert await feed.wait_for(f"{position.epoch}.1", 0.01) is False


async def test_a_position_of_an_epoch_that_was_replaced_is_reached(feed: Feed) -> None:
    position = await feed.begin(DEFAULT)
    await feed.begin(DEFAULT)
    assert await feed.wait_for(f"{position.epoch}.900", 5) is True


async def test_an_epoch_that_one_process_alone_never_had_is_not_waited_for(feed: Feed) -> None:
    await feed.begin(DEFAULT)
    async with asyncio.timeout(1):
        assert await feed.wait_for("abcdef.1", 60) is False


async def test_a_new_epoch_is_told_as_something_to_read_again(feed: Feed) -> None:
    told: list[News] = []
    with feed.listen(told.append):
        position = await feed.begin(DEFAULT)
    assert told == [Resync((DEFAULT,), f"{position.epoch}.0")]
    assert position == Position(position.epoch, 0)
