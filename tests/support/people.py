"""A database with people in it, and what signs them in, for the tests of several rooms."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher

from gyre.auth import Callers, Passwords, PeopleVersion, Sessions, open_callers, open_sessions
from gyre.auth.failures import FailuresInMemory
from gyre.clock import Clock
from gyre.events.bus import Bus
from gyre.limits import Limits, open_limits
from gyre.people import Directory, Users, directory
from gyre.people.bindings import BindingDraft
from gyre.people.policies import PolicyDraft, RuleDraft
from gyre.people.tokens import NewToken, ScopeDraft, TokenDraft
from gyre.settings import Settings
from gyre.terms.people import Principal, Role
from gyre.terms.requests import RequestFacts
from gyre.vault import Vault, open_vault
from models.auditing import AuditEntry
from models.connecting import open_database
from models.migrating import migrate

PASSWORD = "a long winter's tale"
HERE = RequestFacts(request_id="r-1", address="192.0.2.7", user_agent="Test/1")
VIEW_SHOP = PolicyDraft(
    name="shop-view",
    rules=(RuleDraft(resources=("kustomizations",), namespaces=("shop",), actions=("view",)),),
)
UNLIMITED: Mapping[str, Any] = {"rate_limit_user": 0, "rate_limit_anonymous": 0, "rate_limit_graphql": 0}
"""Settings for tests that ask more in a minute than people do."""
WEAK_HASHES = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Cheap, so that tests of everything else do not wait for argon2id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One process's rooms about people."""

    settings: Settings
    directory: Directory
    sessions: Sessions
    callers: Callers
    limits: Limits
    vault: Vault
    passwords: Passwords
    version: PeopleVersion

    @property
    def users(self) -> Users:
        return self.directory.users

    async def give(
        self, username: str, *rules: RuleDraft, name: str = "", cluster: str = "*", clusters: tuple[str, ...] = ()
    ) -> str:
        """Give a user a policy of these rules: the binding's id."""
        (person,) = [each for each in await self.users.all() if each.username == username]
        policy = await self.directory.policies.create(PolicyDraft(name=name or f"of {username}", rules=rules))
        draft = BindingDraft(policy_id=policy.id, user_id=person.id, cluster=cluster)
        return (await self.directory.bindings.create(draft, clusters=clusters or (cluster,))).id

    async def token(self, username: str, *scope: ScopeDraft, name: str = "robot", days: int = 90) -> NewToken:
        """Make a token for a user who is there, narrowed to these rules if there are any."""
        (person,) = [each for each in await self.users.all() if each.username == username]
        draft = TokenDraft(name=name, days=days, scope=scope or None)
        return await self.directory.tokens.create(person.id, draft, clusters=None)

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
    people = directory(passwords=passwords, version=version, clock=clock)
    async with (
        open_limits(settings, clock) as limits,
        open_sessions(
            settings,
            vault=vault,
            passwords=passwords,
            version=version,
            clock=clock,
            failures=limits.failures(FailuresInMemory(clock)),
        ) as sessions,
        open_callers(sessions, version, clock) as callers,
    ):
        yield People(
            settings=settings,
            directory=people,
            sessions=sessions,
            callers=callers,
            limits=limits,
            vault=vault,
            passwords=passwords,
            version=version,
        )


def rule(resources: str, namespaces: str, actions: str) -> RuleDraft:
    """A rule whose names are parted by spaces."""
    return RuleDraft(
        resources=tuple(resources.split()), namespaces=tuple(namespaces.split()), actions=tuple(actions.split())
    )


def scope(resources: str, namespaces: str, actions: str, clusters: str = "*") -> ScopeDraft:
    """A rule of a token's scope whose names are parted by spaces."""
    return ScopeDraft(
        resources=tuple(resources.split()),
        namespaces=tuple(namespaces.split()),
        actions=tuple(actions.split()),
        clusters=tuple(clusters.split()),
    )


async def audited() -> list[tuple[str, str, str, str]]:
    """All audit entries, oldest first: phase, action, who, reason."""
    entries = await AuditEntry.all().order_by("id")
    return [(entry.phase.value, entry.action, entry.username, entry.reason) for entry in entries]
