"""Rights and sign-ins: what a decision, a filtered list and a password cost.

Filtering 10,000 rows for a member with 20 rules is to take no more than 5 ms; a sign-in costs argon2id by design.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from gyre.access import Sight, decide
from gyre.access.matching import effective
from gyre.audit import Deed, open_audit, recorded, refused_soon, settled
from gyre.audit.verifying import verify
from gyre.auth import Passwords, PeopleVersion, open_sessions
from gyre.clock import SystemClock
from gyre.people import Users
from gyre.settings import Settings
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Grant, Principal, Role, Rule
from gyre.terms.requests import RequestFacts
from gyre.vault import open_vault
from models.connecting import open_database
from models.migrating import make_current

CLUSTER = ClusterName("default")
PASSWORD = "a long winter's tale"
ROWS = [(CLUSTER, "kustomizations", f"team-{number % 40}-{number % 5}") for number in range(10_000)]


def main() -> None:
    rules = [
        Rule(policy="p", resources=("kustomizations", "helmreleases"), namespaces=(f"team-{n}-*",), actions=("edit",))
        for n in range(20)
    ]
    grants = tuple(Grant(cluster=CLUSTER, rule=rule) for rule in rules)
    member = Principal(user_id="1", username="eve", role=Role.MEMBER, grants=grants)

    def filtered() -> None:
        sight = Sight(effective(member), None)  # as for somebody new: nothing is remembered
        assert sum(sight.sees(*row) for row in ROWS) == 5_000

    print(f"filter 10,000 rows for a member with 20 rules: {_milliseconds(filtered, 9):.2f} ms (wanted ≤ 5 ms)")
    each = _milliseconds(lambda: [decide(member, Action.SUSPEND, *row) for row in ROWS[:1000]], 9)
    print(f"decide, 20 rules, half of them refused: {each:.1f} µs each, {1e6 / each:,.0f} a second")
    asyncio.run(_sign_ins())
    asyncio.run(_audit())


async def _sign_ins() -> None:
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        passwords, version = Passwords(), PeopleVersion(clock)
        async with open_database(settings) as connection:
            await make_current(connection, settings)
            await Users(passwords=passwords, version=version, clock=clock).add("eve", PASSWORD)
            async with open_sessions(
                settings, vault=open_vault(settings), passwords=passwords, version=version, clock=clock
            ) as sessions:
                facts, began = RequestFacts(address="192.0.2.7"), time.perf_counter()
                done = [await sessions.sign_in("eve", PASSWORD, facts) for _ in range(40)]
                print(f"sign-ins, one after another: {40 / (time.perf_counter() - began):.0f} a second")
                began = time.perf_counter()
                for _ in range(20_000):
                    await sessions.principal_of(done[-1].cookie)
                print(f"whose request it is: {(time.perf_counter() - began) / 20_000 * 1e6:.1f} µs")


async def _audit() -> None:
    clock, who, each = SystemClock(), Principal(user_id="1", username="eve", role=Role.EDITOR, grants=()), 2_000
    deed = Deed(action="suspend", who=who, facts=RequestFacts(address="192.0.2.7", request_id="r" * 32))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        async with open_database(settings) as connection:
            await make_current(connection, settings)

            async def write() -> None:
                async with recorded(deed, clock=clock):
                    pass

            began = time.perf_counter()
            for _ in range(each // 10):
                await write()
            print(f"audit, one write after another: {each // 5 / (time.perf_counter() - began):,.0f} rows a second")
            began = time.perf_counter()
            for _ in range(each // 50):
                await asyncio.gather(*(write() for _ in range(50)))
            print(f"audit, 50 writes at once: {2 * each / (time.perf_counter() - began):,.0f} rows a second")
            vault = open_vault(settings)
            async with open_audit(vault, clock, days=0):
                began = time.perf_counter()
                for _ in range(each):
                    refused_soon(deed, reason="no")
                told = time.perf_counter() - began
                await settled()
                whole = time.perf_counter() - began
            print(f"audit, refusals: {told / each * 1e6:.0f} µs each to tell, {each / whole:,.0f} rows a second")
            began = time.perf_counter()
            found = await verify(vault)
            assert found.broken == []
            print(f"audit verify: {found.entries / (time.perf_counter() - began):,.0f} rows a second")


def _milliseconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.process_time()  # what else the machine does is not counted
        work()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)
