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
