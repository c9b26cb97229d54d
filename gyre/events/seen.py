"""What one change of the fleet is to somebody who sees only a part of it.

Which part that is, is the caller's: rights from gyre.access, filters from what the client asked.
"""

from collections.abc import Callable

from gyre.terms.changes import Change, ChangeType
from gyre.terms.rows import Row


def as_seen(change: Change, matches: Callable[[Row], bool]) -> ChangeType | None:
    """ADDED, MODIFIED, DELETED or LEFT as a view of the matching rows sees it; None when it does not."""
    before = change.old is not None and matches(change.old)
    after = change.new is not None and matches(change.new)
    if before and after:
        return ChangeType.MODIFIED
    if after:
        return ChangeType.ADDED
    if before:
        return ChangeType.DELETED if change.new is None else ChangeType.LEFT
    return None
