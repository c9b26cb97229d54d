"""How many refusals of one caller are recorded: a flood of them must not fill the database.

In memory: each process counts for itself.
"""

from collections import OrderedDict
from typing import Final
from weakref import WeakKeyDictionary

from gyre.audit.ledger import Ledger, ledger
from gyre.audit.metrics import LOST

MOST_A_MINUTE: Final = 60
"""Refusals recorded of one caller: who is refused more often is a flood, which must not fill the database. The next one
that is recorded says how many were not."""

MINUTE_SECONDS: Final = 60.0
CALLERS_REMEMBERED: Final = 10_000


class Spares:
    """How many refusals of each caller were recorded within the minute, and how many were not."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int, int]] = OrderedDict()

    def within(self, caller: str, now: float) -> int | None:
        """None when this one is too many; else how many were before it, since the last that was recorded."""
        began, recorded, spared = self._counts.pop(caller, (now, 0, 0))
        if now - began >= MINUTE_SECONDS:
            began, recorded = now, 0
        is_recorded = recorded < MOST_A_MINUTE
        self._counts[caller] = (began, recorded + 1, 0) if is_recorded else (began, recorded, spared + 1)
        if len(self._counts) > CALLERS_REMEMBERED:
            self._counts.popitem(last=False)
        return spared if is_recorded else None


_of: WeakKeyDictionary[Ledger, Spares] = WeakKeyDictionary()


def spared(caller: str, now: float) -> int | None:
    """None when this refusal of the caller's is one too many; else how many were not recorded before it."""
    kept = ledger()
    if kept is None:
        return None
    unrecorded = _of.setdefault(kept, Spares()).within(caller, now)
    if unrecorded is None:
        LOST.inc()
    return unrecorded
