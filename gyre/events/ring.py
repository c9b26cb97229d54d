"""The last changes of one cluster, without a hole, so that they can be told again.

Which clusters there are and who is told: see gyre.events.feed.
"""

from collections import deque
from collections.abc import Callable
from itertools import takewhile

from gyre.terms.changes import Numbered, Position

RING = 10_000
"""Changes kept a cluster: more than eight minutes at 20 a second."""

RING_BYTES = 32 * 1024 * 1024
"""Bytes of objects kept a cluster: an inventory of thousands of entries makes one object half a megabyte."""

Entry = tuple[int, Numbered]
"""A change with its place in this process's order of arrival over all clusters."""


class Ring:
    """One epoch of one cluster: changes `base + 1` to `head`."""

    def __init__(self, epoch: str, base: int = 0) -> None:
        self.epoch = epoch
        self.base = base
        self.head = base
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    @property
    def position(self) -> Position:
        """The last change's place."""
        return Position(self.epoch, self.head)

    def put(self, arrival: int, change: Numbered) -> None:
        """Keep the next change; the oldest give way."""
        self._entries.append((arrival, change))
        self._bytes += len(change.body)
        self.head = change.position.n
        while len(self._entries) > RING or (self._bytes > RING_BYTES and len(self._entries) > 1):
            _, gone = self._entries.popleft()
            self._bytes -= len(gone.body)
            self.base = gone.position.n

    def covers(self, n: int) -> bool:
        """Whether everything after the n-th change is still here."""
        return self.base <= n <= self.head

    def after(self, n: int) -> list[Entry]:
        """The changes after the n-th, in order."""
        return self._tail(lambda entry: entry[1].position.n > n)

    def arrived_from(self, arrival: int) -> tuple[int, list[Entry]]:
        """The changes that arrived at or after this moment, and the number of the one before them."""
        entries = self._tail(lambda entry: entry[0] >= arrival)
        return self.head - len(entries), entries

    def _tail(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        found = list(takewhile(wanted, reversed(self._entries)))
        found.reverse()
        return found
