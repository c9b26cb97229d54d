"""What a change is to somebody who sees a part of the fleet."""

import pytest

from gyre.events.seen import as_seen
from gyre.terms.changes import Change, ChangeType, Position
from gyre.terms.rows import Row
from tests.support.rows import DEFAULT, row

SEEN, UNSEEN = row("seen"), row("unseen")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, SEEN, ChangeType.ADDED),
        (None, UNSEEN, None),
        (SEEN, SEEN, ChangeType.MODIFIED),
        (SEEN, UNSEEN, ChangeType.LEFT),
        (UNSEEN, SEEN, ChangeType.ADDED),
        (UNSEEN, UNSEEN, None),
        (SEEN, None, ChangeType.DELETED),
        (UNSEEN, None, None),
    ],
)
def test_a_change_is_what_it_does_to_the_view(old: Row | None, new: Row | None, expected: ChangeType | None) -> None:
    what = ChangeType.ADDED if old is None else ChangeType.DELETED if new is None else ChangeType.MODIFIED
    change = Change(cluster=DEFAULT, position=Position("e", 1), type=what, old=old, new=new, body=b"{}")
    assert as_seen(change, lambda seen: seen.name == "seen") is expected
