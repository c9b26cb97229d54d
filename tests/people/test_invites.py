"""How long the link of an invitation holds, and that it holds for one."""

import asyncio

import pytest

from gyre.errors import NoSuchInvite
from gyre.people.profiles import Profile
from gyre.terms.people import Role
from tests.support.clocks import HandClock
from tests.support.people import People

pytestmark = pytest.mark.anyio

NEW = "quiet rivers run deep"


async def invited(people: People) -> str:
    made = await people.directory.invites.invite("eve", role=Role.MEMBER, profile=Profile())
    return made.token


async def test_a_link_holds_three_days(people: People, clock: HandClock) -> None:
    token = await invited(people)
    await clock.turn(hours=71, minutes=59)
    assert (await people.directory.invites.open(token)).username == "eve"
    await clock.turn(minutes=1)
    for attempt in (people.directory.invites.open(token), people.directory.invites.accept(token, NEW)):
        with pytest.raises(NoSuchInvite):
            await attempt


async def test_of_two_who_hold_it_one_gets_in(people: People) -> None:
    token = await invited(people)
    passwords = (NEW, f"{NEW} and wide")
    both = await asyncio.gather(
        *(people.directory.invites.accept(token, password) for password in passwords), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in both) == ["NoSuchInvite", "str"]
    (first,) = [password for password, outcome in zip(passwords, both, strict=True) if isinstance(outcome, str)]
    assert [await people.users.password_is("eve", each) for each in passwords] == [each == first for each in passwords]


@pytest.mark.parametrize("token", ["", "x", "é\0", "\ud800", "x" * 257])
async def test_what_is_no_token_is_no_invitation(people: People, token: str) -> None:
    await invited(people)
    with pytest.raises(NoSuchInvite):
        await people.directory.invites.open(token)


async def test_who_was_invited_cannot_sign_in_before_they_set_a_password(people: People) -> None:
    await invited(people)
    assert not await people.users.password_is("eve", "")
    assert not await people.users.password_is("eve", NEW)
