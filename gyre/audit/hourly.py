"""What was recorded already within this hour, for what happens all the time: bounded, and forgotten in order.

In memory: each process records for itself.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final
from weakref import WeakKeyDictionary

from gyre.audit.ledger import Ledger, ledger

SECONDS: Final = 3600.0

REMEMBERED: Final = 10_000
"""Tokens and addresses remembered at the same time; what was recorded first is forgotten first."""

_recorded: WeakKeyDictionary[Ledger, OrderedDict[Hashable, float]] = WeakKeyDictionary()


def seen_this_hour(key: Hashable, now: float) -> bool:
    """Whether this was asked within the hour and answered no, so that it is recorded once."""
    kept = ledger()
    if kept is None:
        return True
    recorded = _recorded.setdefault(kept, OrderedDict())
    before = recorded.get(key)
    if before is not None and now - before < SECONDS:
        return True
    recorded[key] = now
    recorded.move_to_end(key)
    if len(recorded) > REMEMBERED:
        recorded.popitem(last=False)
    return False
