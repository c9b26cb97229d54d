"""A database with people in it, and what signs them in, for the tests of several rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher

from gyre.auth import Passwords, PeopleVersion, Sessions, open_sessions
from gyre.clock import Clock
from gyre.events.bus import Bus
from gyre.people import Users
from gyre.settings import Settings
from gyre.terms.people import Principal, Role
from gyre.terms.requests import RequestFacts
from gyre.vault import Vault, open_vault
from models.auditing import AuditEntry
from models.connecting import open_database
from models.migrating import migrate

PASSWORD = "a long winter's tale"
HERE = RequestFacts(request_id="r-1", address="192.0.2.7", user_agent="Test/1")
WEAK_HASHES = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Cheap, so that tests of everything else do not wait for argon2id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One process's rooms about people."""

    settings: Settings
    users: Users
    sessions: Sessions
    vault: Vault
    passwords: Passwords
    version: PeopleVersion

    async def signed_in(self, username: str, role: Role = Role.VIEWER) -> tuple[Principal, str]:
        """Make the user when there is none, and sign in: the principal and the cookie."""
        if username not in [person.username for person in await self.users.all()]:
            await self.users.add(username, PASSWORD, role=role)
        done = await self.sessions.sign_in(username, PASSWORD, HERE)
        return done.principal, done.cookie


@asynccontextmanager
async def people_on(settings: Settings, clock: Clock) -> AsyncIterator[People]:
    """An empty, migrated database, opened as one process would."""
    async with open_database(settings) as connection:
        await migrate(connection)
        async with people_in_process(settings, clock) as people:
            yield people


@asynccontextmanager
async def people_in_process(settings: Settings, clock: Clock, bus: Bus | None = None) -> AsyncIterator[People]:
    """What another process on the same, open database has."""
    vault = open_vault(settings)
    passwords, version = Passwords(WEAK_HASHES), PeopleVersion(clock, bus)
    users = Users(passwords=passwords, version=version, clock=clock)
    async with open_sessions(settings, vault=vault, passwords=passwords, version=version, clock=clock) as sessions:
        yield People(
            settings=settings, users=users, sessions=sessions, vault=vault, passwords=passwords, version=version
        )


async def audited() -> list[tuple[str, str, str, str]]:
    """All audit entries, oldest first: phase, action, who, reason."""
    entries = await AuditEntry.all().order_by("id")
    return [(entry.phase.value, entry.action, entry.username, entry.reason) for entry in entries]
