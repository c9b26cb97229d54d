"""The last differences of what is kept, so that sorted lists and counts catch up instead of being made anew.

What is kept is gyre.fleet.cache's and gyre.fleet.events'.
"""

from collections import deque
from itertools import islice
from typing import Generic, TypeVar

KEPT = 4_096
"""Last differences kept for views to catch up with; a view further behind is made anew, which costs about as much."""

T = TypeVar("T")


class Journal(Generic[T]):
    """The last differences, numbered: what was, and what is; None before an addition and after a deletion."""

    def __init__(self) -> None:
        self.n = 0
        self._last: deque[tuple[T | None, T | None]] = deque(maxlen=KEPT)

    def note(self, old: T | None, new: T | None) -> None:
        """Keep one more."""
        self.n += 1
        self._last.append((old, new))

    def since(self, n: int) -> list[tuple[T | None, T | None]] | None:
        """Those after the n-th, or None when they are not all here any more."""
        missing = self.n - n
        if missing > len(self._last):
            return None
        return list(islice(self._last, len(self._last) - missing, None))
