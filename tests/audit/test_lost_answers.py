"""A database that commits and cannot say so, or that is away for a moment: nothing is told twice, nothing is lost."""

import asyncio

import pytest

from gyre.audit import intent, open_audit, refused_soon, settled
from gyre.audit.verifying import verify
from gyre.errors import Unavailable
from models.auditing import AuditEntry
from tests.audit.chains import deed, here
from tests.support.clocks import HandClock
from tests.support.lost_answers import Failing, failing
from tests.support.people import People
from tests.support.waiting import until

__all__ = ["failing"]

pytestmark = pytest.mark.anyio


async def actions() -> list[str]:
    return [entry.action for entry in await AuditEntry.all().order_by("id")]


@pytest.mark.parametrize("committed", [True, False])
async def test_what_waited_is_written_once_when_it_is_not_known_whether_it_was(
    people: People, failing: Failing, committed: bool
) -> None:
    for number in range(3):
        refused_soon(deed(f"try-{number}"), reason="no")
    failing(1, committed=committed)
    with pytest.raises(Unavailable):
        await settled()
    assert await actions() == (["try-0", "try-1", "try-2"] if committed else [])
    refused_soon(deed("later"), reason="no")
    await settled()
    assert await actions() == ["try-0", "try-1", "try-2", "later"]
    assert (await verify(people.vault)).broken == []


async def test_an_intent_whose_answer_was_lost_keeps_the_write_from_being_tried_and_stays_open(
    people: People, clock: HandClock, failing: Failing
) -> None:
    failing(1, committed=True)
    with pytest.raises(Unavailable):
        await intent(deed("suspend"), clock=clock)
    number = await intent(deed("resume"), clock=clock)
    assert [(entry.id, entry.action, entry.n) for entry in await AuditEntry.all().order_by("id")] == [
        (number - 1, "suspend", 1),
        (number, "resume", 2),
    ]
    assert (await verify(people.vault)).broken == []


@pytest.mark.parametrize("committed", [True, False])
async def test_that_refusals_were_lost_is_told_once_however_often_the_database_is_away(
    people: People,
    clock: HandClock,
    failing: Failing,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:
    monkeypatch.setattr("gyre.audit.ledger.MOST_WAITING", 5)
    async with open_audit(people.vault, clock, days=0):
        failing(2, 3, committed=committed)  # the first writes what waits, the second that more came
        for _ in range(5 + 7):
            refused_soon(deed("try"), reason="no")
        async with asyncio.timeout(20):
            while "refusals-lost" not in await actions() or here()._unsure:
                await clock.turn(seconds=1)  # the writer tries again
                await asyncio.sleep(0.01)
        await until(lambda: not here().told.is_set())
        told = await AuditEntry.filter(action="refusals-lost")
        assert [entry.details for entry in told] == [{"lost": 7}]
    assert await actions() == ["start", *["try"] * 5, "refusals-lost", "stop"]
    assert (await verify(people.vault)).broken == []


async def test_what_was_lost_shortly_before_the_end_is_told_at_the_end(
    people: People, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gyre.audit.ledger.MOST_WAITING", 2)
    async with open_audit(people.vault, clock, days=0):
        for _ in range(5):
            refused_soon(deed("try"), reason="no")
    assert await actions() == ["start", "try", "try", "refusals-lost", "stop"]
    assert (await AuditEntry.get(action="refusals-lost")).details == {"lost": 3}
