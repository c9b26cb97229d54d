"""Sessions from signing in to every way they end, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gyre.errors import NotSignedIn
from gyre.terms.people import Role
from models.people import Session
from tests.support.clocks import HandClock
from tests.support.people import HERE, PASSWORD, People, audited, people_in_process

pytestmark = pytest.mark.anyio


async def test_who_signs_in_is_known_by_the_cookie_and_is_audited(people: People) -> None:
    await people.users.add("Eve", PASSWORD, role=Role.EDITOR)
    done = await people.sessions.sign_in(" EVE ", PASSWORD, HERE)
    assert (done.principal.username, done.principal.role, done.seconds) == ("eve", Role.EDITOR, 7 * 24 * 3600)
    assert await people.sessions.principal_of(done.cookie) == done.principal
    assert await audited() == [("noted", "sign-in", "eve", "")]
    session = await Session.get(id=done.principal.session_id)
    assert (session.address, session.user_agent) == ("192.0.2.7", "Test/1")


@pytest.mark.parametrize(
    ("username", "password", "reason"),
    [
        ("eve", "wrong password of eve", "wrong password"),
        ("eve", "", "wrong password"),
        ("eve", "x" * 100_000, "wrong password"),
        ("eve", "half \ud800 a character", "wrong password"),
        ("nobody", PASSWORD, "no such user"),
        ("", PASSWORD, "no such user"),
        ("no\0body \ud800", PASSWORD, "no such user"),
        ("x" * 5000, PASSWORD, "no such user"),
        ("disabled", PASSWORD, "the user is disabled"),
    ],
)
async def test_whatever_is_wrong_has_one_answer_and_its_true_reason_in_the_audit(
    people: People, username: str, password: str, reason: str
) -> None:
    await people.users.add("eve", PASSWORD)
    await people.users.add("disabled", PASSWORD)
    await people.users.set_active("disabled", active=False)
    with pytest.raises(NotSignedIn) as refused:
        await people.sessions.sign_in(username, password, HERE)
    assert refused.value.message == "the user name or the password is wrong"
    (entry,) = await audited()
    assert (entry[0], entry[1], entry[3]) == ("refused", "sign-in", reason)
    assert await Session.all().count() == 0


async def test_what_is_no_cookie_of_ours_is_nobody(people: People) -> None:
    _, cookie = await people.signed_in("eve")
    other = people.vault.sign({"sid": "x"}, audience="session", issued=HandClock().now(), expires=HandClock().now())
    for value in (None, "", "x", cookie[:-2], cookie + "A", other, "\0"):
        assert await people.sessions.principal_of(value) is None


async def test_signing_out_ends_the_session_and_no_other(people: People) -> None:
    eve, cookie = await people.signed_in("eve")
    _, second = await people.signed_in("eve")
    await people.sessions.sign_out(eve, HERE)
    assert await people.sessions.principal_of(cookie) is None
    assert await people.sessions.principal_of(second) is not None
    assert (await audited())[-1] == ("noted", "sign-out", "eve", "")


async def test_a_session_ends_after_its_idle_time_and_after_its_whole_life(people: People, clock: HandClock) -> None:
    _, cookie = await people.signed_in("eve")
    for _ in range(7):
        await clock.turn(hours=23.9)
        assert await people.sessions.principal_of(cookie) is not None
    await clock.turn(hours=0.8)
    assert await people.sessions.principal_of(cookie) is None
    _, cookie = await people.signed_in("eve")
    await clock.turn(hours=24)
    assert await people.sessions.principal_of(cookie) is None


async def test_use_in_another_process_keeps_a_session_from_being_idle_here(people: People, clock: HandClock) -> None:
    _, cookie = await people.signed_in("eve")
    async with people_in_process(people.settings, clock) as other:
        await clock.turn(hours=20)
        assert await other.sessions.principal_of(cookie) is not None
        await clock.turn(hours=20)
        assert await people.sessions.principal_of(cookie) is not None


async def test_a_request_writes_that_the_session_was_seen_at_most_every_five_minutes(
    people: People, clock: HandClock
) -> None:
    eve, cookie = await people.signed_in("eve")
    seen = []
    for _ in range(6):
        await clock.turn(minutes=2)
        await people.sessions.principal_of(cookie)
        seen.append((await Session.get(id=eve.session_id)).seen_at)
    assert [(at - seen[0]) / timedelta(minutes=1) for at in seen] == [0, 0, 6, 6, 6, 12]


@pytest.mark.parametrize("change", ["password", "disable", "role", "sign out"])
async def test_a_change_acts_at_once_here_and_within_five_seconds_in_another_process(
    people: People, clock: HandClock, change: str
) -> None:
    await people.signed_in("root", Role.ADMIN)
    eve, cookie = await people.signed_in("eve", Role.VIEWER)
    async with people_in_process(people.settings, clock) as other:
        assert await other.sessions.principal_of(cookie) == eve
        changes: dict[str, Callable[[], Awaitable[object]]] = {
            "password": lambda: people.users.set_password("eve", "another winter's tale"),
            "disable": lambda: people.users.set_active("eve", active=False),
            "role": lambda: people.users.set_role("eve", Role.EDITOR),
            "sign out": lambda: people.sessions.sign_out(eve, HERE),
        }
        await changes[change]()
        expected = replace(eve, role=Role.EDITOR) if change == "role" else None
        assert await people.sessions.principal_of(cookie) == expected
        assert await other.sessions.principal_of(cookie) == eve
        before = other.version.generation
        await clock.turn(seconds=5)
        await asyncio.wait_for(other.version.changed_since(before), 20)
        assert await other.sessions.principal_of(cookie) == expected


async def test_whoever_keeps_a_socket_open_is_told_of_new_rights_and_of_the_end(people: People) -> None:
    await people.signed_in("root", Role.ADMIN)
    eve, _ = await people.signed_in("eve", Role.VIEWER)
    waiting = asyncio.ensure_future(people.sessions.next_of(eve))
    await people.users.set_active("root", active=True)
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await people.users.set_role("eve", Role.EDITOR)
    promoted = await asyncio.wait_for(waiting, 2)
    assert promoted == replace(eve, role=Role.EDITOR)
    waiting = asyncio.ensure_future(people.sessions.next_of(promoted))
    await people.sessions.sign_out(promoted, HERE)
    assert await asyncio.wait_for(waiting, 2) is None
