"""Whoever changes, removes or cuts off an entry in the database is found out, and the first such entry is named."""

import pytest

from gyre.audit import noted, open_audit
from gyre.audit.checkpoints import sign
from gyre.audit.verifying import Verified, verify
from models.auditing import AuditEntry
from tests.audit.chains import deed, force, here, some_deeds
from tests.support.clocks import START, HandClock
from tests.support.people import People

pytestmark = pytest.mark.anyio

ACTIONS = ("suspend", "resume", "update", "delete")


async def numbered(n: int) -> AuditEntry:
    return await AuditEntry.get(chain=here().chain, n=n)


def breaks(found: Verified) -> list[tuple[int, int | None, str]]:
    return [(broken.n, broken.entry_id, broken.why) for broken in found.broken]


async def test_an_untouched_audit_is_whole(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    found = await verify(people.vault)
    assert (found.entries, found.broken) == (8, [])
    (head,) = found.heads
    assert (head.chain, head.n, head.hash) == (here().chain, 8, (await numbered(8)).hash)


@pytest.mark.parametrize(
    "change",
    [
        "username = 'mallory'",
        "at = '2026-01-01 00:00:01+00:00'",
        "succeeded = NOT succeeded",
        "reason = 'nothing'",
        """details = '{"a": 1}'""",
        """changes = '[]'""",
        "name = 'other'",
        "request_id = ''",
    ],
)
async def test_a_changed_entry_is_named(people: People, clock: HandClock, change: str) -> None:
    await some_deeds(clock, ACTIONS)
    fourth = await numbered(4)
    await force(f"UPDATE audit_entries SET {change} WHERE n = 4")
    assert breaks(await verify(people.vault)) == [
        (4, fourth.id, "it is not what was written, or what stood before it was")
    ]


async def test_a_removed_entry_is_missed_by_the_one_behind_it(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    sixth = await numbered(6)
    await force("DELETE FROM audit_entries WHERE n IN (4, 5)")
    assert breaks(await verify(people.vault)) == [(4, sixth.id, "what stood before it is missing, from number 4 to 5")]


async def test_a_removed_beginning_is_missed(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    third = await numbered(3)
    await force("DELETE FROM audit_entries WHERE n < 3")
    assert breaks(await verify(people.vault)) == [(1, third.id, "what stood before it is missing, from number 1 to 2")]


async def test_two_entries_that_changed_places_are_noticed(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    second, third = await numbered(2), await numbered(3)
    await force(f"UPDATE audit_entries SET id = 1000 WHERE id = {second.id}")
    await force(f"UPDATE audit_entries SET id = {second.id} WHERE id = {third.id}")
    await force(f"UPDATE audit_entries SET id = {third.id} WHERE id = 1000")
    assert [why for _, _, why in breaks(await verify(people.vault))] == ["it does not stand where it stood"]


async def test_a_chain_that_was_hashed_anew_contradicts_what_was_signed(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    fourth = await numbered(4)
    await sign(people.vault, START, here().chain, 4, "of another past")
    assert breaks(await verify(people.vault)) == [
        (4, fourth.id, f"the checkpoint signed at {START:%Y-%m-%d %H:%M:%S} says otherwise of it")
    ]


async def test_a_checkpoint_that_somebody_else_signed_is_named(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    await sign(people.vault, START, here().chain, 4, (await numbered(4)).hash or "")
    await force("UPDATE audit_checkpoints SET n = 3")
    ((number, _, why),) = breaks(await verify(people.vault))
    assert number == 3
    assert "is not signed with a key of GYRE_SECRET_KEYS, or was changed" in why


async def test_an_end_that_was_cut_off_is_missed_by_the_signature_of_the_stop(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        await some_deeds(clock, ACTIONS)
    assert (await verify(people.vault)).broken == []
    await force("DELETE FROM audit_entries WHERE n > 7")
    ((number, entry, why),) = breaks(await verify(people.vault))
    assert (number, entry) == (8, None)
    assert why.startswith("it and all behind it are missing: the checkpoint signed at ")
    assert why.endswith(" knows of entries up to number 10")


async def test_a_later_start_is_a_witness_of_a_chain_that_nobody_signed(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    ended, head = here().chain, await numbered(8)
    here().chain, here().n, here().hash = "another-process", 0, ""
    async with open_audit(people.vault, clock, days=0):
        pass
    start = await AuditEntry.get(action="start")
    assert start.details["heads"] == [{"chain": ended, "n": 8, "hash": head.hash}]
    await force(f"DELETE FROM audit_entries WHERE chain = '{ended}' AND n > 6")
    assert breaks(await verify(people.vault)) == [
        (7, None, f"it and all behind it are missing: entry {start.id}, a later start knows of entries up to number 8")
    ]


async def test_a_head_kept_elsewhere_proves_what_was_cut_off(people: People, clock: HandClock) -> None:
    await some_deeds(clock, ACTIONS)
    expected = {here().chain: (8, (await numbered(8)).hash or "")}
    assert (await verify(people.vault, expected)).broken == []
    await force("DELETE FROM audit_entries WHERE n > 5")
    assert (await verify(people.vault)).broken == []  # nobody who is left knows of it
    assert breaks(await verify(people.vault, expected)) == [
        (6, None, "it and all behind it are missing: what was kept elsewhere knows of entries up to number 8")
    ]


async def test_a_whole_chain_that_is_gone_is_missed(people: People, clock: HandClock) -> None:
    async with open_audit(people.vault, clock, days=0):
        await some_deeds(clock, ACTIONS)
    await force("DELETE FROM audit_entries")
    ((number, _, why),) = breaks(await verify(people.vault))
    assert number == 1
    assert why.startswith("it and all behind it are missing")


async def test_details_of_every_shape_are_the_same_when_read_back(people: People, clock: HandClock) -> None:
    details = {
        "text": "ünï\0\ud800",
        "numbers": [1, -1, 2**53, 2**80, 0.1, 1e22, float("inf")],
        "deep": {"b": {"a": [None, True, (1, 2)]}, "a": {}},
        "": "empty",
    }
    await some_deeds(clock, ACTIONS)

    await noted(deed("look", **details), clock=clock)
    assert (await verify(people.vault)).broken == []
