"""What a process knows of the changes that another one records."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from gyre.events import wire
from gyre.events.bus import Bus, open_bus
from gyre.events.feed import TOPIC, Feed, open_feed
from gyre.events.hub import open_hub
from gyre.events.news import News, Resync, Told
from gyre.events.seats import EachChange, Seat
from gyre.terms.changes import Change, ChangeType, Position
from tests.support.rows import DEFAULT, row
from tests.support.valkey import ValkeyProcess
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@dataclass
class Follower:
    """A feed that follows, what it told, and a bus to speak to it as any other process could."""

    feed: Feed
    stranger: Bus
    told: list[News] = field(default_factory=list)

    def names(self) -> list[str]:
        return [item.change.row.name if isinstance(item, Told) else "RESYNC" for item in self.told]

    async def says(self, *messages: wire.Message) -> None:
        for message in messages:
            await self.stranger.tell_others(TOPIC, wire.encode(message))

    async def told_names(self, *expected: str) -> None:
        await until(lambda: len(self.told) >= len(expected))
        assert self.names() == list(expected)


@pytest.fixture
async def follower(valkey: ValkeyProcess) -> AsyncIterator[Follower]:
    async with open_bus(valkey.url) as bus, open_feed(bus) as feed, open_bus(valkey.url) as stranger:
        async with stranger.subscribe(TOPIC) as heard:
            while heard and wire.encode(wire.Hello()) != await anext(heard):
                pass  # the follower says hello when it listens
        made = Follower(feed, stranger)
        with feed.listen(made.told.append):
            yield made


def change(n: int, *, epoch: str = "e1") -> wire.Changed:
    what = Change(
        cluster=DEFAULT, position=Position(epoch, n), type=ChangeType.ADDED, old=None, new=row(str(n)), body=b"{}"
    )
    return wire.Changed(what)


async def test_changes_are_followed_in_order_with_all_they_say(follower: Follower) -> None:
    await follower.says(wire.Heads({DEFAULT: Position("e1", 0)}), change(1), change(2))
    await follower.told_names("RESYNC", "1", "2")
    assert follower.told[1] == Told(change(1).change, "e1.1")
    assert follower.feed.since("e1.1") == (Told(change(2).change, "e1.2"),)
    assert await follower.feed.wait_for("e1.2", 1) is True


async def test_a_hole_in_the_numbers_is_told_and_forgets_what_lay_before(follower: Follower) -> None:
    await follower.says(wire.Heads({DEFAULT: Position("e1", 0)}), change(1), change(3), change(4))
    await follower.told_names("RESYNC", "1", "RESYNC", "3", "4")
    assert follower.told[2] == Resync((DEFAULT,), "e1.2")
    assert [type(item) for item in follower.feed.since("e1.1")] == [Resync]
    assert [type(item) for item in follower.feed.since("e1.3")] == [Told]


async def test_what_is_sent_again_is_told_once(follower: Follower) -> None:
    await follower.says(wire.Heads({DEFAULT: Position("e1", 0)}), change(1), change(2), change(1), change(2), change(3))
    await follower.told_names("RESYNC", "1", "2", "3")


async def test_a_new_epoch_is_told_and_late_words_of_the_old_one_are_not(follower: Follower) -> None:
    await follower.says(change(7), change(1, epoch="e2"), change(8), wire.Heads({DEFAULT: Position("e1", 9)}))
    await follower.says(change(2, epoch="e2"))
    await follower.told_names("RESYNC", "7", "RESYNC", "1", "2")


async def test_a_last_change_that_was_lost_is_noticed_by_the_next_word_of_heads(follower: Follower) -> None:
    await follower.says(change(1), wire.Heads({DEFAULT: Position("e1", 1)}), wire.Heads({DEFAULT: Position("e1", 2)}))
    await follower.told_names("RESYNC", "1", "RESYNC")
    assert follower.feed.cursor() == "e1.2"


async def test_a_cluster_that_ended_elsewhere_is_forgotten(follower: Follower) -> None:
    await follower.says(change(1), wire.Ended(DEFAULT, "e0"), change(2), wire.Ended(DEFAULT, "e1"))
    await follower.told_names("RESYNC", "1", "2", "RESYNC")
    assert follower.feed.cursor() == "0"


async def test_words_of_another_version_are_something_missed_not_the_end(follower: Follower) -> None:
    await follower.says(change(1))
    await follower.stranger.tell_others(TOPIC, b"\xc1 not msgpack")
    await follower.says(change(2))
    await follower.told_names("RESYNC", "1", "RESYNC", "2")


async def test_what_others_say_of_a_cluster_recorded_here_changes_nothing(follower: Follower) -> None:
    own = await follower.feed.begin(DEFAULT)
    await follower.says(change(1), wire.Heads({DEFAULT: Position("e1", 5)}), wire.Ended(DEFAULT, own.epoch))
    async with follower.stranger.subscribe(TOPIC) as heard:
        await follower.says(wire.Hello())
        while wire.encode(wire.Heads({DEFAULT: own})) != await anext(heard):
            pass
    await follower.told_names("RESYNC")
    assert follower.feed.position(DEFAULT) == own


class Names(EachChange[tuple[str, str]]):
    """Frames that name the object and its version."""

    async def render(self, news: News) -> tuple[str, str] | None:
        return ("", "RESYNC") if isinstance(news, Resync) else (news.change.row.name, news.change.row.resource_version)


async def names_seat() -> Seat[tuple[str, str]]:
    return Seat(key="all", renderer=Names(), user_id="ada", session_id="s1")


async def test_every_subscriber_ends_with_the_true_state_through_kills_and_restarts(valkey: ValkeyProcess) -> None:
    truth: dict[str, str] = {}

    async def client(feed: Feed, bus: Bus, state: dict[str, str]) -> None:
        async with open_hub(feed) as hub, hub.join(names_seat) as member:
            async for name, version in member:
                if version == "RESYNC":
                    state.clear()
                    state.update(truth)  # reads again
                else:
                    state[name] = version

    async with contextlib.AsyncExitStack() as stack:
        buses = [await stack.enter_async_context(open_bus(valkey.url)) for _ in range(3)]
        feeds = [await stack.enter_async_context(open_feed(bus)) for bus in buses]
        await feeds[0].begin(DEFAULT)
        states: list[dict[str, str]] = [{} for _ in feeds]
        clients = [asyncio.create_task(client(*parts)) for parts in zip(feeds, buses, states, strict=True)]
        version = 0
        for _ in range(3):
            for step in range(150):
                version += 1
                name = str(version % 20)
                truth[name] = str(version)
                await feeds[0].record(DEFAULT, ChangeType.MODIFIED, None, row(name, version=version), b"{}")
                await asyncio.sleep(0.002)
                if step == 50:
                    valkey.kill()
                if step == 100:
                    valkey.start()
        await until(lambda: all(state == truth for state in states))
        await until(lambda: len({feed.cursor() for feed in feeds}) == 1)
        for task in clients:
            task.cancel()
