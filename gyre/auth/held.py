"""The open sessions as one process holds them in memory, and when it asks the database again.

How a session begins and ends is sessions' matter.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from gyre.auth.given import AT_ONCE, NOTHING, Given, given_to, principal_from
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.terms.people import Principal
from models.asking import asking_the_database
from models.people import Session

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 10_000
"""Sessions held in memory; those read first are read again."""
TRUSTED_SECONDS = 60.0
"""What is held is believed for so long when the database cannot be asked whether it still holds."""
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
        self._version = version
        self._clock = clock
        self._idle = idle
        self._held: OrderedDict[UUID, _Held] = OrderedDict()
        self._generation = version.generation
        self._renewing = asyncio.Lock()

    async def principal(self, session_id: UUID, *, in_use: bool) -> Principal | None:
        """Whose the session is, None when it is over. `in_use` keeps it from being idle."""
        await self._renew()
        held = self._believed(session_id) or await self._read(session_id)
        now = self._clock.now()
        if held is None or now >= held.expires_at or now >= held.seen_at + self._idle:
            self._held.pop(session_id, None)
            return None
        if in_use:
            await self._see(session_id, held, now)
        return held.principal

    def seconds_left(self, session_id: UUID) -> float:
        """When the session may be over by itself; a second at least."""
        held, now = self._held.get(session_id), self._clock.now()
        ends = min(held.expires_at, held.seen_at + self._idle) if held else now
        return max(1.0, (ends - now).total_seconds())

    async def _renew(self) -> None:
        """After a change, read all that is held at once: a thousand open sockets must not cost a thousand queries."""
        if self._generation == self._version.generation:
            return
        async with self._renewing:
            generation = self._version.generation
            if self._generation == generation:
                return
            with asking_the_database():
                sessions = await _open_among(list(self._held))
                given = await given_to(session.user_id for session in sessions)
            open_now = {session.id: self._made(session, given.get(session.user_id, NOTHING)) for session in sessions}
            self._held = OrderedDict((each, open_now[each]) for each in self._held if each in open_now)
            self._generation = generation

    def _believed(self, session_id: UUID) -> _Held | None:
        held = self._held.get(session_id)
        fresh = self._clock.monotonic() - self._version.looked_at <= TRUSTED_SECONDS
        # Another process may have seen it since: the row is asked before a session is called idle.
        return held if held and fresh and self._clock.now() < held.seen_at + self._idle else None

    async def _read(self, session_id: UUID) -> _Held | None:
        generation = self._version.generation
        with asking_the_database():
            sessions = await _open_among([session_id])
            given = await given_to(session.user_id for session in sessions)
        if not sessions:
            return None
        held = self._made(sessions[0], given.get(sessions[0].user_id, NOTHING))
        if generation == self._version.generation:
            remember(self._held, session_id, held)
        return held

    def _made(self, session: Session, given: Given) -> _Held:
        before = self._held.get(session.id)
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


def remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep it, and forget what was kept first when there is too much."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
