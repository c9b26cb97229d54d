"""Failures counted in memory: each process for itself. Among processes they are counted by gyre.limits.

Which failures count together is throttle's.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gyre.clock import Clock
from gyre.terms.guessing import Allowance, Guess

REMEMBERED: Final = 40_000
"""Keys counted at the same time; the longest unused are forgotten first."""
MOST_DOUBLINGS: Final = 16


@dataclass(slots=True)
class _Count:
    failures: int
    last: float
    forgotten_after: float


class FailuresInMemory:
    """Counts attempts that have not succeeded (yet)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    async def begin(self, guesses: Sequence[Guess]) -> float:
        """Count one attempt under all these keys at once, or none of it: then the seconds to wait, else 0."""
        wait = max((self._wait(guess.key, guess.allowance) for guess in guesses if guess.waits), default=0.0)
        if wait > 0:
            return wait
        for guess in guesses:
            self._add(guess.key, guess.allowance)
        return 0

    async def succeeded(self, forgiven: str, taken_back: Sequence[str]) -> None:
        """Forget all under the first key, and one attempt under each of the others."""
        self._counts.pop(forgiven, None)
        for key in taken_back:
            count = self._counts.get(key)
            if count is not None:
                count.failures -= 1
                if count.failures <= 0:
                    del self._counts[key]

    def _wait(self, key: str, allowance: Allowance) -> float:
        count = self._current(key)
        if count is None or count.failures < allowance.free:
            return 0
        doubled = allowance.first_seconds * 2.0 ** min(count.failures - allowance.free, MOST_DOUBLINGS)
        return count.last + min(doubled, allowance.longest_seconds) - self._clock.monotonic()

    def _add(self, key: str, allowance: Allowance) -> None:
        count = self._current(key) or _Count(0, 0, allowance.forgotten_after_seconds)
        count.failures += 1
        count.last = self._clock.monotonic()
        self._counts[key] = count
        self._counts.move_to_end(key)
        if len(self._counts) > REMEMBERED:
            self._counts.popitem(last=False)

    def _current(self, key: str) -> _Count | None:
        count = self._counts.get(key)
        if count is not None and self._clock.monotonic() - count.last > count.forgotten_after:
            del self._counts[key]
            return None
        return count
