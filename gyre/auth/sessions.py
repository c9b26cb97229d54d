"""Sessions: signing in and out, and whose request it is.

A session is a signed token in a cookie and a row that can end it. What its owner may do is gyre.access's; which
changes of a user end it is gyre.people's.
"""

import asyncio
import unicodedata
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from gyre.audit import Deed, noted, refused
from gyre.auth.passwords import Passwords
from gyre.auth.throttle import Throttle
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import NotSignedIn, TooOften, Unavailable
from gyre.events.tasks import owned_tasks
from gyre.settings import Settings
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts
from gyre.vault import Untrusted, Vault
from models.asking import asking_the_database, storable
from models.people import Session, User

K = TypeVar("K")
V = TypeVar("V")

AUDIENCE = "session"
REMEMBERED = 10_000
"""Sessions held in memory; the longest unused are read from the database again."""
TRUSTED_SECONDS = 60.0
"""What is held in memory is believed for so long when the database cannot be asked whether it still holds."""
SEEN_EVERY = timedelta(minutes=5)
"""`seen_at` is written at most so often: a request must not cost a write."""
KEPT_AFTER_END = timedelta(days=30)
CLEAN_EVERY_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session: `cookie` is the value to keep it by."""

    principal: Principal
    cookie: str
    seconds: int


@dataclass(slots=True)
class _Held:
    principal: Principal
    expires_at: datetime
    seen_at: datetime
    written_at: datetime


class Sessions:
    """All of one process's knowledge of who is signed in; made by `open_sessions`."""

    def __init__(
        self, settings: Settings, *, vault: Vault, passwords: Passwords, version: PeopleVersion, clock: Clock
    ) -> None:
        self._idle = timedelta(hours=settings.session_idle_hours)
        self._life = timedelta(hours=settings.session_max_hours)
        self._vault = vault
        self._passwords = passwords
        self._version = version
        self._clock = clock
        self._throttle = Throttle(clock)
        self._held: OrderedDict[UUID, _Held] = OrderedDict()
        self._verified: OrderedDict[str, UUID] = OrderedDict()
        self._generation = version.generation

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
            self._throttle.begin(name, facts.address, known_here=await self._known_here(name, facts.address))
        except TooOften as slow:
            await self._refuse(name, facts, slow.message)
            raise
        right = await self._passwords.verify(password, user.password_hash if user else None)
        if user is None or not right or not user.active:
            reason = "no such user" if user is None else "wrong password" if not right else "the user is disabled"
            await self._refuse(name, facts, reason)
            raise NotSignedIn("the user name or the password is wrong")
        self._throttle.succeeded(name, facts.address)
        return await self._open(user, password, facts)

    async def principal_of(self, cookie: str | None) -> Principal | None:
        """Whose request it is that carries this cookie, or None."""
        session_id = self._session_id(cookie) if cookie else None
        return None if session_id is None else await self._principal(session_id)

    async def sign_out(self, principal: Principal, facts: RequestFacts) -> None:
        """End this session, everywhere, at once."""
        with asking_the_database():
            await Session.filter(id=principal.session_id, ended_at=None).update(
                ended_at=self._clock.now(), ended_because="signed out"
            )
        await self._version.raise_it()
        await noted(Deed(action="sign-out", who=principal, facts=facts), clock=self._clock)

    async def next_of(self, principal: Principal) -> Principal | None:
        """Wait until this principal is not what it was: its successor with other rights, or None when it is over.

        For whoever keeps a socket open: act, and wait again with what was returned.
        """
        session_id = UUID(principal.session_id)
        while True:
            generation = self._version.generation
            current = await self._principal(session_id, active=False)
            if current != principal:
                return current
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_left(session_id)):
                    await self._version.changed_since(generation)

    async def clean(self) -> None:
        """Forget the rows of sessions that are long over."""
        with asking_the_database():
            await Session.filter(expires_at__lt=self._clock.now() - KEPT_AFTER_END).delete()

    async def _open(self, user: User, password: str, facts: RequestFacts) -> SignedIn:
        now = self._clock.now()
        user.signed_in_at = now
        if user.password_hash and self._passwords.outgrown(user.password_hash):
            user.password_hash = await self._passwords.hash(password)
        session = Session(
            id=uuid4(),
            user=user,
            created_at=now,
            expires_at=now + self._life,
            seen_at=now,
            address=storable(facts.address, 64),
            user_agent=storable(facts.user_agent, 255),
        )
        with asking_the_database():
            await user.save(update_fields=["signed_in_at", "password_hash"])
            await session.save(force_create=True)
        principal = principal_from(user, session_id=str(session.id))
        await noted(Deed(action="sign-in", who=principal, facts=facts), clock=self._clock)
        claims = {"sid": str(session.id), "sub": str(user.id)}
        cookie = self._vault.sign(claims, audience=AUDIENCE, issued=now, expires=session.expires_at)
        return SignedIn(principal=principal, cookie=cookie, seconds=int(self._life.total_seconds()))

    async def _refuse(self, name: str, facts: RequestFacts, reason: str) -> None:
        await refused(Deed(action="sign-in", who=None, claimed=name, facts=facts), clock=self._clock, reason=reason)

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
        _remember(self._verified, cookie, session_id)
        return session_id

    async def _principal(self, session_id: UUID, *, active: bool = True) -> Principal | None:
        held = self._believed(session_id) or await self._read(session_id)
        now = self._clock.now()
        if held is None or now >= held.expires_at or now >= held.seen_at + self._idle:
            self._held.pop(session_id, None)
            return None
        if active:
            await self._see(session_id, held, now)
        return held.principal

    def _believed(self, session_id: UUID) -> _Held | None:
        if self._generation != self._version.generation:
            self._held.clear()
            self._generation = self._version.generation
        held = self._held.get(session_id)
        now = self._clock.now()
        fresh = self._clock.monotonic() - self._version.looked_at <= TRUSTED_SECONDS
        # Another process may have seen it since: the row is asked before a session is called idle.
        return held if held and fresh and now < held.seen_at + self._idle else None

    async def _read(self, session_id: UUID) -> _Held | None:
        generation = self._version.generation
        with asking_the_database():
            session = await Session.get_or_none(id=session_id, ended_at=None).prefetch_related("user")
        if session is None or not session.user.active:
            return None
        principal = principal_from(session.user, session_id=str(session_id))
        before = self._held.get(session_id)
        seen_at = max(session.seen_at, before.seen_at) if before else session.seen_at
        held = _Held(principal, session.expires_at, seen_at, session.seen_at)
        if generation == self._version.generation:
            _remember(self._held, session_id, held)
        return held

    async def _see(self, session_id: UUID, held: _Held, now: datetime) -> None:
        held.seen_at = now
        if now - held.written_at >= SEEN_EVERY:
            held.written_at = now
            with asking_the_database():
                await Session.filter(id=session_id).update(seen_at=now)

    def _seconds_left(self, session_id: UUID) -> float:
        held = self._held.get(session_id)
        ends = min(held.expires_at, held.seen_at + self._idle) if held else self._clock.now()
        return max(1.0, (ends - self._clock.now()).total_seconds())


@asynccontextmanager
async def open_sessions(
    settings: Settings, *, vault: Vault, passwords: Passwords, version: PeopleVersion, clock: Clock
) -> AsyncIterator[Sessions]:
    """Sessions that learn, while open, what other processes end or change."""
    sessions = Sessions(settings, vault=vault, passwords=passwords, version=version, clock=clock)
    await version.look()
    async with owned_tasks() as tasks:
        tasks.start(version.keep_looking(), name="look for changed people")
        tasks.start(version.keep_hearing(), name="hear of changed people")
        tasks.start(_keep_clean(sessions, clock), name="forget old sessions")
        yield sessions


def account_name(username: str) -> str:
    """A user name as it is kept: names that differ in case alone are one."""
    return storable(unicodedata.normalize("NFKC", username).strip().casefold(), 64)


def principal_from(user: User, *, session_id: str) -> Principal:
    """The principal of a user's row."""
    return Principal(
        user_id=str(user.id),
        username=user.username,
        role=user.role,
        grants=(),
        session_id=session_id,
        must_change_password=user.must_change_password,
    )


async def _keep_clean(sessions: Sessions, clock: Clock) -> None:
    while True:
        with suppress(Unavailable):  # said by whoever looks for changes; the next round comes
            await sessions.clean()
        await clock.sleep(CLEAN_EVERY_SECONDS)


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
