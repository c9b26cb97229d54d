"""What being counted costs each request, in memory and in a real Valkey, and what an API token costs.

A request takes one such step; it should be far from what the answer itself takes: a millisecond.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from gyre.auth import Passwords, PeopleVersion, open_callers, open_sessions
from gyre.auth.credentials import Bearer
from gyre.auth.failures import FailuresInMemory
from gyre.auth.throttle import Throttle
from gyre.clock import SystemClock
from gyre.limits import Limits, open_limits
from gyre.people import directory
from gyre.people.tokens import ScopeDraft, TokenDraft
from gyre.settings import Settings
from gyre.terms.people import Principal, Role
from gyre.terms.requests import RequestFacts
from gyre.vault import open_vault
from models.connecting import open_database
from models.migrating import make_current
from tests.support.valkey import ValkeyProcess

PASSWORD = "a long winter's tale"
HERE = RequestFacts(address="192.0.2.7")
MANY = 100_000_000
PEOPLE = 500


class Each(NamedTuple):
    """Microseconds that something took by the clock on the wall, and of this process's own time."""

    waited: float
    spent: float

    def __str__(self) -> str:
        return f"{self.waited:.0f} µs, {self.spent:.0f} µs of them this process's own"


def main() -> None:
    asyncio.run(_run())


async def _run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await _limits(folder, "memory", None)
        valkey = ValkeyProcess(folder)
        valkey.start()
        try:
            await _limits(folder, "Valkey", valkey.url)
        finally:
            valkey.close()
        await _tokens(folder)


async def _limits(folder: Path, where: str, redis_url: str | None) -> None:
    settings = Settings(
        data_dir=folder,
        redis_url=redis_url,
        rate_limit_user=MANY,
        rate_limit_anonymous=MANY,
        rate_limit_graphql=MANY,
    )
    clock = SystemClock()
    people = [Principal(user_id=str(n), username="eve", role=Role.VIEWER, grants=()) for n in range(PEOPLE)]
    async with open_limits(settings, clock) as limits:
        times = 20_000 if redis_url is None else 4_000
        each = await _one_after_another(lambda n: limits.request(people[n % PEOPLE], HERE), times)
        print(f"a request counted in {where}, {PEOPLE} people: {each}")
        each = await _one_after_another(lambda n: limits.operation(people[n % PEOPLE], HERE, 25), times)
        print(f"25 points of GraphQL counted in {where}: {each}")
        if redis_url is not None:
            print(f"requests counted in {where}, 16 at once: {await _at_once(limits, people):,.0f} a second")
        throttle = Throttle(limits.failures(FailuresInMemory(clock)))

        async def signed_in(number: int) -> None:
            await throttle.begin(f"user-{number}", HERE, known_here=True)
            await throttle.succeeded(f"user-{number}", HERE)

        each = await _one_after_another(signed_in, times // 4)
        print(f"a sign-in's counts taken and given back in {where}: {each}")


async def _at_once(limits: Limits, people: list[Principal]) -> float:
    async def asking(start: int) -> None:
        for number in range(start, 8_000, 16):
            await limits.request(people[number % PEOPLE], HERE)

    began = time.perf_counter()
    await asyncio.gather(*(asking(start) for start in range(16)))
    return 8_000 / (time.perf_counter() - began)


async def _tokens(folder: Path) -> None:
    clock = SystemClock()
    settings = Settings(data_dir=folder)
    passwords, version = Passwords(), PeopleVersion(clock)
    async with open_database(settings) as connection:
        await make_current(connection, settings)
        people = directory(passwords=passwords, version=version, clock=clock)
        owner = await people.users.add("eve", PASSWORD)
        rule = ScopeDraft(resources=("kustomizations",), namespaces=("team-*",), actions=("view",))
        made = [
            await people.tokens.create(owner.id, TokenDraft(name=f"t{n}", scope=(rule,)), clusters=None)
            for n in range(50)
        ]
        vault = open_vault(settings)
        async with (
            open_sessions(settings, vault=vault, passwords=passwords, version=version, clock=clock) as sessions,
            open_callers(sessions, version, clock) as callers,
        ):
            tokens = [Bearer(each.secret) for each in made]
            first = await _one_after_another(lambda n: callers.principal_of(tokens[n], HERE), len(tokens))
            each = await _one_after_another(lambda n: callers.principal_of(tokens[n % 50], HERE), 50_000)
            print(f"whose token it is, first use of the hour: {first}")
            print(f"whose token it is: {each}: {1e6 / each.spent:,.0f} a second")


async def _one_after_another(work: Callable[[int], Awaitable[object]], times: int) -> Each:
    """What each took, one after another."""
    began, worked = time.perf_counter(), time.process_time()
    for number in range(times):
        await work(number)
    waited, spent = time.perf_counter() - began, time.process_time() - worked
    return Each(waited / times * 1e6, spent / times * 1e6)
