"""Members who see the same: each frame is made once and put into every queue.

Which cohort a member belongs to: see gyre.events.hub. What a frame says is its renderer's.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import Generic

from gyre.errors import Unavailable
from gyre.events.members import BACKLOG, Member
from gyre.events.metrics import HUB_DELIVERED, HUB_FAILURES, HUB_RENDERED, HUB_RESYNCS
from gyre.events.news import News, Resync
from gyre.events.seats import EachChange, F, Latest
from gyre.terms.changes import Position

INBOX = 4_096
"""News one cohort may leave unrendered; a renderer slower than the changes makes its members read again."""

RECENT = 512
"""Frames kept for members who return: as many as one queue holds."""

REST_SECONDS = 0.25
"""Between two frames of how things are now: four a second is as fast as one reads numbers."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Joining(Generic[F]):
    """A member who first gets what it missed."""

    member: Member[F]
    news: tuple[News, ...]


class ChangeCohort(Generic[F]):
    """Each piece of news becomes at most one frame, in order, for everyone here."""

    def __init__(self, renderer: EachChange[F]) -> None:
        self._renderer = renderer
        self._here: dict[Member[F], bool] = {}
        self._inbox: deque[News | _Joining[F]] = deque()
        self._some = asyncio.Event()
        self._recent: dict[Position, F | None] = {}

    def __len__(self) -> int:
        return len(self._here)

    def join(self, member: Member[F], missed: tuple[News, ...]) -> None:
        """Let the member have what it missed, then everything told from this moment on."""
        self._here[member] = False
        self._put(_Joining(member, missed))

    def leave(self, member: Member[F]) -> None:
        """No more frames for this member."""
        self._here.pop(member, None)

    def tell(self, news: News) -> None:
        """Take news; when too much waits already, everyone here reads again instead."""
        if len(self._inbox) < INBOX:
            self._put(news)
            return
        HUB_RESYNCS.labels("slow renderer").inc(len(self._here))
        self._inbox.clear()
        self._here = dict.fromkeys(self._here, True)
        self._put(Resync((), news.cursor))

    async def run(self) -> None:
        """Make and hand out frames, for ever."""
        while True:
            while not self._inbox:
                self._some.clear()
                await self._some.wait()
            item = self._inbox.popleft()
            if isinstance(item, _Joining):
                await self._welcome(item)
            else:
                await self._hand_out(item)

    def _put(self, item: News | _Joining[F]) -> None:
        self._inbox.append(item)
        self._some.set()

    async def _welcome(self, joining: _Joining[F]) -> None:
        frames: list[F] = []
        for count, news in enumerate(joining.news, 1):
            frame = await self._frame(news)
            if frame is not None:
                frames.append(frame)
            if len(frames) > BACKLOG:
                frames = await self._resync_frames(joining.news[-1].cursor, "long absence")
                break
            if count % BACKLOG == 0:
                await asyncio.sleep(0)  # news that nobody here sees are cheap, but there may be thousands
        if joining.member in self._here:
            self._here[joining.member] = True
            HUB_DELIVERED.inc(len(frames))
            for frame in frames:
                joining.member.offer(frame)

    async def _hand_out(self, news: News) -> None:
        frame = await self._frame(news)
        if frame is None:
            return
        HUB_DELIVERED.inc(len(self._here))
        late = [member for member, live in self._here.items() if live and not member.offer(frame)]
        for resync in await self._resync_frames(news.cursor, "slow reader", len(late)) if late else ():
            for member in late:
                if member in self._here:
                    member.replace(resync)

    async def _resync_frames(self, cursor: str, cause: str, members: int = 1) -> list[F]:
        HUB_RESYNCS.labels(cause).inc(members)
        frame = await self._frame(Resync((), cursor))
        return [] if frame is None else [frame]

    async def _frame(self, news: News) -> F | None:
        if isinstance(news, Resync):
            return await self._render(news)
        position = news.change.position
        if position not in self._recent:
            self._recent[position] = await self._render(news)
            if len(self._recent) > RECENT:
                del self._recent[next(iter(self._recent))]
        return self._recent[position]

    async def _render(self, news: News) -> F | None:
        try:
            frame = await self._renderer.render(news)
        except Exception:
            HUB_FAILURES.inc()
            logger.exception("A frame could not be rendered; its viewers are told to read again.")
            return await self._after_failure(news)
        if frame is not None:
            HUB_RENDERED.inc()
        return frame

    async def _after_failure(self, news: News) -> F | None:
        if not isinstance(news, Resync):
            return await self._render(Resync((), news.cursor))
        for member in self._here:
            member.finish(Unavailable("Gyre could not say what changed; subscribe again."))
        return None


class LatestCohort(Generic[F]):
    """Everyone here gets the newest frame: the first at once, then at most four a second."""

    def __init__(self, renderer: Latest[F]) -> None:
        self._renderer = renderer
        self._here: dict[Member[F], None] = {}
        self._joining: list[Member[F]] = []
        self._newest: F | None = None
        self._outdated = True
        self._rest_until = 0.0
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._here)

    def join(self, member: Member[F], missed: tuple[News, ...]) -> None:  # noqa: ARG002 # the newest frame holds it all
        """Let the member have the newest frame at once."""
        self._here[member] = None
        self._joining.append(member)
        self._wake.set()

    def leave(self, member: Member[F]) -> None:
        """No more frames for this member."""
        self._here.pop(member, None)

    def tell(self, news: News) -> None:
        """Take news."""
        if not self._outdated and self._renderer.concerns(news):
            self._outdated = True
            self._wake.set()

    async def run(self) -> None:
        """Make and hand out frames, for ever."""
        while True:
            rest = self._rest_until - asyncio.get_running_loop().time()
            if self._joining and not self._outdated:
                self._hand_out(self._joining)
            elif self._joining or (self._outdated and rest <= 0):
                await self._renew()
            else:
                await self._sleep(rest if self._outdated else None)

    async def _renew(self) -> None:
        self._outdated = False
        try:
            self._newest = await self._renderer.render()
        except Exception:
            HUB_FAILURES.inc()
            logger.exception("A frame could not be rendered; its viewers' subscriptions end.")
            for member in self._here:
                member.finish(Unavailable("Gyre could not say how things are; subscribe again."))
        else:
            HUB_RENDERED.inc()
            self._hand_out(list(self._here))
        self._joining.clear()
        self._rest_until = asyncio.get_running_loop().time() + REST_SECONDS

    def _hand_out(self, members: list[Member[F]]) -> None:
        if self._newest is not None:
            HUB_DELIVERED.inc(len(members))
            for member in members:
                if member in self._here:
                    member.replace(self._newest)
        self._joining.clear()

    async def _sleep(self, seconds: float | None) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


Cohort = ChangeCohort[F] | LatestCohort[F]
