"""The open sessions as one process holds them in memory.

How a session begins and ends is sessions' matter; when the database is asked again is believed's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gyre.auth.believed import Believed
from gyre.auth.given import AT_ONCE, NOTHING, Given, given_to, principal_from
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.terms.people import Principal
from models.asking import asking_the_database
from models.people import Session

SEEN_EVERY = timedelta(minutes=5)
"""`seen_at` is written at most so often: a request must not cost a write."""


@dataclass(slots=True)
class _Held:
    principal: Principal
    expires_at: datetime
    seen_at: datetime
    written_at: datetime


class HeldSessions:
    """Answers whose a session is, without the database as long as nothing changed."""

    def __init__(self, version: PeopleVersion, clock: Clock, *, idle: timedelta) -> None:
        self._clock = clock
        self._idle = idle
        self._believed: Believed[_Held] = Believed(version, clock, self._read)

    async def principal(self, session_id: UUID, *, in_use: bool) -> Principal | None:
        """Whose the session is, None when it is over. `in_use` keeps it from being idle."""
        held = await self._believed.of(session_id, still=self._awake)
        now = self._clock.now()
        if held is None or now >= held.expires_at or now >= held.seen_at + self._idle:
            self._believed.forget(session_id)
            return None
        if in_use:
            await self._see(session_id, held, now)
        return held.principal

    def seconds_left(self, session_id: UUID) -> float:
        """When the session may be over by itself; a second at least."""
        held, now = self._believed.held(session_id), self._clock.now()
        ends = min(held.expires_at, held.seen_at + self._idle) if held else now
        return max(1.0, (ends - now).total_seconds())

    def _awake(self, held: _Held) -> bool:
        """Another process may have seen it since: the row is asked before a session is called idle."""
        return self._clock.now() < held.seen_at + self._idle

    async def _read(self, ids: list[UUID]) -> Mapping[UUID, _Held]:
        with asking_the_database():
            sessions = await _open_among(ids)
            given = await given_to(session.user_id for session in sessions)
        return {session.id: self._made(session, given.get(session.user_id, NOTHING)) for session in sessions}

    def _made(self, session: Session, given: Given) -> _Held:
        before = self._believed.held(session.id)
        seen_at = max(session.seen_at, before.seen_at) if before else session.seen_at
        principal = principal_from(session.user, given, session.id)
        return _Held(principal, session.expires_at, seen_at, session.seen_at)

    async def _see(self, session_id: UUID, held: _Held, now: datetime) -> None:
        held.seen_at = now
        if now - held.written_at >= SEEN_EVERY:
            held.written_at = now
            with asking_the_database():
                await Session.filter(id=session_id).update(seen_at=now)


async def _open_among(ids: list[UUID]) -> list[Session]:
    """Those of these sessions that nobody ended, with their users, who are not disabled."""
    found: list[Session] = []
    for start in range(0, len(ids), AT_ONCE):
        some = Session.filter(id__in=ids[start : start + AT_ONCE], ended_at=None, user__active=True)
        found += await some.select_related("user")
    return found
