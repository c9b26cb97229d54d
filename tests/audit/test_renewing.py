"""After the keys were rotated the audit is as provable as before, and the old key can go."""

import pytest

from gyre.audit.checkpoints import sign
from gyre.audit.renewing import keys_of_signatures, renew_signatures
from gyre.audit.verifying import verify
from gyre.settings import SecretKey
from gyre.vault import Vault
from models.auditing import AuditCheckpoint, AuditEntry
from tests.audit.chains import force, here, some_deeds
from tests.support.clocks import START, HandClock
from tests.support.people import People

pytestmark = pytest.mark.anyio

OLD, NEW = SecretKey("old", b"o" * 32), SecretKey("new", b"n" * 32)
BEFORE, BOTH, AFTER = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])


async def signed_with_the_old_key(clock: HandClock) -> None:
    await some_deeds(clock, ("suspend", "resume"))
    for n in (2, 4):
        entry = await AuditEntry.get(chain=here().chain, n=n)
        await sign(BEFORE, START, here().chain, n, entry.hash or "")


async def test_without_it_signatures_of_a_key_that_is_gone_are_named(people: People, clock: HandClock) -> None:
    await signed_with_the_old_key(clock)
    assert [broken.n for broken in (await verify(AFTER)).broken] == [2, 4]


async def test_what_was_signed_anew_needs_the_old_key_no_more_and_misses_as_much(
    people: People, clock: HandClock
) -> None:
    await signed_with_the_old_key(clock)
    assert dict(await keys_of_signatures(BOTH)) == {"old": 1}
    assert await renew_signatures(BOTH) == 1
    assert dict(await keys_of_signatures(BOTH)) == {"new": 1}
    assert await renew_signatures(BOTH) == 0
    assert await AuditCheckpoint.all().count() == 3
    for vault in (BOTH, AFTER):
        found = await verify(vault)
        assert (found.entries, found.broken) == (4, [])
    await force("DELETE FROM audit_entries WHERE n = 4")
    assert [broken.n for broken in (await verify(AFTER)).broken] == [4]


async def test_what_is_not_as_it_was_signed_is_never_signed_anew(people: People, clock: HandClock) -> None:
    await signed_with_the_old_key(clock)
    await force("UPDATE audit_checkpoints SET hash = 'another'")
    assert await renew_signatures(BOTH) == 0
    assert [broken.n for broken in (await verify(BOTH)).broken] == [2, 4]
    assert [broken.n for broken in (await verify(AFTER)).broken] == [2, 4]
