"""What was told lately, so that what happens all the time is told once: bounded, and forgotten in order.

In memory: each process tells for itself.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final
from weakref import WeakKeyDictionary

from gyre.audit.ledger import Ledger, ledger

HOUR_SECONDS: Final = 3600.0

REMEMBERED: Final = 10_000
"""Persons, tokens and addresses remembered at the same time; what was told first is forgotten first."""


class Lately:
    """What was told within so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._told: OrderedDict[Hashable, float] = OrderedDict()

    def told(self, key: Hashable, now: float) -> bool:
        """Whether this was asked lately and answered no, so that it is told once."""
        before = self._told.get(key)
        if before is not None and now - before < self._seconds:
            return True
        self._told[key] = now
        self._told.move_to_end(key)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return False

    def forget(self, key: Hashable) -> None:
        """It could not be told."""
        self._told.pop(key, None)


_recorded: WeakKeyDictionary[Ledger, Lately] = WeakKeyDictionary()


def seen_this_hour(key: Hashable, now: float) -> bool:
    """Whether this was asked within the hour, of the audit that is open; where none is, nothing is to be recorded."""
    kept = ledger()
    return kept is None or _recorded.setdefault(kept, Lately(HOUR_SECONDS)).told(key, now)
