"""One live subscription: a bounded queue of frames, and its one reader.

Who fills it: see gyre.events.cohorts. When it must change its seat: see gyre.events.hub.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic

from gyre.errors import GyreError
from gyre.events.seats import F, Seating

BACKLOG = 512
"""Frames one reader may leave unread: one burst of a 500-object Kustomization. A slower one reads again instead."""


class Member(Generic[F]):
    """An asynchronous iterator of frames: ends when the hub does, raises when its viewer may not look any more."""

    def __init__(self, seating: Seating[F], take_seat: "Callable[[Member[F]], Awaitable[None]]") -> None:
        self.seating = seating
        self.settled = False
        self._take_seat = take_seat
        self._frames: deque[F] = deque()
        self._some = asyncio.Event()
        self._finished = False
        self._error: GyreError | None = None

    def offer(self, frame: F) -> bool:
        """Put a frame into the queue; False when it is full."""
        if len(self._frames) >= BACKLOG:
            return False
        self._frames.append(frame)
        self._some.set()
        return True

    def replace(self, frame: F) -> None:
        """Put this frame in the place of all that wait."""
        self._frames.clear()
        self.offer(frame)

    def review(self) -> None:
        """The reader asks where it belongs before it gets another frame."""
        self.settled = False
        self._some.set()

    def forget(self) -> None:
        """Drop what waits: it was made for another seat."""
        self._frames.clear()

    def finish(self, error: GyreError | None = None) -> None:
        """No more frames: the reader ends, or gets this error. What waits unread is dropped."""
        self._frames.clear()
        self._finished = True
        self._error = self._error or error
        self._some.set()

    async def take(self) -> list[F]:
        """All frames that wait, at least one; an empty list is the end."""
        await self._wait()
        frames = list(self._frames)
        self._frames.clear()
        return frames

    def __aiter__(self) -> "Member[F]":
        return self

    async def __anext__(self) -> F:
        await self._wait()
        if not self._frames:
            raise StopAsyncIteration
        return self._frames.popleft()

    async def _wait(self) -> None:
        while True:
            if self._error is not None:
                raise self._error
            if self._finished:
                return
            if not self.settled:
                await self._take_seat(self)
            elif self._frames:
                return
            else:
                self._some.clear()
                await self._some.wait()
