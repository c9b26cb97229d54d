"""Sessions: signing in and out, and whose request it is.

A session is a signed token in a cookie and a row that can end it. What its owner may do is gyre.access's; which
changes of a user end it is gyre.people's.
"""

import unicodedata
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from gyre.audit import Deed, noted, refused
from gyre.auth.believed import remember
from gyre.auth.failures import FailuresInMemory
from gyre.auth.given import NOTHING, given_to, principal_from
from gyre.auth.held import HeldSessions
from gyre.auth.passwords import Passwords
from gyre.auth.throttle import Throttle
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AccountDisabled, GyreError, NotSignedIn, TooOften, Unavailable
from gyre.events.tasks import owned_tasks
from gyre.settings import Settings
from gyre.terms.guessing import Failures
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts
from gyre.vault import Undecipherable, Untrusted, Vault
from models.asking import asking_the_database, storable
from models.people import Session, User

AUDIENCE = "session"
WRONG = "the user name or the password is wrong"
MOST_SESSIONS = 100
"""Open sessions of one user; a script that signs in for each call ends its own oldest."""
KEPT_AFTER_END = timedelta(days=30)
CLEAN_EVERY_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session: `cookie` is the value to keep it by."""

    principal: Principal
    cookie: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Who vouched for the user when a session began: a provider, with the token that ends the session there too."""

    provider: str = ""
    id_token: str | None = field(default=None, repr=False)
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as its owner sees it in a list. `seen_at` is right to some minutes."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str


class Sessions:
    """All of one process's knowledge of who is signed in; made by `open_sessions`."""

    def __init__(
        self,
        settings: Settings,
        *,
        vault: Vault,
        passwords: Passwords,
        version: PeopleVersion,
        clock: Clock,
        failures: Failures | None = None,
    ) -> None:
        self._life = timedelta(hours=settings.session_max_hours)
        self._vault = vault
        self._passwords = passwords
        self._version = version
        self._clock = clock
        self._throttle = Throttle(failures or FailuresInMemory(clock))
        self._idle = timedelta(hours=settings.session_idle_hours)
        self._held = HeldSessions(version, clock, idle=self._idle)
        self._verified: OrderedDict[str, UUID] = OrderedDict()

    @property
    def database_silent_seconds(self) -> float:
        """How long ago the database last answered when it was asked whether anything changed."""
        return self._clock.monotonic() - self._version.looked_at

    async def sign_in(self, username: str, password: str, facts: RequestFacts) -> SignedIn:
        """A session for who gives the right password; else NotSignedIn, the same for whatever is wrong, or TooOften."""
        name = account_name(username)
        with asking_the_database():
            user = await User.get_or_none(username=name)
        try:
            await self._throttle.begin(name, facts, known_here=await self._known_here(name, facts.address))
        except TooOften as slow:
            await self._refuse(name, facts, slow.message, slow)
            raise
        right = await self._passwords.verify(password, user.password_hash if user else None)
        if user is None or not right or not user.active:
            reason = "no such user" if user is None else "wrong password" if not right else "the user is disabled"
            wrong = NotSignedIn(WRONG)
            await self._refuse(name, facts, reason, wrong)
            raise wrong
        await self._throttle.succeeded(name, facts)
        return await self._open(user, await self._kept(user, password), facts, Begun())

    async def begin(self, user_id: str, facts: RequestFacts, *, begun: Begun) -> SignedIn:
        """A session for a user whom somebody else vouches for. Raises AccountDisabled."""
        with asking_the_database():
            user = await User.get_or_none(id=UUID(user_id), active=True)
        if user is None:
            raise AccountDisabled("your account here is disabled; ask an administrator")
        return await self._open(user, user.password_hash, facts, begun)

    async def begun_by(self, principal: Principal) -> Begun:
        """How a session began."""
        with asking_the_database():
            row = await Session.get_or_none(id=principal.session_id) if principal.session_id else None
        if row is None:
            return Begun()
        try:
            token = (
                self._vault.decrypt(row.id_token, bound_to=place_of_id_token(row.id)).decode() if row.id_token else None
            )
        except Undecipherable:
            token = None
        return Begun(provider=row.provider or "", id_token=token)

    async def principal_of(self, cookie: str | None) -> Principal | None:
        """Whose request it is that carries this cookie, or None."""
        session_id = self._session_id(cookie) if cookie else None
        return None if session_id is None else await self._held.principal(session_id, in_use=True)

    async def sign_out(self, principal: Principal, facts: RequestFacts) -> None:
        """End this session, everywhere, at once."""
        await self.end([principal.session_id], "signed out")
        await noted(Deed(action="sign-out", who=principal, facts=facts), clock=self._clock)

    @asynccontextmanager
    async def guessing(self, principal: Principal, facts: RequestFacts) -> AsyncIterator[None]:
        """Around a check of one's own password: what fails inside slows further guesses, as at signing in."""
        await self._throttle.begin(principal.username, facts, known_here=True)
        yield
        await self._throttle.succeeded(principal.username, facts)

    async def open_of(self, user_id: str) -> list[OpenSession]:
        """The open sessions of a user, the one used last first."""
        now = self._clock.now()
        with asking_the_database():
            rows = Session.filter(user_id=user_id, ended_at=None, expires_at__gt=now, seen_at__gt=now - self._idle)
            return [_opened(row) for row in await rows.order_by("-seen_at", "-created_at").limit(MOST_SESSIONS)]

    async def end(self, ids: Collection[str], because: str) -> None:
        """End these sessions, everywhere, at once."""
        async with self._version.changing() as transaction:
            rows = Session.filter(id__in=[UUID(each) for each in ids], ended_at=None).using_db(transaction)
            await rows.update(ended_at=self._clock.now(), ended_because=storable(because, 64))

    async def owner_of(self, session_id: str) -> str | None:
        """Whose open session this is, None when there is no such."""
        try:
            number = UUID(session_id)
        except ValueError:
            return None
        with asking_the_database():
            row = await Session.get_or_none(id=number, ended_at=None)
        return str(row.user_id) if row else None

    async def next_of(self, principal: Principal) -> Principal | None:
        """Wait until this principal is not what it was: its successor with other rights, or None when it is over.

        For whoever keeps a socket open: act, and wait again with what was returned.
        """
        session_id = UUID(principal.session_id)
        while True:
            generation = self._version.generation
            current = await self._held.principal(session_id, in_use=False)
            if current != principal:
                return current
            await self._version.changed_since(generation, within_seconds=self._held.seconds_left(session_id))

    async def clean(self) -> None:
        """Forget the rows of sessions that are long over."""
        with asking_the_database():
            await Session.filter(expires_at__lt=self._clock.now() - KEPT_AFTER_END).delete()

    async def _kept(self, user: User, password: str) -> str:
        """The hash to keep of a password that was right: a new one when today's parameters are stronger."""
        hashed = user.password_hash or ""
        return await self._passwords.hash(password) if self._passwords.outgrown(hashed) else hashed

    async def _open(self, user: User, kept: str | None, facts: RequestFacts, begun: Begun) -> SignedIn:
        now, number = self._clock.now(), uuid4()
        token = begun.id_token.encode() if begun.id_token else None
        session = Session(
            id=number,
            user=user,
            created_at=now,
            expires_at=now + self._life,
            seen_at=now,
            address=storable(facts.address, 64),
            user_agent=storable(facts.user_agent, 255),
            provider=begun.provider or None,
            id_token=self._vault.encrypt(token, bound_to=place_of_id_token(number)) if token else None,
        )
        with asking_the_database():
            async with in_transaction() as transaction:
                # The password may have been changed, or the user disabled, while this one was checked.
                same = User.filter(id=user.id, password_hash=user.password_hash, active=True).using_db(transaction)
                if not await same.update(signed_in_at=now, password_hash=kept):
                    raise NotSignedIn(WRONG)
                await session.save(using_db=transaction, force_create=True)
                too_many = await _end_oldest(user, transaction, now)
            given = await given_to([user.id])
        if too_many:
            await self._version.raise_it()
        principal = principal_from(user, given.get(user.id, NOTHING), session.id)
        deed = Deed(action="sign-in", who=principal, facts=facts, details=begun.details)
        await noted(deed, clock=self._clock)
        claims = {"sid": str(session.id), "sub": str(user.id)}
        cookie = self._vault.sign(claims, audience=AUDIENCE, issued=now, expires=session.expires_at)
        return SignedIn(principal=principal, cookie=cookie, seconds=int(self._life.total_seconds()))

    async def _refuse(self, name: str, facts: RequestFacts, reason: str, told: GyreError) -> None:
        deed = Deed(action="sign-in", who=None, claimed=name, facts=facts)
        await refused(deed, clock=self._clock, reason=reason, told=told)

    @staticmethod
    async def _known_here(name: str, address: str) -> bool:
        """Whether this name signed in from here before: asked in one way, whether there is such a user or not."""
        with asking_the_database():
            return bool(address) and await Session.filter(user__username=name, address=address).exists()

    def _session_id(self, cookie: str) -> UUID | None:
        """Which session a cookie names. A signature that was checked is not checked again: the row decides its end."""
        known = self._verified.get(cookie)
        if known is not None:
            return known
        try:
            claims = self._vault.verify(cookie, audience=AUDIENCE, now=self._clock.now())
            session_id = UUID(claims["sid"])
        except (Untrusted, KeyError, ValueError, TypeError, AttributeError):
            return None
        remember(self._verified, cookie, session_id)
        return session_id


@asynccontextmanager
async def open_sessions(
    settings: Settings,
    *,
    vault: Vault,
    passwords: Passwords,
    version: PeopleVersion,
    clock: Clock,
    failures: Failures | None = None,
) -> AsyncIterator[Sessions]:
    """Sessions that learn, while open, what other processes end or change. Failures count in memory if nowhere else."""
    sessions = Sessions(settings, vault=vault, passwords=passwords, version=version, clock=clock, failures=failures)
    await version.look()
    async with owned_tasks() as tasks:
        tasks.start(version.keep_looking(), name="look for changed people")
        tasks.start(version.keep_hearing(), name="hear of changed people")
        tasks.start(keep_clean(sessions.clean, clock), name="forget old sessions")
        yield sessions


def account_name(username: str) -> str:
    """A user name as it is kept: names that differ in case alone are one."""
    return storable(unicodedata.normalize("NFKC", username).strip().casefold(), 64)


def place_of_id_token(session_id: UUID) -> str:
    """Where an ID token is kept: sealed, it opens there only."""
    return f"sessions.id_token {session_id}"


def _opened(row: Session) -> OpenSession:
    return OpenSession(
        id=str(row.id),
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        address=row.address,
        user_agent=row.user_agent,
    )


async def _end_oldest(user: User, transaction: BaseDBAsyncClient, now: datetime) -> bool:
    """Keep a user from piling up sessions; True when some were ended."""
    open_ones = Session.filter(user_id=user.id, ended_at=None).using_db(transaction).order_by("-seen_at", "-created_at")
    beyond = await open_ones.offset(MOST_SESSIONS).limit(MOST_SESSIONS).values_list("id", flat=True)
    if beyond:
        ending = Session.filter(id__in=list(beyond)).using_db(transaction)
        await ending.update(ended_at=now, ended_because="too many sessions")
    return bool(beyond)


async def keep_clean(clean: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Forget what is long over, every hour."""
    while True:
        with suppress(Unavailable):  # said by whoever looks for changes; the next round comes
            await clean()
        await clock.sleep(CLEAN_EVERY_SECONDS)
