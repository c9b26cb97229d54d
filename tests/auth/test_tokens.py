"""Whose token a request carries, what is left of its owner's rights, and how it ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gyre.access.administering import may_administer
from gyre.access.decide import decide
from gyre.auth.credentials import Bearer, Cookie
from gyre.auth.token_text import checksum, digest
from gyre.auth.tokens import KEPT_AFTER_END
from gyre.errors import NotSignedIn
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Principal, Role
from gyre.terms.requests import RequestFacts
from models.auditing import AuditEntry
from models.tokens import ApiToken, TokenUse
from tests.support.clocks import START, HandClock
from tests.support.people import HERE, PASSWORD, People, audited, people_in_process, rule, scope

pytestmark = pytest.mark.anyio

ELSEWHERE = RequestFacts(address="203.0.113.9")
PROD = ClusterName("prod")


async def asked(people: People, token: str, facts: RequestFacts = HERE) -> Principal:
    principal = await people.callers.principal_of(Bearer(token), facts)
    assert principal is not None
    return principal


async def refused(people: People, token: str, facts: RequestFacts = HERE) -> object:
    with pytest.raises(NotSignedIn) as wrong:
        await people.callers.principal_of(Bearer(token), facts)
    return wrong.value.details["reason"]


def may(principal: Principal, action: Action, resource: str, namespace: str, cluster: ClusterName = PROD) -> bool:
    return bool(decide(principal, action, cluster, resource, namespace))


async def test_a_token_asks_as_its_owner_and_only_its_digest_is_kept(people: People) -> None:
    await people.users.add("ada", PASSWORD, role=Role.EDITOR)
    made = await people.token("ada")
    principal = await asked(people, made.secret)
    assert (principal.username, principal.role, principal.scope) == ("ada", Role.EDITOR, None)
    assert (principal.session_id, principal.token_id, principal.came_by) == ("", made.token.id, made.token.id)
    (row,) = await ApiToken.all().values()
    assert row["digest"] == digest(made.secret)
    assert made.secret not in str(row) + repr(await AuditEntry.all().values())


async def test_a_scope_leaves_of_the_owners_rights_what_both_cover_and_follows_them(people: People) -> None:
    await people.users.add("eve", PASSWORD, role=Role.MEMBER)
    binding = await people.give("eve", rule("kustomizations", "shop team-*", "edit"))
    made = await people.token("eve", scope("kustomizations helmreleases", "shop prod", "view reconcile", "prod"))
    principal = await asked(people, made.secret)
    assert may(principal, Action.RECONCILE, "kustomizations", "shop")
    refused_for = [
        (Action.EDIT, "kustomizations", "shop", PROD),  # of the owner alone
        (Action.RECONCILE, "helmreleases", "shop", PROD),  # of the scope alone
        (Action.VIEW, "kustomizations", "prod", PROD),
        (Action.VIEW, "kustomizations", "team-a", PROD),
        (Action.VIEW, "kustomizations", "shop", ClusterName("default")),
    ]
    assert [each for each in refused_for if may(principal, *each)] == []
    await people.directory.bindings.delete(binding)
    assert not may(await asked(people, made.secret), Action.VIEW, "kustomizations", "shop")


async def test_an_administrators_token_administers_only_when_its_scope_is_all(people: People) -> None:
    await people.users.add("root", PASSWORD, role=Role.ADMIN)
    whole = await people.token("root", name="whole")
    said = await people.token("root", scope("*", "*", "*"), name="said")
    narrowed = await people.token("root", scope("*", "*", "*", "prod"), scope("*", "*", "view edit"), name="narrowed")
    outcomes = [bool(may_administer(await asked(people, each.secret))) for each in (whole, said, narrowed)]
    assert outcomes == [True, True, False]


async def test_what_is_no_token_is_told_apart_and_costs_no_look_into_the_database(people: People) -> None:
    made = "gyre_" + "a" * 36
    assert await refused(people, made + checksum(made)) == "TOKEN_UNKNOWN"
    for text in ("", "gyre_", "x", made + "000000", "\x00\xff", "gyre_" + "a" * 100_000):
        assert await refused(people, text) == "TOKEN_MALFORMED"


async def test_a_token_ends_at_its_time_when_it_is_revoked_and_with_its_owner(people: People, clock: HandClock) -> None:
    await people.users.add("ada", PASSWORD)
    await people.users.add("bob", PASSWORD)
    short, gone = await people.token("ada", days=1, name="short"), await people.token("ada", days=30, name="gone")
    bobs = await people.token("bob", days=60)
    (bob,) = [each for each in await people.users.all() if each.username == "bob"]
    for each in (short, gone, bobs):
        await asked(people, each.secret)
    await clock.turn(hours=24)
    assert await refused(people, short.secret) == "TOKEN_EXPIRED"
    await people.directory.tokens.revoke(gone.token.id, "by ada")
    assert await refused(people, gone.secret) == "TOKEN_REVOKED"
    await people.users.set_active("bob", active=False)
    assert await refused(people, bobs.secret) == "TOKEN_REVOKED"
    await people.users.set_active("bob", active=True)
    await asked(people, bobs.secret)
    await people.users.delete(bob.id)
    assert await refused(people, bobs.secret) in ("TOKEN_REVOKED", "TOKEN_UNKNOWN")
    assert await ApiToken.filter(user_id=bob.id).count() == 0


async def test_a_token_whose_owner_must_change_their_password_does_nothing_before(people: People) -> None:
    await people.users.add("ada", PASSWORD, role=Role.ADMIN)
    made = await people.token("ada")
    await people.users.set_password("ada", "another winter's tale", must_change_password=True)
    principal = await asked(people, made.secret)
    assert principal.must_change_password
    assert not may(principal, Action.VIEW, "kustomizations", "shop")


async def test_a_wrong_token_is_not_made_good_by_a_session(people: People) -> None:
    _, cookie = await people.signed_in("ada")
    assert await people.callers.principal_of(Cookie(cookie), HERE) is not None
    assert await people.callers.principal_of(Cookie("x"), HERE) is None
    assert await people.callers.principal_of(None, HERE) is None
    assert await refused(people, cookie) == "TOKEN_MALFORMED"


async def test_who_keeps_a_socket_open_hears_of_other_rights_and_of_the_end(people: People, clock: HandClock) -> None:
    await people.users.add("ada", PASSWORD)
    made = await people.token("ada")
    principal = await asked(people, made.secret)
    waiting = asyncio.create_task(people.callers.next_of(principal))
    await people.users.set_role("ada", Role.EDITOR)
    successor = await asyncio.wait_for(waiting, 10)
    assert successor == replace(principal, role=Role.EDITOR)
    waiting = asyncio.create_task(people.callers.next_of(successor))
    await people.directory.tokens.revoke(made.token.id, "by ada")
    assert await asyncio.wait_for(waiting, 10) is None


async def test_what_one_process_revokes_another_refuses_after_its_next_look(people: People, clock: HandClock) -> None:
    await people.users.add("ada", PASSWORD)
    made = await people.token("ada")
    async with people_in_process(people.settings, clock) as there:
        principal = await asked(there, made.secret)
        waiting = asyncio.create_task(there.callers.next_of(principal))
        await people.directory.tokens.revoke(made.token.id, "by ada")
        await clock.turn(seconds=5)
        assert await asyncio.wait_for(waiting, 10) is None
        assert await refused(there, made.secret) == "TOKEN_REVOKED"


async def uses() -> list[tuple[str, str]]:
    entries = await AuditEntry.filter(action="token-use").order_by("id")
    return [(entry.username, entry.address) for entry in entries]


async def test_its_use_is_written_and_audited_once_an_hour_for_each_address_among_all_processes(
    people: People, clock: HandClock
) -> None:
    await people.users.add("ada", PASSWORD)
    made = await people.token("ada")
    async with people_in_process(people.settings, clock) as there:
        for process in (people, there, people):
            await asked(process, made.secret)
            await asked(process, made.secret, ELSEWHERE)
        assert await uses() == [("ada", HERE.address), ("ada", ELSEWHERE.address)]
        await clock.turn(minutes=59)
        await asked(people, made.secret)
        await asked(there, made.secret)
        assert len(await uses()) == 2
        await clock.turn(minutes=1)
        await asked(there, made.secret)
        await asked(people, made.secret)
        assert (await uses())[2:] == [("ada", HERE.address)]
    (row,) = await ApiToken.all()
    assert (row.used_at, row.used_from) == (START + timedelta(hours=1), HERE.address)
    assert await TokenUse.all().count() == 2


async def test_a_refused_token_is_in_the_audit_once_an_hour_for_each_address(people: People, clock: HandClock) -> None:
    await people.users.add("ada", PASSWORD)
    made = await people.token("ada")
    await people.directory.tokens.revoke(made.token.id, "by ada")
    for facts in (HERE, HERE, ELSEWHERE):
        await refused(people, made.secret, facts)
    said = ("refused", "token-use", "", "The API token has been revoked, or its owner may not sign in any more.")
    assert await audited() == [said, said]
    await clock.turn(hours=1)
    await refused(people, made.secret)
    assert await audited() == [said] * 3
    assert {entry.details["tokenId"] for entry in await AuditEntry.all()} == {made.token.id}


async def test_a_wrong_token_is_told_of_once_for_all_addresses_of_one_network(people: People) -> None:
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        assert await refused(people, "gyre_nonsense", RequestFacts(address=address)) == "TOKEN_MALFORMED"
    assert [entry.address for entry in await AuditEntry.all().order_by("id")] == ["2001:db8::1", "2001:db8:0:1::1"]


async def test_rows_of_tokens_and_uses_that_are_long_over_are_forgotten(people: People, clock: HandClock) -> None:
    await people.users.add("ada", PASSWORD)
    old, gone = await people.token("ada", name="old", days=1), await people.token("ada", name="gone", days=1000)
    kept = await people.token("ada", name="kept", days=1000)
    for each in (old, gone, kept):
        await asked(people, each.secret)
    await people.directory.tokens.revoke(gone.token.id, "by ada")
    await clock.turn(hours=KEPT_AFTER_END.total_seconds() / 3600 + 25)

    async def left() -> set[str]:
        return {row.name for row in await ApiToken.all()}

    async with asyncio.timeout(20):
        while await left() != {"kept"} or await TokenUse.all().count():  # a row has no event
            await clock.turn(hours=1)
            await asyncio.sleep(0.05)
    await asked(people, kept.secret)
