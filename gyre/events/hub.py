"""Every live subscription of this process: one listener of the feed, cohorts that share frames, bounded queues.

What a frame says and who may have it is decided by the seat's renderer and key: see gyre.events.seats.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Hashable
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Any

from gyre.errors import NotSignedIn, TooOften, Unavailable
from gyre.events.cohorts import ChangeCohort, Cohort, LatestCohort
from gyre.events.feed import Feed
from gyre.events.members import Member
from gyre.events.metrics import HUB_COHORTS, HUB_MEMBERS, HUB_RESYNCS
from gyre.events.news import News, Resync
from gyre.events.seats import EachChange, F, Seat, Seating
from gyre.events.tasks import Tasks, owned_tasks
from gyre.terms.changes import Subject

MEMBERS = 20_000
"""Live subscriptions a process takes: at 512 frames each of a kilobyte the worst case is still only gigabytes."""

MEMBERS_PER_USER = 200
"""Live subscriptions one user may hold: dozens of tabs with several each."""


class Hub:
    """Where live subscriptions join."""

    def __init__(self, feed: Feed, tasks: Tasks) -> None:
        self._feed = feed
        self._tasks = tasks
        self._members: set[Member[Any]] = set()
        self._per_user: Counter[str] = Counter()
        self._cohorts: dict[tuple[Subject, Hashable], tuple[Cohort[Any], asyncio.Task[None]]] = {}
        self._places: dict[Member[Any], Seat[Any]] = {}

    @asynccontextmanager
    async def join(self, seating: Seating[F], *, after: str | None = None) -> AsyncIterator[Member[F]]:
        """Be told what was missed since `after` (None: nothing), then everything from now on, until the end.

        Raises what the seating raises, Invalid for a malformed `after`, TooOften and Unavailable at the bounds.
        """
        if len(self._members) >= MEMBERS:
            raise Unavailable("Too many live subscriptions are open; try again later.")
        member = Member(seating, self._review)
        self._members.add(member)
        HUB_MEMBERS.inc()
        try:
            await self._seat(member, after)
            yield member
        finally:
            HUB_MEMBERS.dec()
            self._members.discard(member)
            self._leave(member)

    def tell(self, subject: Subject, news: News) -> None:
        """Pass news to every cohort of this subject."""
        for (about, _), (cohort, _) in self._cohorts.items():
            if about is subject:
                cohort.tell(news)

    def rights_changed(self, user_ids: Collection[str] | None = None) -> None:
        """These users (None: all) may see other things now.

        Each of their members asks where it belongs before its next frame; one whose seat is another now reads again.
        """
        for member in self._members:
            seat = self._places.get(member)
            if seat is None or user_ids is None or seat.user_id in user_ids:
                member.review()

    def session_changed(self, session_id: str) -> None:
        """As rights_changed, for who sits here through this session."""
        for member, seat in self._places.items():
            if seat.session_id == session_id:
                member.review()

    def end(self, session_id: str, because: str = "The session has ended; sign in again.") -> None:
        """Whoever sits here through this session gets NotSignedIn."""
        for member, seat in tuple(self._places.items()):
            if seat.session_id == session_id:
                self._leave(member)
                member.finish(NotSignedIn(because))

    def close(self) -> None:
        """The process ends: so does every member."""
        for member in self._members:
            member.finish()

    async def _review(self, member: Member[F]) -> None:
        await self._seat(member, None)

    async def _seat(self, member: Member[F], after: str | None) -> None:
        while not member.settled:
            member.settled = True  # a change of rights from here on makes it False again
            try:
                seat = await member.seating()
            except BaseException:
                member.settled = False  # who may not look gets nothing more, however often they ask
                raise
            if member.settled:
                self._place(member, seat, after)

    def _place(self, member: Member[F], seat: Seat[F], after: str | None) -> None:
        before = self._places.get(member)
        if before is None:
            self._take_place(member, seat, () if after is None else self._feed.about(seat.subject).since(after))
        elif (before.key, before.user_id, before.session_id) != (seat.key, seat.user_id, seat.session_id):
            HUB_RESYNCS.labels("rights changed").inc()
            self._leave(member)
            member.forget()
            self._take_place(member, seat, (Resync((), self._feed.about(seat.subject).cursor()),))

    def _take_place(self, member: Member[F], seat: Seat[F], missed: tuple[News, ...]) -> None:
        if self._per_user[seat.user_id] >= MEMBERS_PER_USER:
            raise TooOften(
                f"You have {MEMBERS_PER_USER} live subscriptions open; close some.", details={"retryAfterSeconds": 60}
            )
        self._per_user[seat.user_id] += 1
        self._places[member] = seat
        key = seat.subject, seat.key
        if key not in self._cohorts:
            renderer = seat.renderer
            made: Cohort[F] = ChangeCohort(renderer) if isinstance(renderer, EachChange) else LatestCohort(renderer)
            self._cohorts[key] = made, self._tasks.start(made.run(), name="hub cohort")
            HUB_COHORTS.inc()
        cohort, _ = self._cohorts[key]
        cohort.join(member, missed)

    def _leave(self, member: Member[F]) -> None:
        seat = self._places.pop(member, None)
        if seat is None:
            return
        self._per_user[seat.user_id] -= 1
        if not self._per_user[seat.user_id]:
            del self._per_user[seat.user_id]
        key = seat.subject, seat.key
        cohort, task = self._cohorts[key]
        cohort.leave(member)
        if not cohort:
            del self._cohorts[key]
            task.cancel()
            HUB_COHORTS.dec()


@asynccontextmanager
async def open_hub(feed: Feed) -> AsyncIterator[Hub]:
    """The hub of this process, as long as it is open."""
    async with owned_tasks() as tasks:
        hub = Hub(feed, tasks)
        with ExitStack() as listening:
            for subject in Subject:
                listening.enter_context(feed.about(subject).listen(partial(hub.tell, subject)))
            try:
                yield hub
            finally:
                hub.close()
