"""Making, changing, listing and deleting users; each change acts at once on whoever is signed in.

May the caller do this? is asked before, by resolvers; on the command line it is the operator.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet

from gyre.auth.given import NOTHING, given_to, principal_from
from gyre.auth.passwords import Passwords, require_good
from gyre.auth.sessions import account_name
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AlreadyExists, Conflict, Invalid, NoSuchUser
from gyre.people.paging import ALL, Part, Wanted, part_of
from gyre.people.profiles import Profile
from gyre.people.rows import user_row
from gyre.terms.people import Principal, Role
from models.asking import asking_the_database
from models.people import Session, User

MOST_USERS = 10_000
_USERNAME = re.compile(r"[a-z0-9]([a-z0-9._@+-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as others see one: nothing of the password."""

    id: str
    username: str
    role: Role
    active: bool
    must_change_password: bool
    created_at: datetime
    signed_in_at: datetime | None
    display_name: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What is to be other about a user; None leaves it as it is. Another password ends all sessions."""

    role: Role | None = None
    active: bool | None = None
    password: str | None = None
    must_change_password: bool | None = None


class Users:
    """All users of this Gyre."""

    def __init__(self, *, passwords: Passwords, version: PeopleVersion, clock: Clock) -> None:
        self._passwords = passwords
        self._version = version
        self._clock = clock

    async def all(self) -> list[Person]:
        """Everyone, by name."""
        return list((await self.some(ALL)).items)

    async def some(self, wanted: Wanted) -> Part[Person]:
        """Those asked for, by name."""
        with asking_the_database():
            rows = User.filter(username__icontains=wanted.text) if wanted.text else User.all()
            users, total = await part_of(rows.order_by("username"), wanted)
            given = await given_to(user.id for user in users)
        return Part(tuple(_person(user, given.get(user.id, NOTHING).groups) for user in users), total)

    async def one(self, user_id: str) -> Person:
        """The user of this id, or NoSuchUser."""
        with asking_the_database():
            return await _with_groups(await user_row(user_id))

    async def called(self, username: str) -> Person:
        """The user of this name, or NoSuchUser."""
        name = account_name(username)
        with asking_the_database():
            return await _with_groups(await _the(User.filter(username=name), name))

    async def as_principal(self, user_id: str) -> tuple[Principal, bool]:
        """What this user would ask with, to explain it; and whether they may sign in at all."""
        with asking_the_database():
            user = await user_row(user_id)
            given = await given_to([user.id])
        return principal_from(user, given.get(user.id, NOTHING)), user.active

    async def password_is(self, username: str, password: str) -> bool:
        """Whether this is the user's present password."""
        with asking_the_database():
            user = await User.get_or_none(username=account_name(username))
        return await self._passwords.verify(password, user.password_hash if user else None)

    async def add(
        self, username: str, password: str, *, role: Role = Role.VIEWER, must_change_password: bool = False
    ) -> Person:
        """A new user, or Invalid, or AlreadyExists."""
        name = _checked_name(username)
        require_good(password, username=name)
        hashed = await self._passwords.hash(password)
        async with self._version.changing() as transaction:
            user = await self.make(name, role=role, profile=Profile(), transaction=transaction)
            user.password_hash, user.must_change_password = hashed, must_change_password
            await user.save(using_db=transaction, update_fields=["password_hash", "must_change_password"])
        return _person(user)

    async def make(self, username: str, *, role: Role, profile: Profile, transaction: BaseDBAsyncClient) -> User:
        """The row of a new user who has no password yet; Invalid or AlreadyExists."""
        name, checked, now = _checked_name(username), profile.checked(), self._clock.now()
        if await User.filter(username=name).using_db(transaction).exists():
            taken = {"field": "username", "path": ["username"]}
            raise AlreadyExists(f"there is a user {name} already", details=taken)
        if await User.all().using_db(transaction).count() >= MOST_USERS:
            raise Conflict(f"there are {MOST_USERS} users, which is the most")
        user = User(id=uuid4(), username=name, role=role, created_at=now, changed_at=now)
        user.display_name, user.email = checked.display_name or None, checked.email or None
        await user.save(using_db=transaction, force_create=True)
        return user

    async def change(self, user_id: str, change: UserChange) -> Person:
        """Change a user; Conflict when no administrator would be left."""
        person = await self.one(user_id)
        changed = await self._changed(User.filter(id=UUID(person.id)), person.username, change)
        return _person(changed, person.groups)

    async def delete(self, user_id: str) -> Person:
        """Delete a user, with sessions, memberships and bindings; Conflict for the last administrator."""
        person = await self.one(user_id)
        async with self._version.changing() as transaction:
            user = await _the(User.filter(id=UUID(person.id)), person.username, transaction)
            await user.delete(using_db=transaction)
            if leads(user):
                await _require_an_admin(transaction)
        return person

    async def set_password(self, username: str, password: str, *, must_change_password: bool = False) -> Person:
        """Give a user another password and end all their sessions."""
        change = UserChange(password=password, must_change_password=must_change_password)
        return _person(await self._named(username, change))

    async def set_role(self, username: str, role: Role) -> Person:
        """Give a user another role; Conflict when no administrator would be left."""
        return _person(await self._named(username, UserChange(role=role)))

    async def set_active(self, username: str, *, active: bool) -> Person:
        """Let a user in, or disable them and end their sessions; Conflict when no administrator would be left."""
        return _person(await self._named(username, UserChange(active=active)))

    async def change_own_password(self, principal: Principal, old: str, new: str) -> None:
        """Change one's own password, knowing the old one; one's other sessions end."""
        wrong = Invalid("the present password is wrong", details={"field": "old", "path": ["old"]})
        if old == new:
            raise Invalid("the new password is the present one", details={"field": "password", "path": ["new"]})
        require_good(new, username=principal.username, field="new")
        with asking_the_database():
            user = await User.get_or_none(id=principal.user_id)
        if user is None or not await self._passwords.verify(old, user.password_hash):
            raise wrong
        hashed = await self._passwords.hash(new)
        async with self._version.changing() as transaction:
            # Whoever changed it in between (an administrator, for a reason) is not overruled.
            unchanged = User.filter(id=user.id, password_hash=user.password_hash).using_db(transaction)
            changes = {"password_hash": hashed, "must_change_password": False, "changed_at": self._clock.now()}
            if not await unchanged.update(**changes):
                raise wrong
            but, now = UUID(principal.session_id), self._clock.now()
            await end_sessions(user.id, "password changed", transaction, at=now, but=but)

    async def _named(self, username: str, change: UserChange) -> User:
        name = account_name(username)
        return await self._changed(User.filter(username=name), name, change)

    async def _changed(self, which: QuerySet[User], name: str, change: UserChange) -> User:
        hashed = None
        if change.password is not None:
            require_good(change.password, username=name)
            hashed = await self._passwords.hash(change.password)
        asked = {
            "role": change.role,
            "active": change.active,
            "password_hash": hashed,
            "must_change_password": change.must_change_password,
        }
        changes = {field: value for field, value in asked.items() if value is not None}
        async with self._version.changing() as transaction:
            user = await _the(which, name, transaction)
            led = leads(user)
            user.update_from_dict({**changes, "changed_at": self._clock.now()})
            await user.save(using_db=transaction, update_fields=[*changes, "changed_at"])
            if hashed is not None or change.active is False:
                because = "password changed" if hashed else "disabled"
                await end_sessions(user.id, because, transaction, at=self._clock.now())
            if led:
                await _require_an_admin(transaction)
        return user


async def end_sessions(
    user_id: UUID, because: str, transaction: BaseDBAsyncClient, *, at: datetime, but: UUID | None = None
) -> None:
    """End a user's sessions, all but one where that is said."""
    sessions = Session.filter(user_id=user_id, ended_at=None).using_db(transaction)
    if but:
        sessions = sessions.exclude(id=but)
    await sessions.update(ended_at=at, ended_because=because)


async def _with_groups(user: User) -> Person:
    given = await given_to([user.id])
    return _person(user, given.get(user.id, NOTHING).groups)


async def _the(which: QuerySet[User], name: str, transaction: BaseDBAsyncClient | None = None) -> User:
    user = await which.using_db(transaction).first()
    if user is None:
        raise NoSuchUser(f"there is no user {name}")
    return user


def _checked_name(username: str) -> str:
    name = account_name(username)
    if not is_username(name):
        raise Invalid(
            "a user name is 1 to 64 letters, digits and . _ @ + - and begins and ends with a letter or digit",
            details={"field": "username", "path": ["username"]},
        )
    return name


def is_username(name: str) -> bool:
    """Whether a name, in the form it is kept in, can be a user's."""
    return _USERNAME.fullmatch(name) is not None


def leads(user: User) -> bool:
    """Whether this is an administrator who can sign in."""
    return user.active and user.role is Role.ADMIN


async def _require_an_admin(transaction: BaseDBAsyncClient) -> None:
    if not await User.filter(role=Role.ADMIN, active=True).using_db(transaction).exists():
        raise Conflict("this is the last active administrator; make another one first")


def _person(user: User, groups: tuple[str, ...] = ()) -> Person:
    return Person(
        id=str(user.id),
        username=user.username,
        role=user.role,
        active=user.active,
        must_change_password=user.must_change_password,
        created_at=user.created_at,
        signed_in_at=user.signed_in_at,
        display_name=user.display_name or "",
        email=user.email or "",
        groups=groups,
    )
