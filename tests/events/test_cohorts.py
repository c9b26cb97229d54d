"""What a cohort does when its renderer is slow or fails: its members are told, and nothing grows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from gyre.errors import TooOften, Unavailable
from gyre.events.bus import open_bus
from gyre.events.cohorts import INBOX
from gyre.events.feed import Feed, open_feed
from gyre.events.hub import MEMBERS_PER_USER, Hub, open_hub
from gyre.events.news import News, Resync
from gyre.events.seats import EachChange, Latest, Seat, Seating
from gyre.terms.changes import ChangeType
from tests.support.rows import DEFAULT, row

pytestmark = pytest.mark.anyio


@dataclass
class Gated(EachChange[str]):
    """Renders when the gate is open; fails on what it is told to fail on."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fails_on: frozenset[str] = frozenset()

    async def render(self, news: News) -> str:
        await self.gate.wait()
        text = "RESYNC" if isinstance(news, Resync) else news.change.row.name
        if text in self.fails_on:
            raise RuntimeError(text)
        return text


class Broken(Latest[str]):
    """Never renders."""

    async def render(self) -> str:
        raise RuntimeError("broken")


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    async with open_bus(None) as bus, open_feed(bus) as opened:
        await opened.begin(DEFAULT)
        yield opened


@pytest.fixture
async def hub(feed: Feed) -> AsyncIterator[Hub]:
    async with open_hub(feed) as opened:
        yield opened


def seated(renderer: EachChange[str] | Latest[str], user: str = "ada") -> Seating[str]:
    async def seating() -> Seat[str]:
        return Seat(key="all", renderer=renderer, user_id=user, session_id="s1")

    return seating


async def put(feed: Feed, name: str) -> None:
    await feed.record(DEFAULT, ChangeType.ADDED, None, row(name), b"{}")


async def test_a_renderer_slower_than_the_changes_makes_its_members_read_again(feed: Feed, hub: Hub) -> None:
    slow = Gated()
    async with hub.join(seated(slow)) as ada:
        await asyncio.sleep(0)
        await put(feed, "being rendered")
        await asyncio.sleep(0.01)
        for number in range(INBOX + 1):
            await put(feed, str(number))
        async with hub.join(seated(slow), after=feed.cursor()) as late:
            await put(feed, "last")
            slow.gate.set()
            async with asyncio.timeout(5):
                assert [await anext(ada) for _ in range(3)] == ["being rendered", "RESYNC", "last"]
                assert await anext(late) == "last"


async def test_when_not_even_resync_can_be_rendered_the_members_end_with_a_reason(feed: Feed, hub: Hub) -> None:
    broken = Gated(fails_on=frozenset({"a", "RESYNC"}))
    broken.gate.set()
    async with hub.join(seated(broken)) as ada:
        await put(feed, "a")
        with pytest.raises(Unavailable, match="subscribe again"):
            async with asyncio.timeout(5):
                await ada.take()


async def test_when_how_things_are_cannot_be_rendered_the_members_end_with_a_reason(hub: Hub) -> None:
    async with hub.join(seated(Broken())) as ada:
        with pytest.raises(Unavailable, match="subscribe again"):
            async with asyncio.timeout(5):
                await anext(ada)


async def test_one_user_cannot_take_every_seat(hub: Hub) -> None:
    seats = [hub.join(seated(Gated())) for _ in range(MEMBERS_PER_USER)]
    for seat in seats:
        await seat.__aenter__()
    with pytest.raises(TooOften):
        async with hub.join(seated(Gated())):
            pass
    async with hub.join(seated(Gated(), user="eve")):
        pass
    await seats.pop().__aexit__(None, None, None)
    async with hub.join(seated(Gated())):
        pass
    for seat in seats:
        await seat.__aexit__(None, None, None)
