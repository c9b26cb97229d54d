"""How long to wait before the next try: twice as long after each failure, never exactly, never longer than a bound.

What counts as a failure is the caller's matter.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

JITTER = 0.5  # a wait lies between half and all of what is due, so that many watches do not return at one moment

_chance = random.SystemRandom()


def chance(low: float, high: float) -> float:
    """Some number between these."""
    return _chance.uniform(low, high)


@dataclass(slots=True, kw_only=True)
class Backoff:
    """Waits that grow until `worked` is called."""

    first_seconds: float
    longest_seconds: float
    chance: Callable[[float, float], float] = chance
    failures: int = field(default=0)

    def worked(self) -> None:
        """Begin again with the first wait."""
        self.failures = 0

    def next_seconds(self, *, at_least: float = 0.0) -> float:
        """How long to wait now; what the API server asks for counts, up to the same bound."""
        due = min(self.longest_seconds, self.first_seconds * float(2 ** min(self.failures, 32)))
        self.failures += 1
        return max(due * self.chance(1 - JITTER, 1.0), min(at_least, self.longest_seconds))
