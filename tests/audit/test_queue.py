"""What nobody waits for: refusals go through a bounded queue to one writer; what is lost is counted and told."""

import pytest
from prometheus_client import REGISTRY

from gyre.audit import noted_hourly, open_audit, refused, refused_soon, settled
from gyre.audit.ledger import MOST_WAITING
from gyre.audit.verifying import verify
from models.auditing import AuditEntry
from tests.audit.chains import deed, here
from tests.support.clocks import HandClock
from tests.support.people import People
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def actions() -> list[str]:
    return [entry.action for entry in await AuditEntry.all().order_by("id")]


async def test_a_refusal_waits_for_no_database_and_is_written_in_its_order(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        for number in range(250):
            await refused(deed(f"try-{number}"), clock=clock, reason="no")
        assert here().n == 1  # the start alone: nothing of it was awaited
        await settled()
        assert await actions() == ["start", *(f"try-{number}" for number in range(250))]
    assert (await verify(people.vault)).broken == []


async def test_the_writer_writes_without_being_asked(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        refused_soon(deed("try"), reason="no")
        await until(lambda: here().n == 2)
        assert await actions() == ["start", "try"]


async def test_what_does_not_fit_is_counted_and_one_entry_says_how_much(people: People, clock: HandClock) -> None:
    def lost() -> float:
        return REGISTRY.get_sample_value("gyre_audit_lost_total") or 0

    before = lost()
    async with open_audit(people.vault, clock, days=0):
        for _ in range(MOST_WAITING + 30):
            refused_soon(deed("try"), reason="no")
        await until(lambda: here().n == MOST_WAITING + 2, seconds=60)
        assert lost() - before == 30
        last = await AuditEntry.all().order_by("-id").first()
        assert last is not None
        assert (last.action, last.username, last.details) == ("refusals-lost", "gyre", {"lost": 30})
        assert last.reason == "more came than could be recorded"
        refused_soon(deed("later"), reason="no")
        await until(lambda: here().n == MOST_WAITING + 3)
    assert (await actions())[-3:] == ["refusals-lost", "later", "stop"]
    assert (await verify(people.vault)).broken == []


async def test_what_waits_is_written_before_the_process_ends(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        refused_soon(deed("last-moment"), reason="no")
    assert await actions() == ["start", "last-moment", "stop"]


async def test_without_a_writer_a_refusal_is_written_at_once(people: People, clock: HandClock) -> None:
    await refused(deed("try"), clock=clock, reason="no")
    assert await actions() == ["try"]


async def test_what_happens_all_the_time_is_told_once_an_hour_for_each_person_and_address(
    people: People, clock: HandClock
) -> None:
    await settled()

    async def told() -> int:
        noted_hourly(deed("user-list"), clock=clock, of="")
        await settled()
        return (await actions()).count("user-list")

    assert [await told(), await told()] == [1, 1]
    await clock.turn(seconds=3599)
    assert await told() == 1
    await clock.turn(seconds=2)
    assert await told() == 2
