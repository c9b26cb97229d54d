"""Budgets are spent in memory or, for all processes together, in Redis; when that is away, in memory again."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from gyre.errors import BadSettings
from gyre.limits import Limits, open_limits
from gyre.limits.budgets import Budget, Verdict
from gyre.limits.counting import MOST_ON_A_SHELF, SHELVES, Counting
from gyre.limits.shared import AGAIN_SECONDS
from gyre.settings import Settings
from gyre.terms.people import Principal, Role
from gyre.terms.requests import RequestFacts
from tests.support.clocks import HandClock
from tests.support.minutes import Minute
from tests.support.valkey import ValkeyProcess

pytestmark = pytest.mark.anyio

EVE = Principal(user_id="1", username="eve", role=Role.VIEWER, grants=())
ADA = Principal(user_id="2", username="ada", role=Role.VIEWER, grants=())
HERE = RequestFacts(address="192.0.2.7")


def rates(user: int = 100, anonymous: int = 20, graphql: int = 6000, redis_url: str | None = None) -> Settings:
    return Settings(
        data_dir=Path("/nowhere"),
        redis_url=redis_url,
        rate_limit_user=user,
        rate_limit_anonymous=anonymous,
        rate_limit_graphql=graphql,
    )


@asynccontextmanager
async def opened(clock: HandClock, settings: Settings) -> AsyncIterator[Limits]:
    async with open_limits(settings, clock) as limits:
        yield limits


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def allowed(verdicts: list[Verdict | None]) -> list[bool]:
    return [bool(each) for each in verdicts]


async def test_a_person_has_a_hundred_requests_a_minute_and_an_address_twenty(clock: HandClock, minute: Minute) -> None:
    async with opened(clock, rates()) as limits:
        refused = metric("gyre_limits_refused_total", budget="user")
        assert allowed([await limits.request(EVE, HERE) for _ in range(101)]) == [True] * 100 + [False]
        assert allowed([await limits.request(None, HERE) for _ in range(21)]) == [True] * 20 + [False]
        assert metric("gyre_limits_refused_total", budget="user") == refused + 1
        assert await limits.request(ADA, HERE)
        assert await limits.request(None, RequestFacts(address="192.0.2.8"))
        over = await limits.request(EVE, HERE)
        assert over is not None
        assert (over.limit, over.remaining, over.reset_seconds) == (100, 0, 120)
        minute.turn(60)  # all of it counts as the minute before, and less with each second
        again = await limits.request(EVE, HERE)
        assert not again
        minute.turn(30)
        assert allowed([await limits.request(EVE, HERE) for _ in range(51)]) == [True] * 50 + [False]


async def test_what_anonymous_traffic_spends_is_never_a_persons(clock: HandClock, minute: Minute) -> None:
    async with opened(clock, rates()) as limits:
        for _ in range(500):
            await limits.request(None, HERE)
        within = await limits.request(EVE, HERE)
        assert within is not None
        assert within.remaining == 99


async def test_addresses_of_one_ipv6_network_count_as_one(clock: HandClock, minute: Minute) -> None:
    async with opened(clock, rates(anonymous=2)) as limits:
        addresses = ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:9::1", "2001:db8:0:1::1")
        spent = [await limits.request(None, RequestFacts(address=address)) for address in addresses]
        assert allowed(spent) == [True, True, False, True]


async def test_an_operation_takes_its_points_or_nothing_and_the_dearest_a_whole_budget(
    clock: HandClock, minute: Minute
) -> None:
    async with opened(clock, rates(graphql=100)) as limits:
        verdicts = [await limits.operation(EVE, HERE, points) for points in (60, 50, 40, 1)]
        assert allowed(verdicts) == [True, False, True, False]
        assert [each.remaining for each in verdicts if each is not None] == [40, 40, 0, 0]
        assert await limits.operation(ADA, HERE, 2_500)
        assert not await limits.operation(ADA, HERE, 1)


async def test_nought_is_no_limit(clock: HandClock) -> None:
    async with opened(clock, rates(0, 0, 0)) as limits:
        for _ in range(200):
            assert await limits.request(EVE, HERE) is None
            assert await limits.request(None, HERE) is None
            assert await limits.operation(EVE, HERE, 2_500) is None


async def test_memory_holds_a_bounded_number_of_spenders(minute: Minute) -> None:
    counting, budget = Counting(None), Budget("user", 5)
    for shelf in counting._shelves:
        shelf.expirations.update({str(number): minute.now + 120 for number in range(MOST_ON_A_SHELF)})
    await counting.spend(budget, "eve", 1)
    held = sorted(len(shelf.expirations) for shelf in counting._shelves)
    assert held == [1] + [MOST_ON_A_SHELF] * (SHELVES - 1)


async def test_replicas_spend_one_budget_together_however_many_ask_at_once(
    clock: HandClock, valkey: ValkeyProcess
) -> None:
    settings = rates(user=50, redis_url=valkey.url)
    async with opened(clock, settings) as one, opened(clock, settings) as other:
        asking = [(one if number % 2 else other).request(EVE, HERE) for number in range(80)]
        assert Counter(allowed(await asyncio.gather(*asking))) == {True: 50, False: 30}
        over = await other.request(EVE, HERE)
        assert over is not None
        assert (over.remaining, over.limit, over.reset_seconds > 60) == (0, 50, True)
        assert await one.request(ADA, HERE)
        assert metric("gyre_limits_shared") == 1


async def test_of_many_who_ask_again_and_again_each_has_its_turn(clock: HandClock, valkey: ValkeyProcess) -> None:
    each, askers = 100, 40
    had = [0] * askers
    when_one_is_through: list[int] = []

    async def asking(limits: Limits, who: int) -> None:
        for _ in range(each):
            assert await limits.request(EVE, HERE)
            had[who] += 1
        when_one_is_through.append(min(had))

    async with opened(clock, rates(user=each * askers, redis_url=valkey.url)) as limits:
        alone = metric("gyre_limits_alone_total")
        await asyncio.gather(*(asking(limits, who) for who in range(askers)))
        assert metric("gyre_limits_alone_total") == alone
        assert when_one_is_through[0] > each / 2  # who waits for ever would take Redis for away
        assert allowed([await limits.request(EVE, HERE)]) == [False]


@pytest.mark.parametrize("how", ["dead", "frozen"])
async def test_without_redis_each_process_counts_alone_says_so_once_and_asks_again_later(
    clock: HandClock,
    minute: Minute,
    valkey: ValkeyProcess,
    patience: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
    how: str,
) -> None:
    caplog.set_level(logging.INFO, "gyre.limits.shared")
    async with opened(clock, rates(user=3, redis_url=valkey.url)) as limits:
        assert await limits.request(EVE, HERE)
        valkey.kill() if how == "dead" else valkey.freeze()
        patience(0.2)
        alone = metric("gyre_limits_alone_total")
        assert allowed([await limits.request(EVE, HERE) for _ in range(4)]) == [True] * 3 + [False]
        assert metric("gyre_limits_alone_total") == alone + 4
        assert metric("gyre_limits_shared") == 0
        valkey.start() if how == "dead" else valkey.thaw()
        patience(30)
        assert not await limits.request(EVE, HERE)
        await clock.turn(seconds=AGAIN_SECONDS)
        assert await limits.request(EVE, HERE)
        assert metric("gyre_limits_shared") == 1
    said = [(record.levelname, record.getMessage().partition(":")[0]) for record in caplog.records]
    assert said == [
        ("WARNING", "Redis does not count for the limits, each process counts alone"),
        ("INFO", "Redis counts for the limits again."),
    ]


async def test_an_address_that_is_none_is_refused_at_start(clock: HandClock) -> None:
    with pytest.raises(BadSettings, match="GYRE_REDIS_URL"):
        async with opened(clock, rates(redis_url="redis://host:port/0")):
            pass
