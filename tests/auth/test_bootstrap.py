"""The first administrator."""

import asyncio
from dataclasses import replace

import pytest

from gyre.auth import first_admin
from gyre.errors import BadSettings
from gyre.terms.people import Role
from models.people import User
from tests.support.clocks import HandClock
from tests.support.people import HERE, PASSWORD, People

pytestmark = pytest.mark.anyio


async def test_on_an_empty_database_an_admin_is_made_with_a_password_to_show_once(people: People) -> None:
    clock = HandClock()
    made = await first_admin(people.settings, passwords=people.passwords, clock=clock)
    assert made is not None
    assert (made.username, made.generated, len(made.password)) == ("admin", True, 23)
    assert made.password not in repr(made)
    done = await people.sessions.sign_in("admin", made.password, HERE)
    assert done.principal.role is Role.ADMIN
    assert await first_admin(people.settings, passwords=people.passwords, clock=clock) is None
    assert await User.all().count() == 1


async def test_the_password_in_the_settings_is_taken_and_not_to_be_shown(people: People) -> None:
    settings = replace(people.settings, admin_password=PASSWORD)
    made = await first_admin(settings, passwords=people.passwords, clock=HandClock())
    assert made is not None
    assert not made.generated
    assert (await people.sessions.sign_in("admin", PASSWORD, HERE)).principal.username == "admin"


async def test_a_weak_password_in_the_settings_stops_the_start_without_being_shown(people: People) -> None:
    settings = replace(people.settings, admin_password="Password12345")
    with pytest.raises(BadSettings) as refused:
        await first_admin(settings, passwords=people.passwords, clock=HandClock())
    assert refused.value.message == (
        "GYRE_ADMIN_PASSWORD holds a value (not shown) that cannot be used: "
        "the password is among the first that are tried; choose another"
    )
    assert await User.all().count() == 0


async def test_when_there_are_users_nobody_is_made(people: People) -> None:
    await people.users.add("eve", PASSWORD)
    settings = replace(people.settings, admin_password=PASSWORD)
    assert await first_admin(settings, passwords=people.passwords, clock=HandClock()) is None


async def test_two_replicas_that_start_at_once_make_one(people: People) -> None:
    made = await asyncio.gather(
        *(first_admin(people.settings, passwords=people.passwords, clock=HandClock()) for _ in range(2))
    )
    assert sorted(each is None for each in made) == [False, True]
    assert await User.all().count() == 1
