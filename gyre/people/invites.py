"""Invitations: a link, told once, by which somebody sets their own password and is let in.

Who may invite is asked by resolvers; the session that follows is gyre.auth's.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.auth.passwords import Passwords, require_good
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import Conflict, NoSuchInvite
from gyre.people.profiles import Profile
from gyre.people.rows import user_row
from gyre.people.users import Person, Users, end_sessions
from gyre.people.words import id_in
from gyre.terms.people import Role
from models.asking import asking_the_database
from models.identities import Invite
from models.people import User

VALID_FOR: Final = timedelta(days=3)
TOKEN_BYTES: Final = 32
LONGEST_TOKEN: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who was invited, and the token of the link: nothing else keeps it."""

    person: Person
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What whoever holds a link is told of it."""

    username: str
    expires_at: datetime


class Invites:
    """The invitations that are open. One user has one at most; a new one takes the old one's place."""

    def __init__(self, users: Users, *, passwords: Passwords, version: PeopleVersion, clock: Clock) -> None:
        self._users = users
        self._passwords = passwords
        self._version = version
        self._clock = clock

    async def invite(self, username: str, *, role: Role, profile: Profile) -> Invited:
        """A new user without a password, and the link to set one."""
        async with self._version.changing() as transaction:
            user = await self._users.make(username, role=role, profile=profile, transaction=transaction)
            token, expires_at = await self._opened(user, transaction)
        return Invited(person=await self._users.one(str(user.id)), token=token, expires_at=expires_at)

    async def renew(self, user_id: str) -> Invited:
        """Another link for a user, also one with a password that they forgot: it holds until a new one is set."""
        person = await self._users.one(user_id)
        async with self._version.changing() as transaction:
            user = await user_row(user_id, transaction)
            if not user.active:
                raise Conflict("the user is disabled; let them in again first")
            token, expires_at = await self._opened(user, transaction)
        return Invited(person=person, token=token, expires_at=expires_at)

    async def withdraw(self, user_id: str) -> Person:
        """Let a user's link hold no more. NoSuchInvite when none is open."""
        person = await self._users.one(user_id)
        async with self._version.changing() as transaction:
            if not await Invite.filter(user_id=id_in(person.id)).using_db(transaction).delete():
                raise NoSuchInvite(f"no invitation of {person.username} is open")
        return person

    async def open(self, token: str) -> Invitation:
        """What a link is for; NoSuchInvite for one that is used, over or none."""
        invite = await self._the(token)
        return Invitation(username=invite.user.username, expires_at=invite.expires_at)

    async def accept(self, token: str, password: str) -> str:
        """Set the password, once: the user's id. Their sessions end, should they have any."""
        invite = await self._the(token)
        require_good(password, username=invite.user.username)
        hashed, now = await self._passwords.hash(password), self._clock.now()
        async with self._version.changing() as transaction:
            same = Invite.filter(user_id=invite.user_id, token_hash=_hash(token), expires_at__gt=now)
            user = User.filter(id=invite.user_id, active=True).using_db(transaction)
            if not await same.using_db(transaction).delete() or not await user.exists():
                raise _none()
            await user.update(password_hash=hashed, must_change_password=False, changed_at=now)
            await end_sessions(invite.user_id, "password changed", transaction, at=now)
        return str(invite.user_id)

    async def _opened(self, user: User, transaction: BaseDBAsyncClient) -> tuple[str, datetime]:
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()
        await Invite.filter(user_id=user.id).using_db(transaction).delete()
        invite = Invite(user=user, token_hash=_hash(token), created_at=now, expires_at=now + VALID_FOR)
        await invite.save(using_db=transaction, force_create=True)
        return token, invite.expires_at

    async def _the(self, token: str) -> Invite:
        with asking_the_database():
            rows = Invite.filter(token_hash=_hash(token), expires_at__gt=self._clock.now(), user__active=True)
            invite = await rows.select_related("user").first() if len(token) <= LONGEST_TOKEN else None
        if invite is None:
            raise _none()
        return invite


def _hash(token: str) -> str:
    """A token holds 256 random bits: one round of SHA-256 is enough to keep it by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _none() -> NoSuchInvite:
    return NoSuchInvite("this invitation was used, has expired, or is none; ask for another one")
