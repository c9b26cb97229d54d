"""How guessing is slowed, and that the owner is not."""

import asyncio

import pytest

from gyre.auth.failures import FailuresInMemory
from gyre.auth.throttle import ACCOUNT, ADDRESS, PAIR, Throttle
from gyre.errors import TooOften
from gyre.terms.requests import RequestFacts
from tests.support.clocks import HandClock

pytestmark = pytest.mark.anyio


class Guesser:
    """Fails to sign in, and tells how long it was told to wait."""

    def __init__(self, clock: HandClock, throttle: Throttle) -> None:
        self.clock = clock
        self.throttle = throttle

    async def fails(self, account: str = "eve", address: str = "192.0.2.7", *, known_here: bool = False) -> int:
        try:
            await self.throttle.begin(account, RequestFacts(address=address), known_here=known_here)
        except TooOften as slow:
            seconds = slow.details["retryAfterSeconds"]
            assert isinstance(seconds, int)
            return seconds
        return 0


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def guesser(clock: HandClock) -> Guesser:
    return Guesser(clock, Throttle(FailuresInMemory(clock)))


async def test_after_five_failures_each_further_one_costs_twice_the_wait(guesser: Guesser, clock: HandClock) -> None:
    assert [await guesser.fails() for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    waits = []
    for _ in range(12):
        waits.append(await guesser.fails())
        await clock.turn(seconds=waits[-1])
        assert await guesser.fails() == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


async def test_the_owner_elsewhere_is_not_made_to_wait(guesser: Guesser) -> None:
    for _ in range(PAIR.free + 3):
        await guesser.fails(address="203.0.113.9")
    assert await guesser.fails(address="203.0.113.9") > 0
    assert await guesser.fails(address="192.0.2.7") == 0


async def test_a_right_password_forgives_what_failed_from_here(guesser: Guesser) -> None:
    for _ in range(PAIR.free):
        assert await guesser.fails() == 0
    await guesser.throttle.succeeded("eve", RequestFacts(address="192.0.2.7"))
    assert [await guesser.fails() for _ in range(PAIR.free)] == [0] * PAIR.free


async def test_quiet_is_forgotten(guesser: Guesser, clock: HandClock) -> None:
    for _ in range(PAIR.free + 1):
        await guesser.fails()
    await clock.turn(seconds=PAIR.forgotten_after_seconds + 1)
    assert await guesser.fails() == 0


async def test_one_address_that_tries_many_accounts_is_slowed(guesser: Guesser) -> None:
    waits = [await guesser.fails(account=f"user-{n}") for n in range(ADDRESS.free + 1)]
    assert waits == [0] * ADDRESS.free + [1]
    assert await guesser.fails(account="user-x", address="198.51.100.1") == 0


async def test_many_addresses_on_one_account_are_slowed_but_not_where_its_owner_was_before(guesser: Guesser) -> None:
    waits = [await guesser.fails(address=f"10.0.{n // 250}.{n % 250}") for n in range(ACCOUNT.free + 1)]
    assert waits == [0] * ACCOUNT.free + [1]
    assert await guesser.fails(address="192.0.2.7", known_here=True) == 0


async def test_a_whole_ipv6_network_of_a_customer_is_one_address(guesser: Guesser) -> None:
    waits = [await guesser.fails(address=f"2001:db8::{n:x}") for n in range(PAIR.free + 1)]
    assert waits == [0] * PAIR.free + [1]
    assert await guesser.fails(address="2001:db8:0:1::1") == 0
    assert await guesser.fails(address="::ffff:192.0.2.7") == 0
    for _ in range(PAIR.free):
        await guesser.fails(address="::ffff:203.0.113.9")
    assert await guesser.fails(address="::ffff:203.0.113.9") == 1
    assert await guesser.fails(address="::ffff:192.0.2.7") == 0


async def test_attempts_under_way_count_so_that_many_at_once_are_no_way_around(guesser: Guesser) -> None:
    waits = await asyncio.gather(*(guesser.fails() for _ in range(1000)))
    assert waits.count(0) == PAIR.free
