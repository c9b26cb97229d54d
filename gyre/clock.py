"""Time as a value one can hand over, so that tests can turn it.

Nothing here knows time zones: every moment is UTC.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from gyre.errors import Invalid


class Clock(Protocol):
    """The three things rooms ask of time."""

    def now(self) -> datetime:
        """The moment, with time zone UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The moment, with time zone UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds."""
        await asyncio.sleep(seconds)


def moment(field: str, text: str) -> datetime:
    """The moment that a client wrote into this field, as RFC 3339 has it. Raises Invalid for what is none."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"`{field}` is a moment as 2026-01-31T12:00:00Z.", details={"path": [field]}) from error
    if written.tzinfo is None:
        raise Invalid(f"`{field}` needs a time zone: 2026-01-31T12:00:00Z.", details={"path": [field]})
    return written


def rfc3339(moment: datetime) -> str:
    """`2026-01-31T12:00:00Z`: whole seconds, as Kubernetes writes metav1.Time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_nanoseconds(moment: datetime) -> str:
    """`2026-01-31T12:00:00.123456000Z`: as `flux reconcile` stamps requestedAt."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
