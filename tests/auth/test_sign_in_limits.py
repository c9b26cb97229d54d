"""Signing in when it fails too often, when the hash is old, and when the database is away."""

import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest
from argon2 import PasswordHasher

from gyre.auth import Passwords, Sessions
from gyre.auth.sessions import MOST_SESSIONS
from gyre.errors import NotSignedIn, TooOften, Unavailable
from gyre.terms.people import Role
from gyre.terms.requests import RequestFacts
from models.people import Session, User
from tests.support.clocks import HandClock
from tests.support.hashing import HeldHasher
from tests.support.people import HERE, PASSWORD, People, audited
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ELSEWHERE = RequestFacts(address="203.0.113.9")


async def test_guessing_is_slowed_also_with_the_right_password_and_audited(people: People, clock: HandClock) -> None:
    await people.users.add("eve", PASSWORD)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await people.sessions.sign_in("eve", "wrong password of eve", ELSEWHERE)
    with pytest.raises(TooOften) as slow:
        await people.sessions.sign_in("eve", PASSWORD, ELSEWHERE)
    assert slow.value.details == {"retryAfterSeconds": 1}
    assert (await audited())[-1] == ("refused", "sign-in", "eve", "too many sign-ins failed; wait 1 s and try again")
    assert (await people.sessions.sign_in("eve", PASSWORD, HERE)).principal.username == "eve"
    await clock.turn(seconds=1)
    assert (await people.sessions.sign_in("eve", PASSWORD, ELSEWHERE)).principal.username == "eve"


async def test_unknown_users_are_slowed_in_the_same_way(people: People) -> None:
    answers = []
    for _ in range(6):
        with pytest.raises((NotSignedIn, TooOften)) as refused:
            await people.sessions.sign_in("nobody", PASSWORD, ELSEWHERE)
        answers.append(refused.type)
    assert answers == [NotSignedIn] * 5 + [TooOften]


async def test_a_weaker_hash_is_made_anew_when_its_owner_signs_in(people: People, clock: HandClock) -> None:
    await people.users.add("eve", PASSWORD)
    stronger = Sessions(
        people.settings,
        vault=people.vault,
        passwords=Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)),
        version=people.version,
        clock=clock,
    )
    before = (await User.get(username="eve")).password_hash or ""
    await stronger.sign_in("eve", PASSWORD, HERE)
    after = (await User.get(username="eve")).password_hash or ""
    assert ("t=1" in before, "t=2" in after) == (True, True)
    await people.sessions.sign_in("eve", PASSWORD, HERE)


async def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(people: People, clock: HandClock) -> None:
    await people.users.add("eve", PASSWORD)
    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    await User.filter(username="eve").update(password_hash=older.hash(PASSWORD))
    hasher = HeldHasher()
    sessions = Sessions(
        people.settings, vault=people.vault, passwords=Passwords(hasher), version=people.version, clock=clock
    )
    signing_in = asyncio.ensure_future(sessions.sign_in("eve", PASSWORD, HERE))
    try:
        await until(hasher.begun.is_set)
        await User.filter(username="eve").update(password_hash=await people.passwords.hash("another winter's tale"))
        assert not signing_in.done()
    finally:
        hasher.let.set()
    with pytest.raises(NotSignedIn):
        await signing_in
    assert await Session.all().count() == 0
    assert await people.users.password_is("eve", "another winter's tale")


async def test_a_user_who_piles_up_sessions_ends_the_oldest(people: People, clock: HandClock) -> None:
    cookies = []
    for _ in range(MOST_SESSIONS + 1):
        await clock.turn(seconds=1)
        cookies.append((await people.signed_in("eve"))[1])
    whose = [await people.sessions.principal_of(cookie) for cookie in cookies]
    assert [each is not None for each in whose] == [False] + [True] * MOST_SESSIONS


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_after_a_change_all_that_is_held_is_read_at_once(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    cookies = [(await people.signed_in(f"user-{number}"))[1] for number in range(20)]
    for cookie in cookies:
        await people.sessions.principal_of(cookie)
    await people.users.set_role("user-7", Role.EDITOR)
    caplog.set_level(logging.DEBUG, "tortoise.db_client")
    whose = await asyncio.gather(*(people.sessions.principal_of(cookie) for cookie in cookies))
    assert [each.role for each in whose if each] == [Role.VIEWER] * 7 + [Role.EDITOR] + [Role.VIEWER] * 12
    assert len([record for record in caplog.records if 'FROM "sessions"' in record.getMessage()]) == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_database_that_is_away_is_unavailable_and_sessions_are_believed_for_a_minute(
    people: People, clock: HandClock
) -> None:
    eve, cookie = await people.signed_in("eve")
    assert await people.sessions.principal_of(cookie) == eve
    with closing(sqlite3.connect(people.settings.sqlite_file)) as other, other:
        other.execute("ALTER TABLE sessions RENAME TO away")
        other.execute("ALTER TABLE versions RENAME TO away_too")
    with pytest.raises(Unavailable):
        await people.sessions.sign_in("eve", PASSWORD, HERE)
    await clock.turn(seconds=59)
    assert await people.sessions.principal_of(cookie) == eve
    await clock.turn(seconds=2)
    with pytest.raises(Unavailable):
        await people.sessions.principal_of(cookie)
    with closing(sqlite3.connect(people.settings.sqlite_file)) as other, other:
        other.execute("ALTER TABLE away RENAME TO sessions")
        other.execute("ALTER TABLE away_too RENAME TO versions")
    assert await people.sessions.principal_of(cookie) == eve


async def test_rows_of_sessions_that_are_long_over_are_forgotten(people: People, clock: HandClock) -> None:
    await people.signed_in("eve")
    await clock.turn(hours=24 * 30)
    await people.signed_in("eve")
    await clock.turn(hours=24 * 7 + 1)
    async with asyncio.timeout(20):
        while await Session.all().count() > 1:  # a row has no event
            await clock.turn(hours=1)
            await asyncio.sleep(0.05)
