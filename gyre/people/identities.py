"""Which user somebody is whom an OpenID provider vouches for, and what its claims make of them at each sign-in.

Whether the provider is to be believed was asked before, by gyre.auth.oidc. Names and e-mail addresses never tell who
it is: only issuer and subject do.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.auth.given import AT_ONCE
from gyre.auth.oidc import Arrival
from gyre.auth.sessions import account_name
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AccountDisabled, AlreadyExists, Conflict, Invalid, NoAccount, NoSuchUser
from gyre.identity_providers import IdentityProvider
from gyre.people.profiles import Profile, is_email
from gyre.people.rows import user_row
from gyre.people.users import Users, is_username, leads
from gyre.people.words import id_in
from gyre.terms.people import Role
from models.asking import asking_the_database
from models.identities import ClaimedGroup, Identity
from models.people import User

MOST_IDENTITIES: Final = 10
"""Of one user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcomed:
    """The user who came, and what this sign-in changed about them, for the audit."""

    user_id: str
    changed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """An identity at a provider that is a user's."""

    user_id: str
    username: str
    issuer: str
    subject: str


class Identities:
    """All identities of this Gyre's users."""

    def __init__(self, users: Users, *, version: PeopleVersion, clock: Clock) -> None:
        self._users = users
        self._version = version
        self._clock = clock

    async def welcome(self, who: Arrival) -> Welcomed:
        """The user who came, made when that is allowed; role and groups are as the claims say now.

        Raises NoAccount or AccountDisabled.
        """
        with asking_the_database():
            identity = await Identity.get_or_none(issuer=who.issuer, subject=who.subject).select_related("user")
            if identity is not None:
                user = _active(identity.user)
                if not await _differences(identity, who):
                    await Identity.filter(id=identity.id).update(signed_in_at=self._clock.now())
                    return Welcomed(user_id=str(user.id))
        async with self._version.changing() as transaction:
            rows = Identity.filter(issuer=who.issuer, subject=who.subject).using_db(transaction)
            identity = await rows.select_related("user").first()
            made = {} if identity is not None else {"made": account_name(who.username)}
            if identity is None:
                identity = await self._made(who, transaction)
            changed = await self._brought_up_to_date(identity, who, transaction)
        return Welcomed(user_id=str(identity.user_id), changed={**made, **changed})

    async def link(self, user_id: str, issuer: str, subject: str) -> Linked:
        """Let a user sign in as this subject of a provider, from now on."""
        if not 0 < len(subject) <= 255 or not subject.isprintable():  # noqa: PLR2004  # OpenID Connect's own bound
            where = {"field": "subject", "path": ["subject"]}
            raise Invalid("a subject is what the provider calls the user: 1 to 255 characters", details=where)
        async with self._version.changing() as transaction:
            user = await user_row(user_id, transaction)
            if await Identity.filter(issuer=issuer, subject=subject).using_db(transaction).exists():
                raise AlreadyExists("somebody signs in as this subject already", details={"path": ["subject"]})
            if await Identity.filter(user_id=user.id).using_db(transaction).count() >= MOST_IDENTITIES:
                raise Conflict(f"a user has at most {MOST_IDENTITIES} identities")
            await self._kept(user, issuer, subject, transaction)
        return _linked(user, issuer, subject)

    async def of(self, user_id: str) -> list[Linked]:
        """The identities of a user."""
        with asking_the_database():
            rows = await Identity.filter(user_id=id_in(user_id)).select_related("user").order_by("created_at", "id")
        return [_linked(row.user, row.issuer, row.subject) for row in rows]

    async def unlink(self, user_id: str, issuer: str, subject: str) -> Linked:
        """Let nobody sign in as this subject as this user any more. Sessions that are open stay so."""
        async with self._version.changing() as transaction:
            rows = Identity.filter(user_id=id_in(user_id), issuer=issuer, subject=subject).using_db(transaction)
            identity = await rows.select_related("user").first()
            if identity is None:
                raise NoSuchUser(f"no user {user_id[:64]!r} signs in as this subject", details={"path": ["subject"]})
            await identity.delete(using_db=transaction)
        return _linked(identity.user, issuer, subject)

    async def forget_others(self, configured: Collection[IdentityProvider]) -> None:
        """Providers that are not configured any more put nobody in a group."""
        issuers = [provider.issuer for provider in configured]
        with asking_the_database():
            gone = await ClaimedGroup.exclude(identity__issuer__in=issuers).exists()
        if gone:
            async with self._version.changing() as transaction:
                others = Identity.exclude(issuer__in=issuers).using_db(transaction)
                ids = list(await others.values_list("id", flat=True))
                for start in range(0, len(ids), AT_ONCE):
                    theirs = ClaimedGroup.filter(identity_id__in=ids[start : start + AT_ONCE])
                    await theirs.using_db(transaction).delete()

    async def _made(self, who: Arrival, transaction: BaseDBAsyncClient) -> Identity:
        ask = f"ask an administrator of Gyre, and name your subject at {who.provider}: {who.subject}"
        if not who.creates_user:
            raise NoAccount(f"there is no user here for you yet; {ask}")
        name = account_name(who.username)
        if not is_username(name):
            raise NoAccount(f"the provider gives you no name that can be a user name here; {ask}")
        if await User.filter(username=name).using_db(transaction).exists():
            raise NoAccount(f"there is another user {name} here already; {ask}")
        profile = Profile(display_name=who.display_name, email=who.email if is_email(who.email) else "")
        try:
            user = await self._users.make(name, role=who.first_role, profile=profile, transaction=transaction)
        except Conflict as full:
            raise NoAccount(full.message) from full
        return await self._kept(user, who.issuer, who.subject, transaction)

    async def _kept(self, user: User, issuer: str, subject: str, transaction: BaseDBAsyncClient) -> Identity:
        identity = Identity(id=uuid4(), user=user, issuer=issuer, subject=subject, created_at=self._clock.now())
        await identity.save(using_db=transaction, force_create=True)
        return identity

    async def _brought_up_to_date(
        self, identity: Identity, who: Arrival, transaction: BaseDBAsyncClient
    ) -> dict[str, object]:
        user, now = _active(identity.user), self._clock.now()
        changed = await _differences(identity, who, transaction)
        if "groups" in changed:
            await ClaimedGroup.filter(identity_id=identity.id).using_db(transaction).delete()
            for name in who.groups:
                await ClaimedGroup.create(using_db=transaction, id=uuid4(), identity_id=identity.id, name=name)
        if "role" in changed and who.role is not None:
            user.role, user.changed_at = who.role, now
            await user.save(using_db=transaction, update_fields=["role", "changed_at"])
        identity.signed_in_at = now
        await identity.save(using_db=transaction, update_fields=["signed_in_at"])
        return changed


def _linked(user: User, issuer: str, subject: str) -> Linked:
    return Linked(user_id=str(user.id), username=user.username, issuer=issuer, subject=subject)


async def _differences(
    identity: Identity, who: Arrival, transaction: BaseDBAsyncClient | None = None
) -> dict[str, object]:
    """What the claims say now and did not before."""
    found: dict[str, object] = {}
    claimed = ClaimedGroup.filter(identity_id=identity.id).using_db(transaction)
    if {each.name for each in await claimed} != set(who.groups):
        found["groups"] = list(who.groups)
    if (
        who.role is not None
        and identity.user.role is not who.role
        and not await _last_admin(identity.user, transaction)
    ):
        found["role"] = who.role.value
    return found


async def _last_admin(user: User, transaction: BaseDBAsyncClient | None) -> bool:
    """Whether Gyre would be without an administrator if this user were none: then claims do not make them less."""
    others = User.filter(role=Role.ADMIN, active=True).exclude(id=user.id).using_db(transaction)
    return leads(user) and not await others.exists()


def _active(user: User) -> User:
    if not user.active:
        raise AccountDisabled("your account here is disabled; ask an administrator")
    return user
