"""Making, changing and listing users; each change acts at once on whoever is signed in.

May the caller do this? is asked before, by resolvers; on the command line it is the operator.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from gyre.auth.passwords import Passwords, require_good
from gyre.auth.sessions import account_name
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AlreadyExists, Conflict, Invalid, NoSuchUser, NotSignedIn
from gyre.terms.people import Principal, Role
from models.asking import asking_the_database
from models.people import Session, User

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


class Users:
    """All users of this Gyre."""

    def __init__(self, *, passwords: Passwords, version: PeopleVersion, clock: Clock) -> None:
        self._passwords = passwords
        self._version = version
        self._clock = clock

    async def all(self) -> list[Person]:
        """Everyone, by name."""
        with asking_the_database():
            return [_person(user) for user in await User.all().order_by("username")]

    async def password_is(self, username: str, password: str) -> bool:
        """Whether this is the user's present password."""
        with asking_the_database():
            user = await User.get_or_none(username=account_name(username))
        return await self._passwords.verify(password, user.password_hash if user else None)

    async def add(
        self, username: str, password: str, *, role: Role = Role.VIEWER, must_change_password: bool = False
    ) -> Person:
        """A new user, or Invalid, or AlreadyExists."""
        name = account_name(username)
        if not _USERNAME.fullmatch(name):
            raise Invalid(
                "a user name is 1 to 64 letters, digits and . _ @ + - and begins and ends with a letter or digit",
                details={"field": "username"},
            )
        require_good(password, username=name)
        hashed = await self._passwords.hash(password)
        now = self._clock.now()
        try:
            with asking_the_database():
                user = await User.create(
                    id=uuid4(),
                    username=name,
                    role=role,
                    password_hash=hashed,
                    must_change_password=must_change_password,
                    created_at=now,
                    changed_at=now,
                )
        except IntegrityError as taken:
            raise AlreadyExists(f"there is a user {name} already", details={"field": "username"}) from taken
        return _person(user)

    async def set_password(self, username: str, password: str, *, must_change_password: bool = False) -> Person:
        """Give a user another password and end all their sessions."""
        name = account_name(username)
        require_good(password, username=name)
        hashed = await self._passwords.hash(password)
        with asking_the_database():
            async with in_transaction() as transaction:
                user = await _locked(name, transaction)
                user.password_hash = hashed
                user.must_change_password = must_change_password
                await self._save(user, "password_hash", "must_change_password", transaction=transaction)
                await self._end_sessions(user, "password changed", transaction)
        await self._version.raise_it()
        return _person(user)

    async def change_own_password(self, principal: Principal, old: str, new: str) -> None:
        """Change one's own password, knowing the old one; one's other sessions end."""
        with asking_the_database():
            user = await User.get_or_none(id=principal.user_id)
        if user is None or not await self._passwords.verify(old, user.password_hash):
            raise NotSignedIn("the present password is wrong")
        if old == new:
            raise Invalid("the new password is the present one", details={"field": "password"})
        require_good(new, username=user.username)
        hashed = await self._passwords.hash(new)
        with asking_the_database():
            async with in_transaction() as transaction:
                # Whoever changed it in between (an administrator, for a reason) is not overruled.
                unchanged = User.filter(id=user.id, password_hash=user.password_hash).using_db(transaction)
                changes = {"password_hash": hashed, "must_change_password": False, "changed_at": self._clock.now()}
                if not await unchanged.update(**changes):
                    raise NotSignedIn("the present password is wrong")
                await self._end_sessions(user, "password changed", transaction, but=principal.session_id)
        await self._version.raise_it()

    async def set_role(self, username: str, role: Role) -> Person:
        """Give a user another role; Conflict when no administrator would be left."""
        with asking_the_database():
            async with in_transaction() as transaction:
                user = await _locked(account_name(username), transaction)
                was_admin = user.active and user.role is Role.ADMIN
                user.role = role
                await self._save(user, "role", transaction=transaction)
                if was_admin:
                    await _require_an_admin(transaction)
        await self._version.raise_it()
        return _person(user)

    async def set_active(self, username: str, *, active: bool) -> Person:
        """Let a user in, or disable them and end their sessions; Conflict when no administrator would be left."""
        with asking_the_database():
            async with in_transaction() as transaction:
                user = await _locked(account_name(username), transaction)
                was_admin = user.active and user.role is Role.ADMIN
                user.active = active
                await self._save(user, "active", transaction=transaction)
                if not active:
                    await self._end_sessions(user, "disabled", transaction)
                if was_admin:
                    await _require_an_admin(transaction)
        await self._version.raise_it()
        return _person(user)

    async def _save(self, user: User, *changed: str, transaction: BaseDBAsyncClient) -> None:
        user.changed_at = self._clock.now()
        await user.save(using_db=transaction, update_fields=[*changed, "changed_at"])

    async def _end_sessions(
        self, user: User, because: str, transaction: BaseDBAsyncClient, *, but: str | None = None
    ) -> None:
        sessions = Session.filter(user_id=user.id, ended_at=None).using_db(transaction)
        if but:
            sessions = sessions.exclude(id=UUID(but))
        await sessions.update(ended_at=self._clock.now(), ended_because=because)


async def _locked(name: str, transaction: BaseDBAsyncClient) -> User:
    """The user. All administrators are locked with it, so that two of them cannot remove each other at once."""
    admins = User.filter(role=Role.ADMIN, active=True).using_db(transaction).order_by("id")
    await admins.select_for_update()
    user = await User.filter(username=name).using_db(transaction).first()
    if user is None:
        raise NoSuchUser(f"there is no user {name}")
    return user


async def _require_an_admin(transaction: BaseDBAsyncClient) -> None:
    if not await User.filter(role=Role.ADMIN, active=True).using_db(transaction).exists():
        raise Conflict("this is the last active administrator; make another one first")


def _person(user: User) -> Person:
    return Person(
        id=str(user.id),
        username=user.username,
        role=user.role,
        active=user.active,
        must_change_password=user.must_change_password,
        created_at=user.created_at,
        signed_in_at=user.signed_in_at,
    )
