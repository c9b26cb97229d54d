"""What one change of the fleet is to somebody who sees only a part of it.

Which part that is, is the caller's: rights from gyre.access, filters from what the client asked.
"""

from collections.abc import Callable
from typing import TypeVar

from gyre.terms.changes import Change, ChangeType
from gyre.terms.rows import Row

T = TypeVar("T")


def as_seen(change: Change, matches: Callable[[Row], bool]) -> ChangeType | None:
    """What an object's change is to a view of the matching rows."""
    return seen_as(change.old, change.new, matches)


def seen_as(old: T | None, new: T | None, matches: Callable[[T], bool]) -> ChangeType | None:
    """ADDED, MODIFIED, DELETED or LEFT as a view of what matches sees it; None when it does not."""
    before = old is not None and matches(old)
    after = new is not None and matches(new)
    if before and after:
        return ChangeType.MODIFIED
    if after:
        return ChangeType.ADDED
    if before:
        return ChangeType.DELETED if new is None else ChangeType.LEFT
    return None
