"""Failed sign-ins are counted in Redis for all processes together: replicas are no way around the wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gyre.auth import throttle
from gyre.auth.failures import FailuresInMemory
from gyre.auth.throttle import ACCOUNT, ADDRESS, PAIR, Throttle
from gyre.errors import NotSignedIn, TooOften
from gyre.limits import open_limits
from gyre.settings import SecretKey, Settings
from gyre.terms.guessing import Allowance, Guess
from gyre.terms.requests import RequestFacts
from models.connecting import open_database
from models.migrating import migrate
from tests.support.clocks import HandClock
from tests.support.people import HERE, PASSWORD, people_in_process
from tests.support.valkey import ValkeyProcess

pytestmark = pytest.mark.anyio

ELSEWHERE = RequestFacts(address="203.0.113.9")


LONG = 100
"""Seconds of a first wait that no busy machine takes between two steps of a test."""


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAIR", "ADDRESS", "ACCOUNT"):
        allowance = replace(getattr(throttle, name), first_seconds=LONG, longest_seconds=3 * LONG)
        monkeypatch.setattr(throttle, name, allowance)


@asynccontextmanager
async def replica(valkey: ValkeyProcess, clock: HandClock) -> AsyncIterator[Throttle]:
    async with open_limits(Settings(data_dir=Path("/nowhere"), redis_url=valkey.url), clock) as limits:
        yield Throttle(limits.failures(FailuresInMemory(clock)))


async def fails(throttle: Throttle, account: str = "eve", facts: RequestFacts = HERE, *, known: bool = False) -> bool:
    """Whether an attempt is taken, which then is one more that failed."""
    try:
        await throttle.begin(account, facts, known_here=known)
    except TooOften:
        return False
    return True


async def test_of_many_attempts_at_once_over_replicas_only_the_free_ones_pass(
    valkey: ValkeyProcess, clock: HandClock
) -> None:
    async with replica(valkey, clock) as one, replica(valkey, clock) as other:
        tried = [fails(one if number % 2 else other) for number in range(60)]
        assert (await asyncio.gather(*tried)).count(True) == PAIR.free
        assert await fails(one, facts=ELSEWHERE)
        assert await fails(one, account="ada")
        await other.succeeded("eve", HERE)
        assert [await fails(one) for _ in range(PAIR.free + 1)] == [True] * PAIR.free + [False]


async def test_each_further_failure_doubles_the_wait_up_to_the_longest(valkey: ValkeyProcess, clock: HandClock) -> None:
    allowance = Allowance(free=2, first_seconds=LONG, longest_seconds=3 * LONG, forgotten_after_seconds=3600)
    async with open_limits(Settings(data_dir=Path("/nowhere"), redis_url=valkey.url), clock) as limits:
        failures = limits.failures(FailuresInMemory(clock))
        waits = []
        for _ in range(5):
            waits.append(await failures.begin([Guess("eve", allowance), Guess("other", allowance, waits=False)]))
            await failures.begin([Guess("eve", allowance, waits=False)])
    least, most = [0, 60, 160, 260, 260], [0, 100, 200, 300, 300]
    assert [low <= wait <= high for low, wait, high in zip(least, waits, most, strict=True)] == [True] * 5


async def test_an_address_and_an_account_are_slowed_and_the_owner_is_not(
    valkey: ValkeyProcess, clock: HandClock
) -> None:
    async with replica(valkey, clock) as one, replica(valkey, clock) as other:
        taken = [await fails((one, other)[n % 2], account=f"user-{n}") for n in range(ADDRESS.free + 1)]
        assert taken == [True] * ADDRESS.free + [False]
        addresses = [RequestFacts(address=f"10.0.0.{n}") for n in range(ACCOUNT.free + 1)]
        taken = [await fails((one, other)[n % 2], "ada", each) for n, each in enumerate(addresses)]
        assert taken == [True] * ACCOUNT.free + [False]
        assert await fails(one, "ada", ELSEWHERE, known=True)


async def test_quiet_is_forgotten_and_nothing_in_redis_names_a_person_or_an_address(
    valkey: ValkeyProcess, clock: HandClock
) -> None:
    async with replica(valkey, clock) as one, Redis.from_url(valkey.url) as redis:
        await fails(one)
        keys = [key.decode() async for key in redis.scan_iter()]
        assert len(keys) == 3
        assert all(key.startswith("gyre:0:limits:guesses:") for key in keys)
        assert not [key for key in keys if "eve" in key or "192.0.2" in key]
        lives = sorted([await redis.ttl(key) for key in keys])
        assert [600 < life <= most for life, most in zip(lives, (900, 900, 3600), strict=True)] == [True] * 3
        assert lives[2] > 900
        await one.succeeded("eve", HERE)
        assert [key async for key in redis.scan_iter()] == []


async def test_without_redis_each_process_counts_alone(valkey: ValkeyProcess, clock: HandClock) -> None:
    async with replica(valkey, clock) as one, replica(valkey, clock) as other:
        valkey.kill()
        for each in (one, other):
            assert [await fails(each) for _ in range(PAIR.free + 1)] == [True] * PAIR.free + [False]


async def test_who_guesses_at_one_replica_waits_at_the_other_and_the_owner_signs_in(
    tmp_path: Path, valkey: ValkeyProcess, clock: HandClock
) -> None:
    settings = Settings(data_dir=tmp_path, secret_keys=(SecretKey("test", b"k" * 32),), redis_url=valkey.url)
    async with open_database(settings) as database:
        await migrate(database)
        async with people_in_process(settings, clock) as here, people_in_process(settings, clock) as there:
            await here.users.add("eve", PASSWORD)
            for _ in range(PAIR.free):
                with pytest.raises(NotSignedIn):
                    await here.sessions.sign_in("eve", "wrong password of eve", ELSEWHERE)
            with pytest.raises(TooOften):
                await there.sessions.sign_in("eve", PASSWORD, ELSEWHERE)
            assert (await there.sessions.sign_in("eve", PASSWORD, HERE)).principal.username == "eve"
