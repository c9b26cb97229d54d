"""What the bus promises: heard here at once, by the others in order, and a gap wherever something may be missing."""

import asyncio
import time
from pathlib import Path

import pytest

from gyre.errors import BadSettings
from gyre.events.backends import INBOX, Gap, Payload
from gyre.events.bus import SUBSCRIBER_BACKLOG, Bus, Subscription, open_bus
from gyre.events.speaking import OUTBOX
from tests.support.valkey import ValkeyProcess
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
JOINED = Gap("joined")


async def hear(subscription: Subscription, count: int) -> list[Payload]:
    async with asyncio.timeout(20):
        return [await anext(subscription) for _ in range(count)]


async def test_in_memory_each_subscriber_of_a_topic_hears_each_message_in_order() -> None:
    async with open_bus(None) as bus, bus.subscribe("a") as one, bus.subscribe("a") as two, bus.subscribe("b") as other:
        for n in range(3):
            await bus.publish("a", b"%d" % n)
        await bus.publish("b", b"b")
        assert await hear(one, 3) == await hear(two, 3) == [b"0", b"1", b"2"]
        assert await hear(other, 1) == [b"b"]
        assert (bus.reaches_others, bus.problem) == (False, "")


async def test_a_subscriber_who_does_not_read_gets_a_gap_in_the_place_of_memory() -> None:
    async with open_bus(None) as bus, bus.subscribe("a") as slow:
        for n in range(SUBSCRIBER_BACKLOG + 1):
            await bus.publish("a", b"%d" % n)
            await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert await hear(slow, 2) == [Gap("slow subscriber"), b"%d" % SUBSCRIBER_BACKLOG]


async def test_a_burst_that_overruns_the_inbox_is_a_gap() -> None:
    async with open_bus(None) as bus, bus.subscribe("a") as subscription:
        for n in range(INBOX + 2):  # nobody gets a turn in between
            await bus.publish("a", b"%d" % n)
        assert await hear(subscription, 2) == [Gap("inbox full"), b"%d" % (INBOX + 1)]


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://127.0.0.1:port", "redis", "redis://h/0?socket_timeout=x"])
async def test_a_wrong_address_is_refused_at_start_naming_the_variable(url: str) -> None:
    with pytest.raises(BadSettings, match="GYRE_REDIS_URL"):
        async with open_bus(url):
            pass


async def test_others_hear_what_is_published_and_the_publisher_hears_it_once(valkey: ValkeyProcess) -> None:
    async with (
        open_bus(valkey.url) as a,
        open_bus(valkey.url) as b,
        a.subscribe("t") as here,
        b.subscribe("t") as there,
    ):
        assert await hear(here, 1) == await hear(there, 1) == [JOINED]
        for n in range(300):
            await a.publish("t", b"%d" % n)
        await a.tell_others("t", b"for others")
        await b.publish("t", b"back")
        assert await hear(there, 301) == [b"back", *(b"%d" % n for n in range(300))]
        assert await hear(there, 1) == [b"for others"]
        assert await hear(here, 301) == [*(b"%d" % n for n in range(300)), b"back"]
        assert (a.problem, b.problem) == ("", "")


async def test_a_password_is_used_and_a_wrong_one_is_said_without_being_told(tmp_path: Path) -> None:
    server = ValkeyProcess(tmp_path, password="right-and-secret")
    server.start()
    try:
        wrong = server.url.replace("right-and-secret", "wrong-and-secret")
        async with (
            open_bus(server.url) as a,
            open_bus(server.url) as b,
            open_bus(wrong) as c,
            b.subscribe("t") as there,
        ):
            assert await hear(there, 1) == [JOINED]
            await a.publish("t", b"hello")
            assert await hear(there, 1) == [b"hello"]
            await until(lambda: c.problem not in ("", "Redis was not reached yet"))
            assert "secret" not in c.problem
    finally:
        server.close()


async def test_databases_are_kept_apart(valkey: ValkeyProcess) -> None:
    other_url = valkey.url.removesuffix("0") + "1"
    async with open_bus(valkey.url) as a, open_bus(other_url) as b, b.subscribe("t") as there:
        assert await hear(there, 1) == [JOINED]
        await a.publish("t", b"for database 0")
        await until(lambda: a.problem == "")
        await b.publish("t", b"for database 1")
        assert await hear(there, 1) == [b"for database 1"]


async def test_without_redis_a_process_hears_itself_at_once_and_says_that_it_is_alone(valkey: ValkeyProcess) -> None:
    valkey.kill()
    async with open_bus(valkey.url) as bus, bus.subscribe("t") as subscription:
        began = time.monotonic()
        await bus.publish("t", b"alone")
        assert await hear(subscription, 1) == [b"alone"]
        assert time.monotonic() - began < 0.5
        await until(lambda: "connect" in bus.problem)
        valkey.start()
        assert await hear(subscription, 1) == [JOINED]
        await until(lambda: bus.problem == "")


async def test_subscribers_survive_every_kill_and_restart_and_are_told_of_each(valkey: ValkeyProcess) -> None:
    async with open_bus(valkey.url) as a, open_bus(valkey.url) as b, b.subscribe("t") as there:
        assert await hear(there, 1) == [JOINED]
        for round_number in range(4):
            await a.publish("t", b"before %d" % round_number)
            assert await hear(there, 1) == [b"before %d" % round_number]
            valkey.kill()
            await until(lambda: b.problem != "")
            valkey.start()
            assert await hear(there, 1) == [JOINED]


async def test_what_was_said_while_redis_was_away_is_heard_or_covered_by_a_gap(valkey: ValkeyProcess) -> None:
    async with open_bus(valkey.url) as a, open_bus(valkey.url) as b, b.subscribe("t") as there:
        assert await hear(there, 1) == [JOINED]
        valkey.kill()
        await until(lambda: a.problem != "" and b.problem != "")
        for n in range(5):
            await a.publish("t", b"%d" % n)
        valkey.start()
        heard = await hear(there, 1)
        assert heard == [JOINED]
        await until(lambda: a.problem == "")
        await a.publish("t", b"last")
        while heard[-1] != b"last":
            heard += await hear(there, 1)
        expected = [JOINED, *(b"%d" % n for n in range(5)), b"last"]
        assert heard == [JOINED, *expected[len(expected) - len(heard) + 1 :]]  # the gap, then a tail without a hole


async def test_a_frozen_redis_is_noticed_and_healed_and_nobody_waits_for_it(valkey: ValkeyProcess) -> None:
    async with open_bus(valkey.url) as a, open_bus(valkey.url) as b, b.subscribe("t") as there:
        assert await hear(there, 1) == [JOINED]
        await until(lambda: a.problem == "")
        valkey.freeze()
        began = time.monotonic()
        await a.publish("t", b"while frozen")
        assert time.monotonic() - began < 0.1
        await until(lambda: a.problem != "" and b.problem != "")
        valkey.thaw()
        await until(lambda: a.problem == "" and b.problem == "")
        await a.publish("t", b"last")
        heard = await hear(there, 2)
        if heard[-1] != b"last":
            heard += await hear(there, 1)
        assert heard in ([JOINED, b"last"], [JOINED, b"while frozen", b"last"])


async def test_what_the_outbox_cannot_hold_is_told_to_the_others_as_a_gap(valkey: ValkeyProcess) -> None:
    async with (
        open_bus(valkey.url) as a,
        open_bus(valkey.url) as b,
        b.subscribe("t") as there,
        b.subscribe("u") as other,
    ):
        assert await hear(there, 1) == await hear(other, 1) == [JOINED]
        await until(lambda: a.problem == "")
        valkey.freeze()
        await a.publish("t", b"sent before")
        await asyncio.sleep(0.1)
        for n in range(OUTBOX + 1):
            await a.publish("t", b"%d" % n)
        await a.publish("t", b"after")
        valkey.thaw()
        assert await hear(there, 3) == [b"sent before", Gap("another process gave up messages"), b"after"]
        await a.publish("u", b"untouched")
        assert await hear(other, 1) == [b"untouched"]


async def test_a_topic_left_is_not_heard_and_one_joined_later_is(valkey: ValkeyProcess) -> None:
    async with open_bus(valkey.url) as a, open_bus(valkey.url) as b:
        for _ in range(3):
            async with b.subscribe("t") as there:
                assert await hear(there, 1) == [JOINED]
                await a.publish("t", b"x")
                assert await hear(there, 1) == [b"x"]


async def test_a_bus_ends_at_once_whatever_redis_does(valkey: ValkeyProcess) -> None:
    for prepare in (valkey.thaw, valkey.freeze, valkey.kill):
        async with open_bus(valkey.url) as bus, bus.subscribe("t") as there:
            await hear(there, 1)
            prepare()
            await bus.publish("t", b"x")
            began = time.monotonic()
        assert time.monotonic() - began < 1
        if prepare == valkey.freeze:
            valkey.thaw()


async def test_an_error_of_its_owner_passes_through_unwrapped(valkey: ValkeyProcess) -> None:
    async def fail(bus: Bus) -> None:
        raise LookupError(bus.problem)

    with pytest.raises(LookupError):
        async with open_bus(valkey.url) as bus:
            await fail(bus)
