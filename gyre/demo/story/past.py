"""A clock that begins in the past, so that the cluster has lived before anyone looks at it."""

from datetime import datetime, timedelta

from gyre.clock import Clock


class PastClock:
    """Stands where it is put, days ago, until it is released: from then on it is the clock beneath it."""

    def __init__(self, present: Clock) -> None:
        self._present = present
        self._started = present.now(), present.monotonic()
        self._behind: float | None = 0.0

    def put(self, seconds_ago: float) -> None:
        """Stand at that moment."""
        self._behind = seconds_ago

    def move(self, seconds: float) -> None:
        """Stand a little later."""
        self._behind = (self._behind or 0.0) - seconds

    def release(self) -> None:
        """Be the present from now on."""
        self._behind = None

    @property
    def behind(self) -> float:
        """How many seconds it stands in the past."""
        return self._behind or 0.0

    def now(self) -> datetime:
        """The moment."""
        if self._behind is None:
            return self._present.now()
        return self._started[0] - timedelta(seconds=self._behind)

    def monotonic(self) -> float:
        """Seconds since some fixed point."""
        return self._present.monotonic() if self._behind is None else self._started[1] - self._behind

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds of the clock beneath."""
        await self._present.sleep(seconds)
