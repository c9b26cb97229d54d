"""Two processes write at once, each its own chain; one that is killed in the middle of a write leaves it open."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from gyre.audit import open_audit
from gyre.audit.verifying import verify
from gyre.settings import SecretKey, Settings
from gyre.vault import open_vault
from models.auditing import AuditEntry
from models.connecting import open_database
from models.migrating import migrate
from tests.support.clocks import HandClock
from tests.support.databases import settings_on

pytestmark = pytest.mark.anyio

KEY = SecretKey("test", b"k" * 32)
WRITER = """
import asyncio, json, sys
from pathlib import Path
from gyre.audit import Deed, recorded
from gyre.audit.ledger import ledger
from gyre.clock import SystemClock
from gyre.settings import Settings
from gyre.terms.requests import RequestFacts
from models.connecting import open_database

async def main(data, url, name, times, hang):
    clock = SystemClock()
    async with open_database(Settings(data_dir=Path(data), database_url=url)):
        async def one(number):
            deed = Deed(action=f"{name}-{number}", who=None, claimed=name, facts=RequestFacts())
            async with recorded(deed, clock=clock):
                if hang:
                    print("writing", flush=True)
                    await asyncio.sleep(600)
        await asyncio.gather(*(one(number) for number in range(times)))
        print(ledger().chain, ledger().n, flush=True)

data, url, name, times, hang = json.loads(sys.argv[1])
asyncio.run(main(data, url, name, times, hang))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return settings_on(request.param, tmp_path)


async def started(settings: Settings, name: str, *, times: int = 1, hang: bool = False) -> asyncio.subprocess.Process:
    given = json.dumps([str(settings.data_dir), settings.database_url, name, times, hang])
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, given, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )


async def test_two_that_write_at_once_have_a_whole_chain_each(settings: Settings) -> None:
    async with open_database(settings) as connection:
        await migrate(connection)
        both = [await started(settings, name, times=40) for name in ("ada", "bob")]
        told = [(await process.communicate())[0].decode().split() for process in both]
        assert [process.returncode for process in both] == [0, 0]
        assert len({chain for chain, _ in told}) == 2
        assert [n for _, n in told] == ["80", "80"]
        for (chain, _), name in zip(told, ("ada", "bob"), strict=True):
            entries = await AuditEntry.filter(chain=chain).order_by("id")
            assert [entry.n for entry in entries] == list(range(1, 81))
            assert {entry.username for entry in entries} == {name}
        found = await verify(open_vault(Settings(data_dir=settings.data_dir, secret_keys=(KEY,))))
        assert (found.entries, found.broken) == (160, [])


async def test_who_is_killed_in_the_middle_of_a_write_leaves_it_open(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    seal = open_vault(Settings(data_dir=settings.data_dir, secret_keys=(KEY,)))
    async with open_database(settings) as connection:
        await migrate(connection)
        process = await started(settings, "ada", hang=True)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGKILL)
        await process.wait()
        (left,) = await AuditEntry.all()
        async with open_audit(seal, HandClock(), days=0):
            start = await AuditEntry.get(action="start")
        assert start.details["open"] == [left.id]
        assert start.details["heads"] == [{"chain": left.chain, "n": 1, "hash": left.hash}]
        (line,) = [record for record in caplog.records if record.name == "gyre.audit.keeping"]
        assert (vars(line)["action"], vars(line)["who"]) == ("ada-0", "ada")
        assert (await verify(seal)).broken == []
