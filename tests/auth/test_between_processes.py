"""What one process changes, another acts on at once when they share a Redis; the clock stands still meanwhile."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gyre.events.bus import open_bus
from gyre.settings import SecretKey
from gyre.terms.people import Role
from models.connecting import open_database
from models.migrating import migrate
from tests.support.clocks import HandClock
from tests.support.databases import settings_on
from tests.support.people import HERE, people_in_process
from tests.support.valkey import ValkeyProcess
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_signing_out_and_other_rights_reach_the_other_process_at_once(tmp_path: Path) -> None:
    settings = replace(settings_on("sqlite", tmp_path), secret_keys=(SecretKey("test", b"k" * 32),))
    clock, valkey = HandClock(), ValkeyProcess(tmp_path)
    valkey.start()
    try:
        async with (
            open_database(settings) as database,
            open_bus(valkey.url) as bus,
            open_bus(valkey.url) as other_bus,
        ):
            await migrate(database)
            async with (
                people_in_process(settings, clock, bus) as here,
                people_in_process(settings, clock, other_bus) as there,
            ):
                await until(lambda: other_bus.problem == "" and bus.problem == "")
                principal, cookie = await here.signed_in("ada", Role.VIEWER)
                elsewhere = await there.sessions.principal_of(cookie)
                assert elsewhere == principal

                waiting = asyncio.create_task(there.sessions.next_of(principal))
                await here.users.set_role("ada", Role.MEMBER)
                successor = await asyncio.wait_for(waiting, 10)
                assert successor == replace(principal, role=Role.MEMBER)

                waiting = asyncio.create_task(there.sessions.next_of(successor))
                await here.sessions.sign_out(successor, HERE)
                assert await asyncio.wait_for(waiting, 10) is None
                assert await there.sessions.principal_of(cookie) is None
    finally:
        valkey.close()
