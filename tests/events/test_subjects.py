"""Changes of Events are numbered, kept, told and followed apart from those of objects."""

import asyncio
from dataclasses import dataclass, field

import pytest

from gyre.events.bus import open_bus
from gyre.events.feed import Feed, open_feed
from gyre.events.hub import open_hub
from gyre.events.news import EventTold, News, Resync, Told
from gyre.events.ring import RING
from gyre.events.seats import EachChange, F, Latest, Seat, Seating
from gyre.terms.changes import ChangeType, EventChange, Subject
from tests.support.rows import DEFAULT, event_row, row
from tests.support.valkey import ValkeyProcess
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def put(feed: Feed, name: str) -> None:
    await feed.record(DEFAULT, ChangeType.ADDED, None, row(name), b"{}")


async def put_event(feed: Feed, name: str) -> EventChange:
    return await feed.events.record(DEFAULT, ChangeType.ADDED, None, event_row(name), b"{}")


@dataclass
class Names(EachChange[str]):
    """Frames that are the name, whatever it is of."""

    rendered: list[str] = field(default_factory=list)

    async def render(self, news: News) -> str:
        self.rendered.append("RESYNC" if isinstance(news, Resync) else news.change.row.name)
        return self.rendered[-1]


class Numbers(Latest[int]):
    """Counts its frames."""

    def __init__(self) -> None:
        self.n = 0

    async def render(self) -> int:
        self.n += 1
        return self.n


def seated(renderer: EachChange[F] | Latest[F], subject: Subject) -> Seating[F]:
    async def seating() -> Seat[F]:
        return Seat(key="all", renderer=renderer, user_id="ada", session_id="s", subject=subject)

    return seating


async def test_each_subject_has_numbers_of_its_own() -> None:
    async with open_bus(None) as bus, open_feed(bus) as feed:
        await feed.begin(DEFAULT)
        await feed.events.begin(DEFAULT)
        before = feed.cursor(), feed.events.cursor()
        change = await put_event(feed, "apps.1")
        assert change.position.n == 1
        assert feed.cursor() == before[0]
        assert feed.events.since(before[1]) == (EventTold(change, feed.events.cursor()),)
        assert feed.since(before[0]) == ()


async def test_a_storm_of_events_pushes_no_change_of_an_object_out_of_the_ring() -> None:
    async with open_bus(None) as bus, open_feed(bus) as feed:
        await feed.begin(DEFAULT)
        await feed.events.begin(DEFAULT)
        before = feed.cursor(), feed.events.cursor()
        await put(feed, "apps")
        for n in range(RING + 1):
            await put_event(feed, str(n))
        (told,) = feed.since(before[0])
        assert isinstance(told, Told)
        assert told.change.row.name == "apps"
        assert [type(news) for news in feed.events.since(before[1])] == [Resync]


async def test_a_position_of_the_other_subject_means_read_again() -> None:
    async with open_bus(None) as bus, open_feed(bus) as feed:
        await feed.begin(DEFAULT)
        await feed.events.begin(DEFAULT)
        assert [type(news) for news in feed.events.since(feed.cursor())] == [Resync]
        assert [type(news) for news in feed.since(feed.events.cursor())] == [Resync]


async def test_who_sits_for_one_subject_hears_only_of_that() -> None:
    objects, events, numbers = Names(), Names(), Numbers()
    async with open_bus(None) as bus, open_feed(bus) as feed, open_hub(feed) as hub:
        await feed.begin(DEFAULT)
        await feed.events.begin(DEFAULT)
        async with (
            hub.join(seated(objects, Subject.OBJECTS)) as ada,
            hub.join(seated(events, Subject.EVENTS)) as eve,
            asyncio.timeout(5),
        ):
            await put_event(feed, "event")
            await put(feed, "object")
            assert await anext(ada) == "object"
            assert await anext(eve) == "event"
            feed.events.reread(DEFAULT)
            assert await anext(eve) == "RESYNC"
        async with hub.join(seated(numbers, Subject.OBJECTS)) as sum_, asyncio.timeout(5):
            assert await anext(sum_) == 1
            await put_event(feed, "another")
            await asyncio.sleep(0.3)
            await put(feed, "another")
            assert await anext(sum_) == 2
    assert (objects.rendered, events.rendered) == (["object"], ["event", "RESYNC"])


async def test_other_processes_follow_events_too(valkey: ValkeyProcess) -> None:
    async with (
        open_bus(valkey.url) as here,
        open_bus(valkey.url) as there,
        open_feed(here) as feed,
        open_feed(there) as other,
    ):
        await feed.begin(DEFAULT)
        await feed.events.begin(DEFAULT)
        await until(lambda: other.events.position(DEFAULT) == feed.events.position(DEFAULT))
        told: list[News] = []
        with other.events.listen(told.append):
            change = await put_event(feed, "apps.1")
            await until(lambda: bool(told))
        assert told == [EventTold(change, feed.events.cursor())]
        assert other.cursor() == feed.cursor()
