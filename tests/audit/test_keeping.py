"""What a process does for its audit: it tells what was left open, signs, and removes what is too old."""

import asyncio
import logging
from datetime import timedelta
from uuid import uuid4

import pytest

from gyre.audit import intent, open_audit, refused
from gyre.audit.asking import AuditFilter, AuditPart, Outcome
from gyre.audit.opened import MOST_NAMED
from gyre.audit.pruning import AT_ONCE, prune
from gyre.audit.reading import page
from gyre.audit.verifying import verify
from models.auditing import AuditCheckpoint, AuditEntry
from tests.audit.chains import deed, force, here, some_deeds
from tests.support.clocks import HandClock
from tests.support.people import People

pytestmark = pytest.mark.anyio

OPEN = AuditFilter(outcomes=(Outcome.OPEN,))


def another_process() -> None:
    """What the next process has: a chain of its own."""
    kept = here()
    kept.chain, kept.n, kept.hash, kept.signed = "another-process", 0, "", 0


async def test_a_write_that_was_under_way_is_told_at_the_next_start_and_only_there(
    people: People, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    await some_deeds(clock, ["resume"])
    number = await intent(deed("suspend"), clock=clock)
    another_process()
    with caplog.at_level(logging.WARNING, "gyre.audit"):
        async with open_audit(people.vault, clock, days=0):
            start = await AuditEntry.filter(action="start").order_by("-id").first()
    assert start is not None
    assert start.details["open"] == [number]
    (line,) = [record for record in caplog.records if record.name == "gyre.audit.keeping"]
    told = vars(line)
    assert (told["entry"], told["action"], told["who"]) == (number, "suspend", "eve")
    assert told["on"] == "default: kustomizations.kustomize.toolkit.fluxcd.io/flux-system/apps"
    (found,) = (await page(OPEN, AuditPart())).records
    assert (found.begun.id, found.ended, found.outcome) == (number, None, Outcome.OPEN)

    caplog.clear()
    here().chain, here().n, here().hash = "a-third-process", 0, ""
    async with open_audit(people.vault, clock, days=0):
        again = await AuditEntry.filter(action="start").order_by("-id").first()
    assert again is not None
    assert again.details["open"] == []
    assert caplog.records == []


async def test_more_than_one_start_can_name_are_counted_and_named_by_the_starts_after_it(
    people: People, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = sorted(await asyncio.gather(*(intent(deed("suspend"), clock=clock) for _ in range(MOST_NAMED + 2))))

    async def next_start() -> tuple[object, object, list[str]]:
        caplog.clear()
        here().chain, here().n, here().hash = str(uuid4()), 0, ""
        async with open_audit(people.vault, clock, days=0):
            start = await AuditEntry.filter(action="start").order_by("-id").first()
        assert start is not None
        return start.details["open"], start.details["openTotal"], [record.message for record in caplog.records]

    named, total, lines = await next_start()
    assert (named, total, len(lines)) == (numbers[:MOST_NAMED], MOST_NAMED + 2, MOST_NAMED + 1)
    assert lines[-1].startswith("more than that did not end")
    named, total, lines = await next_start()
    assert (named, total, len(lines)) == (numbers[MOST_NAMED:], 2, 2)
    assert await next_start() == ([], 0, [])
    assert len((await page(OPEN, AuditPart(first=200))).records) == MOST_NAMED + 2


async def test_a_start_is_a_witness_of_how_far_every_other_chain_was(people: People, clock: HandClock) -> None:
    ends = []
    for actions in (["suspend"], ["resume", "delete"], ["update"]):
        await some_deeds(clock, actions)
        ends.append({"chain": here().chain, "n": here().n, "hash": here().hash})
        here().chain, here().n, here().hash = str(uuid4()), 0, ""
    async with open_audit(people.vault, clock, days=0):
        start = await AuditEntry.get(action="start")
    assert start.details["heads"] == ends[::-1]
    assert (await verify(people.vault)).broken == []


async def test_a_chain_that_grew_is_signed_once_an_hour_and_at_its_end(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        await until_signed(1)
        await clock.turn(seconds=3600)
        await some_deeds(clock, ["suspend"])
        await clock.turn(seconds=3600)
        await until_signed(2)
    signed = await AuditCheckpoint.all().order_by("n")
    assert [(each.n, each.prunes) for each in signed] == [(1, False), (3, False), (4, False)]
    assert (await verify(people.vault)).broken == []


async def until_signed(times: int) -> None:
    async with asyncio.timeout(20):
        while await AuditCheckpoint.all().count() < times:  # noqa: ASYNC110 # the task that signs has no event
            await asyncio.sleep(0.01)


async def test_what_is_too_old_goes_and_what_is_left_can_still_be_checked(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ["suspend"] * 3)
    await clock.turn(seconds=10 * 86_400)
    await some_deeds(clock, ["resume"] * 2)
    removed = await prune(people.vault, clock.now(), before=clock.now() - timedelta(days=5))
    assert removed == 6
    assert [entry.n for entry in await AuditEntry.all().order_by("n")] == [7, 8, 9, 10]
    found = await verify(people.vault)
    assert (found.entries, found.broken) == (4, [])

    seventh = await AuditEntry.get(n=7)
    await force("UPDATE audit_entries SET reason = 'x' WHERE n = 7")
    assert [broken.entry_id for broken in (await verify(people.vault)).broken] == [seventh.id]


async def test_it_goes_in_pieces_and_the_last_signature_alone_is_kept(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        for _ in range(AT_ONCE + 100):
            await refused(deed("try"), clock=clock, reason="no")
    await clock.turn(seconds=10 * 86_400)
    assert await prune(people.vault, clock.now(), before=clock.now() - timedelta(days=5)) == AT_ONCE + 102
    assert await AuditEntry.all().count() == 0
    kept = await AuditCheckpoint.all().order_by("id")
    assert [(each.n, each.prunes) for each in kept] == [(AT_ONCE + 102, False), (AT_ONCE + 102, True)]
    assert (await verify(people.vault)).broken == []


async def test_nothing_goes_when_all_is_to_be_kept_or_nothing_is_too_old(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ["suspend"])
    assert await prune(people.vault, clock.now(), before=clock.now() - timedelta(days=5)) == 0
    assert await AuditEntry.all().count() == 2
    assert await AuditCheckpoint.all().count() == 0
