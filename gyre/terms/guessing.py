"""Failures that make one wait, as whoever counts them takes them.

Which failures count together, and for whom, is gyre.auth's; they are counted in its memory or by gyre.limits in Redis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many failures for free, then a wait that doubles with each up to the longest; forgotten after quiet."""

    free: int
    longest_seconds: float
    forgotten_after_seconds: float
    first_seconds: float = 1


@dataclass(frozen=True, slots=True)
class Guess:
    """An attempt counted under one key. `waits` is whether failures under it make this one wait."""

    key: str
    allowance: Allowance
    waits: bool = True


class Failures(Protocol):
    """Counts attempts that have not succeeded."""

    async def begin(self, guesses: Sequence[Guess]) -> float:
        """Count one attempt under all these keys at once, or none of it: then the seconds to wait, else 0."""
        ...

    async def succeeded(self, forgiven: str, taken_back: Sequence[str]) -> None:
        """Forget all under the first key, and one attempt under each of the others."""
        ...
