"""Users as an administrator handles them."""

import asyncio

import pytest

from gyre.errors import AlreadyExists, Conflict, Invalid, NoSuchUser
from gyre.people.bindings import BindingDraft
from gyre.people.groups import GroupDraft
from gyre.people.paging import Wanted
from gyre.people.users import UserChange
from gyre.terms.people import Role
from tests.support.people import HERE, PASSWORD, VIEW_SHOP, People

pytestmark = pytest.mark.anyio

OTHER = "another winter's tale"


async def test_users_are_listed_by_name_without_anything_of_their_password(people: People) -> None:
    await people.users.add("eve", PASSWORD, role=Role.EDITOR)
    await people.users.add("Adam@example.com", PASSWORD, must_change_password=True)
    everyone = await people.users.all()
    assert [(each.username, each.role, each.active, each.must_change_password) for each in everyone] == [
        ("adam@example.com", Role.VIEWER, True, True),
        ("eve", Role.EDITOR, True, False),
    ]
    assert "argon2" not in repr(everyone)


@pytest.mark.parametrize("username", ["", " ", "a b", "-a", "a-", "x" * 65, "a\0b", "évé", "a/b"])
async def test_a_name_that_could_be_mistaken_is_refused(people: People, username: str) -> None:
    with pytest.raises(Invalid, match="a user name is 1 to 64 letters"):
        await people.users.add(username, PASSWORD)
    assert await people.users.all() == []


async def test_a_name_is_taken_whatever_its_case(people: People) -> None:
    await people.users.add("eve", PASSWORD)
    with pytest.raises(AlreadyExists, match="there is a user eve already"):
        await people.users.add("EVE", OTHER)
    assert (await people.sessions.sign_in("eve", PASSWORD, HERE)).principal.username == "eve"


async def test_the_last_active_admin_can_be_neither_demoted_nor_disabled(people: People) -> None:
    _, cookie = await people.signed_in("root", Role.ADMIN)
    await people.users.add("second", PASSWORD, role=Role.ADMIN)
    await people.users.set_active("second", active=False)
    with pytest.raises(Conflict, match="the last active administrator"):
        await people.users.set_role("root", Role.VIEWER)
    with pytest.raises(Conflict, match="the last active administrator"):
        await people.users.set_active("root", active=False)
    principal = await people.sessions.principal_of(cookie)
    assert principal is not None
    assert principal.role is Role.ADMIN
    await people.users.set_active("second", active=True)
    await people.users.set_role("root", Role.VIEWER)
    assert [each.role for each in await people.users.all()] == [Role.VIEWER, Role.ADMIN]


async def test_who_does_not_exist_cannot_be_changed(people: People) -> None:
    with pytest.raises(NoSuchUser):
        await people.users.set_role("nobody", Role.ADMIN)
    with pytest.raises(NoSuchUser):
        await people.users.set_password("nobody", PASSWORD)
    with pytest.raises(NoSuchUser):
        await people.users.set_active("nobody", active=True)


async def test_changing_ones_own_password_needs_the_old_one_and_keeps_only_this_session(people: People) -> None:
    eve, here = await people.signed_in("eve")
    _, elsewhere = await people.signed_in("eve")
    with pytest.raises(Invalid, match="the present password is wrong"):
        await people.users.change_own_password(eve, "wrong password of eve", OTHER)
    with pytest.raises(Invalid, match="is the present one"):
        await people.users.change_own_password(eve, PASSWORD, PASSWORD)
    with pytest.raises(Invalid, match="at least 12"):
        await people.users.change_own_password(eve, PASSWORD, "short")
    assert await people.sessions.principal_of(elsewhere) is not None
    await people.users.change_own_password(eve, PASSWORD, OTHER)
    assert await people.sessions.principal_of(here) == eve
    assert await people.sessions.principal_of(elsewhere) is None
    assert await people.users.password_is("eve", OTHER)
    assert not await people.users.password_is("eve", PASSWORD)


async def test_a_forced_change_holds_until_it_is_done(people: People) -> None:
    await people.users.add("eve", PASSWORD, must_change_password=True)
    done = await people.sessions.sign_in("eve", PASSWORD, HERE)
    assert done.principal.must_change_password
    await people.users.change_own_password(done.principal, PASSWORD, OTHER)
    after = await people.sessions.principal_of(done.cookie)
    assert after is not None
    assert not after.must_change_password


async def test_a_user_is_changed_by_id_in_one_go(people: People) -> None:
    eve = await people.users.add("eve", PASSWORD)
    _, cookie = await people.signed_in("eve")
    changed = await people.users.change(eve.id, UserChange(role=Role.EDITOR, password=OTHER, must_change_password=True))
    assert (changed.role, changed.must_change_password, changed.active) == (Role.EDITOR, True, True)
    assert await people.sessions.principal_of(cookie) is None
    assert await people.users.password_is("eve", OTHER)
    for nobody in ("00000000-0000-4000-8000-000000000000", "eve", "", "a\0b"):
        with pytest.raises(NoSuchUser):
            await people.users.change(nobody, UserChange(role=Role.ADMIN))


async def test_a_deleted_user_is_signed_out_and_what_they_were_given_ends(people: People) -> None:
    await people.users.add("root", PASSWORD, role=Role.ADMIN)
    eve, cookie = await people.signed_in("eve", Role.MEMBER)
    policy = await people.directory.policies.create(VIEW_SHOP)
    await people.directory.groups.create(GroupDraft(name="shop", add=(eve.user_id,)))
    await people.directory.bindings.create(
        BindingDraft(policy_id=policy.id, user_id=eve.user_id, cluster="*"), clusters=()
    )
    await people.users.delete(eve.user_id)
    assert await people.sessions.principal_of(cookie) is None
    assert [each.username for each in await people.users.all()] == ["root"]
    assert (await people.directory.bindings.some(Wanted())).total == 0
    assert [each.members for each in (await people.directory.groups.some(Wanted())).items] == [()]
    assert (await people.directory.policies.some(Wanted())).total == 1
    with pytest.raises(NoSuchUser):
        await people.users.delete(eve.user_id)


async def test_the_last_active_admin_cannot_be_deleted(people: People) -> None:
    root = await people.users.add("root", PASSWORD, role=Role.ADMIN)
    second = await people.users.add("second", PASSWORD, role=Role.ADMIN)
    await people.users.set_active("second", active=False)
    with pytest.raises(Conflict, match="the last active administrator"):
        await people.users.delete(root.id)
    assert len(await people.users.all()) == 2
    await people.users.delete(second.id)
    assert [each.username for each in await people.users.all()] == ["root"]


async def test_two_administrators_cannot_remove_each_other_at_once(people: People) -> None:
    ids = [(await people.users.add(name, PASSWORD, role=Role.ADMIN)).id for name in ("one", "two")]
    ended = await asyncio.gather(*(people.users.delete(each) for each in ids), return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "Person"]
    assert len(await people.users.all()) == 1


@pytest.mark.parametrize(
    ("wanted", "names", "total"),
    [
        (Wanted(), ["adam", "eva", "eve"], 3),
        (Wanted(text="EV"), ["eva", "eve"], 2),
        (Wanted(text="ev", first=1, offset=1), ["eve"], 2),
        (Wanted(offset=3), [], 3),
        (Wanted(text="%"), [], 0),
        (Wanted(text="_"), [], 0),
    ],
)
async def test_a_part_of_the_users_is_asked_for(people: People, wanted: Wanted, names: list[str], total: int) -> None:
    for name in ("eve", "adam", "eva"):
        await people.users.add(name, PASSWORD)
    part = await people.users.some(wanted)
    assert ([each.username for each in part.items], part.total) == (names, total)
