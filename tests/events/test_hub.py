"""What the hub promises: a frame is made once for all who see it, and nothing is lost in silence."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from gyre.errors import NotSignedIn
from gyre.events.bus import open_bus
from gyre.events.feed import Feed, open_feed
from gyre.events.hub import Hub, open_hub
from gyre.events.members import BACKLOG, Member
from gyre.events.news import News, Resync
from gyre.events.seats import EachChange, Latest, Seat, Seating
from gyre.terms.changes import ChangeType
from tests.support.rows import DEFAULT, row

pytestmark = pytest.mark.anyio


@dataclass
class Parts:
    feed: Feed
    hub: Hub

    async def put(self, name: str) -> None:
        await self.feed.record(DEFAULT, ChangeType.ADDED, None, row(name), b"{}")


@pytest.fixture
async def gyre() -> AsyncIterator[Parts]:
    async with open_bus(None) as bus, open_feed(bus) as feed, open_hub(feed) as hub:
        await feed.begin(DEFAULT)
        yield Parts(feed, hub)


@dataclass
class Names(EachChange[str]):
    """Frames that are the object's name; objects called hidden… are not seen."""

    rendered: list[str] = field(default_factory=list)

    async def render(self, news: News) -> str | None:
        text = "RESYNC" if isinstance(news, Resync) else news.change.row.name
        if text == "broken":
            raise RuntimeError(text)
        self.rendered.append(text)
        return None if text.startswith("hidden") else text


def seated(renderer: EachChange[str] | Latest[str], *, key: str = "all", user: str = "ada") -> Seating[str]:
    async def seating() -> Seat[str]:
        return Seat(key=key, renderer=renderer, user_id=user, session_id=f"session of {user}")

    return seating


async def read(member: Member[str], count: int) -> list[str]:
    async with asyncio.timeout(5):
        return [await anext(member) for _ in range(count)]


async def test_members_who_see_the_same_share_one_frame_each(gyre: Parts) -> None:
    names = Names()
    async with gyre.hub.join(seated(names)) as ada, gyre.hub.join(seated(Names(), user="eve")) as eve:
        for name in ("a", "hidden", "b"):
            await gyre.put(name)
        assert await read(ada, 2) == await read(eve, 2) == ["a", "b"]
    assert names.rendered == ["a", "hidden", "b"]


async def test_a_member_who_returns_gets_exactly_what_it_missed_and_then_what_happens(gyre: Parts) -> None:
    await gyre.put("seen")
    cursor = gyre.feed.cursor()
    async with gyre.hub.join(seated(Names(), user="eve")) as eve:
        await gyre.put("missed")
        async with gyre.hub.join(seated(Names()), after=cursor) as ada:
            await gyre.put("live")
            assert await read(ada, 2) == ["missed", "live"]
            assert await read(eve, 2) == ["missed", "live"]


async def test_no_change_is_lost_or_told_twice_however_joining_and_changes_interleave(gyre: Parts) -> None:
    cursor = gyre.feed.cursor()

    async def member(wait: int) -> list[str]:
        for _ in range(wait):
            await asyncio.sleep(0)
        async with gyre.hub.join(seated(Names()), after=cursor) as joined:
            return await read(joined, 200)

    async with asyncio.TaskGroup() as tasks:
        members = [tasks.create_task(member(wait * 7)) for wait in range(30)]
        for n in range(200):
            await gyre.put(str(n))
            await asyncio.sleep(0)
    assert all(task.result() == [str(n) for n in range(200)] for task in members)


async def test_a_member_with_an_old_cursor_is_told_to_read_again_first(gyre: Parts) -> None:
    async with gyre.hub.join(seated(Names()), after="abcdef.3") as ada:
        await gyre.put("live")
        assert await read(ada, 2) == ["RESYNC", "live"]


async def test_a_member_who_missed_more_than_a_queue_holds_is_told_to_read_again(gyre: Parts) -> None:
    cursor = gyre.feed.cursor()
    for n in range(BACKLOG):
        await gyre.put(str(n))
    async with gyre.hub.join(seated(Names()), after=cursor) as ada:
        assert await read(ada, BACKLOG) == [str(n) for n in range(BACKLOG)]
    await gyre.put("one more")
    async with gyre.hub.join(seated(Names()), after=cursor) as ada:
        await gyre.put("live")
        assert await read(ada, 2) == ["RESYNC", "live"]


async def test_a_slow_member_gets_resync_in_the_place_of_memory_and_the_quick_one_everything(gyre: Parts) -> None:
    total = BACKLOG + 3
    async with gyre.hub.join(seated(Names())) as slow, gyre.hub.join(seated(Names(), user="eve")) as quick:
        seen = []
        for n in range(total):
            await gyre.put(str(n))
            seen += await read(quick, 1)
        assert seen == [str(n) for n in range(total)]
        assert await read(slow, 3) == ["RESYNC", str(total - 2), str(total - 1)]


async def test_a_frame_that_cannot_be_made_is_told_as_something_missed(gyre: Parts) -> None:
    async with gyre.hub.join(seated(Names())) as ada:
        await gyre.put("broken")
        await gyre.put("fine")
        assert await read(ada, 2) == ["RESYNC", "fine"]


async def test_after_a_change_of_rights_frames_of_the_old_rights_are_gone_and_the_new_seat_says_resync(
    gyre: Parts,
) -> None:
    may_see = "all"

    async def seating() -> Seat[str]:
        return Seat(key=may_see, renderer=Names(), user_id="ada", session_id="s1")

    async with gyre.hub.join(seating) as ada, gyre.hub.join(seated(Names(), user="eve")) as eve:
        await gyre.put("secret")
        assert await read(eve, 1) == ["secret"]  # it waits in ada's queue too
        may_see = "less"
        gyre.hub.rights_changed(["ada"])
        for _ in range(10):
            await asyncio.sleep(0)
        await gyre.put("missed while changing seats")
        waiting = asyncio.create_task(read(ada, 2))
        await asyncio.sleep(0.01)
        await gyre.put("after")
        assert await waiting == ["RESYNC", "after"]
        assert await read(eve, 2) == ["missed while changing seats", "after"]


async def test_who_still_sees_the_same_after_a_change_of_rights_is_not_disturbed(gyre: Parts) -> None:
    asked = 0

    async def seating() -> Seat[str]:
        nonlocal asked
        asked += 1
        return Seat(key="all", renderer=Names(), user_id="ada", session_id="s1")

    async with gyre.hub.join(seating) as ada:
        await gyre.put("before")
        gyre.hub.rights_changed()
        gyre.hub.session_changed("s2")
        await gyre.put("after")
        assert await read(ada, 2) == ["before", "after"]
        assert asked == 2
        gyre.hub.session_changed("s1")
        await gyre.put("later")
        assert await read(ada, 1) == ["later"]
        assert asked == 3


async def test_who_may_not_look_any_more_gets_the_reason(gyre: Parts) -> None:
    signed_in = True

    async def seating() -> Seat[str]:
        if not signed_in:
            raise NotSignedIn("disabled")
        return Seat(key="all", renderer=Names(), user_id="ada", session_id="s1")

    async with gyre.hub.join(seating) as ada:
        signed_in = False
        await gyre.put("secret")
        gyre.hub.rights_changed()
        for _ in range(2):
            with pytest.raises(NotSignedIn, match="disabled"):
                await read(ada, 1)


async def test_a_session_that_ended_ends_its_members_only(gyre: Parts) -> None:
    async with gyre.hub.join(seated(Names())) as ada, gyre.hub.join(seated(Names(), user="eve")) as eve:
        gyre.hub.end("session of ada", "signed out")
        with pytest.raises(NotSignedIn, match="signed out"):
            await read(ada, 1)
        await gyre.put("a")
        assert await read(eve, 1) == ["a"]


async def test_members_end_with_the_hub() -> None:
    async with open_bus(None) as bus, open_feed(bus) as feed:
        async with open_hub(feed) as hub:
            joining = hub.join(seated(Names()))
            member = await joining.__aenter__()
        assert await member.take() == []
        await joining.__aexit__(None, None, None)


class Counting(Latest[str]):
    """Frames that count how often they were made."""

    def __init__(self) -> None:
        self.made = 0

    async def render(self) -> str:
        self.made += 1
        return str(self.made)


async def test_the_newest_frame_comes_at_once_and_then_at_most_four_times_a_second(gyre: Parts) -> None:
    counting = Counting()
    async with gyre.hub.join(seated(counting)) as ada:
        assert await read(ada, 1) == ["1"]
        for n in range(50):
            await gyre.put(str(n))
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        assert 2 <= counting.made <= 4
        assert await read(ada, 1) == [str(counting.made)]  # a slow reader gets the newest only


async def test_who_joins_later_shares_the_newest_frame_when_nothing_changed_and_gets_a_new_one_when_it_did(
    gyre: Parts,
) -> None:
    counting = Counting()
    async with gyre.hub.join(seated(counting)) as ada:
        assert await read(ada, 1) == ["1"]
        async with gyre.hub.join(seated(counting, user="eve")) as eve:
            assert await read(eve, 1) == ["1"]
        await gyre.put("a")
        async with gyre.hub.join(seated(counting, user="eve")) as eve:
            assert await read(eve, 1) == ["2"]
        assert counting.made == 2
