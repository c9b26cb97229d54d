"""What may be spent in a minute, and what is said when something was: within, or over and until when.

Where it is counted is counting's matter.
"""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final, Literal

MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Budget:
    """So much a minute, of one name, for each of those who spend of it; 0 is no limit."""

    name: Literal["user", "anonymous", "graphql"]
    per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """It was spent. `reset_seconds`: when all of the budget is there again."""

    limit: int
    remaining: int
    reset_seconds: int

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """It was not spent: there is not so much left."""

    limit: int
    remaining: int
    reset_seconds: int
    retry_after_seconds: int
    because: str

    def __bool__(self) -> Literal[False]:
        return False


Verdict = Within | Over


@dataclass(frozen=True, slots=True)
class Window:
    """A minute that slides: what the last whole one spent counts less and less, what this one spends counts whole.

    `previous_seconds` and `current_seconds` are how long each of the two still counts at all.
    """

    previous: int
    previous_seconds: float
    current: int
    current_seconds: float

    def left(self, limit: int) -> int:
        """How much of the budget is there."""
        return max(0, limit - floor(self.previous * self.previous_seconds / MINUTE) - self.current)

    def reset_seconds(self) -> int:
        """When nothing of what was spent counts any more."""
        counts = self.current_seconds if self.current else self.previous_seconds if self.previous else 0
        return max(0, ceil(counts))

    def wait_seconds(self, cost: int, limit: int) -> int:
        """When so much will be there, if nobody spends in between; a second at least."""
        room = limit - cost
        if self.current <= room:
            wait = self.previous_seconds - _until(self.previous, room - self.current)
        else:  # not before the current minute has become the last one
            wait = self.current_seconds - _until(self.current, room)
        return max(0, floor(wait)) + 1  # at the wait itself it counts for just too much


def _until(spent: int, room: int) -> float:
    """How long what was spent may still count for it to take no more than this room."""
    return MINUTE * (room + 1) / spent if spent > room else MINUTE
