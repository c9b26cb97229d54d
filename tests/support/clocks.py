"""Clocks that tests turn."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class TurnedClock:
    """Stands still until somebody sleeps: then it jumps to the end of the sleep, and remembers how long that was."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class HandClock:
    """Moves only when turned; whoever sleeps wakes when it is turned past the end of the sleep."""

    def __init__(self) -> None:
        self.moment = START
        self._turned = asyncio.Event()

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        until = self.moment + timedelta(seconds=seconds)
        while self.moment < until:
            await self._turned.wait()

    async def turn(self, **by: float) -> None:
        """Move on by hours, minutes or seconds. What those do who wake now is to be waited for."""
        self.moment += timedelta(**by)
        self._turned.set()
        self._turned = asyncio.Event()
        await asyncio.sleep(0)
