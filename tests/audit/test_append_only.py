"""The database itself lets nobody change or remove an entry, whatever program asks."""

import pytest
from asyncpg import RaiseError
from tortoise.exceptions import IntegrityError, OperationalError

from gyre.audit.checkpoints import sign
from models.auditing import AuditCheckpoint, AuditEntry
from tests.audit.chains import here, on_postgres, run, some_deeds
from tests.support.clocks import START, HandClock
from tests.support.people import People

pytestmark = pytest.mark.anyio

REFUSED = (OperationalError, IntegrityError, RaiseError)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entries SET username = 'mallory'",
        "UPDATE audit_entries SET at = at WHERE n = 1",
        "DELETE FROM audit_entries WHERE n = 2",
        "DELETE FROM audit_entries",
        "UPDATE audit_checkpoints SET n = 7",
        "DELETE FROM audit_checkpoints",
    ],
)
async def test_neither_a_change_nor_a_removal_is_taken(people: People, clock: HandClock, sql: str) -> None:
    await some_deeds(clock, ["suspend", "resume"])
    await sign(people.vault, START, here().chain, 2, "x")
    before = await AuditEntry.all().order_by("id").values()
    with pytest.raises(REFUSED, match="the audit is only ever added to"):
        await run(sql)
    assert await AuditEntry.all().order_by("id").values() == before
    assert await AuditCheckpoint.all().count() == 1


async def test_on_postgres_the_tables_cannot_be_emptied(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ["suspend"])
    if await on_postgres():
        with pytest.raises(REFUSED, match="the audit is only ever added to"):
            await run("TRUNCATE audit_entries, audit_checkpoints")
    assert await AuditEntry.all().count() == 2


async def test_only_what_a_signature_lets_go_of_can_be_removed(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ["suspend", "resume"])
    await sign(people.vault, START, here().chain, 2, "x", prunes=True)
    with pytest.raises(REFUSED, match="the audit is only ever added to"):
        await AuditEntry.filter(n__lte=3).delete()
    assert await AuditEntry.filter(n__lte=2).delete() == 2
    assert [entry.n for entry in await AuditEntry.all().order_by("n")] == [3, 4]
