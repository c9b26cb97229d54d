"""Sorted lists of Events, kept ready: a page costs the same wherever it is, however often Events come.

Each list is one (filter, scope), from the oldest on. It follows the store's journal when it is next read, and is made
anew when that is cheaper.
"""

import base64
import binascii
from bisect import bisect_left, insort
from collections import OrderedDict

import msgspec

from gyre.access.sight import Sight
from gyre.errors import Invalid
from gyre.fleet.events.matching import EventTest, WantedEvents
from gyre.fleet.events.store import PLACE, EventStore, HeldEvent, Place

BUDGET = 1_000_000
"""Entries over all lists, 8 bytes each."""

MOST_VIEWS = 500
"""Lists kept, small ones too."""

STEPS = 500
"""Differences a list takes in one by one; from here on choosing all of it again is as fast."""

LONGEST_CURSOR = 4_096


class EventView:
    """One list, as of the n-th difference."""

    def __init__(self, test: EventTest, rows: list[HeldEvent], n: int) -> None:
        self.rows = rows
        self._test = test
        self._n = n

    def follow(self, store: EventStore) -> bool:
        """Take in what changed since; False when the list is to be made anew instead."""
        journal = store.journal
        if journal.n == self._n:
            return True
        differences = journal.since(self._n) if journal.n - self._n <= STEPS else None
        if differences is None:
            return False
        for old, new in differences:
            if old is not None and self._test(old):
                del self.rows[bisect_left(self.rows, old.place, key=PLACE)]
            if new is not None and self._test(new):
                insort(self.rows, new, key=PLACE)
        self._n = journal.n
        return True


class EventViews:
    """The lists read last, within the budget."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._views: OrderedDict[tuple[WantedEvents, str], EventView] = OrderedDict()
        self._entries = 0

    def read(self, wanted: WantedEvents, sight: Sight) -> list[HeldEvent]:
        """The Events wanted and seen, from the oldest on, as of now; not to be changed."""
        key = (wanted, sight.scope)
        view = self._views.get(key)
        if view is not None:
            before = len(view.rows)
            if view.follow(self._store):
                self._entries += len(view.rows) - before
                self._views.move_to_end(key)
                return view.rows
            del self._views[key]
            self._entries -= before
        test = EventTest(wanted, sight)
        rows = sorted(test.pick(self._store.everything()), key=PLACE)
        self._views[key] = EventView(test, rows, self._store.journal.n)
        self._entries += len(rows)
        while len(self._views) > 1 and (self._entries > BUDGET or len(self._views) > MOST_VIEWS):
            _, oldest = self._views.popitem(last=False)
            self._entries -= len(oldest.rows)
        return rows


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="event"):
    place: Place


_decoder = msgspec.json.Decoder(_Cursor)


def cursor_of(event: HeldEvent) -> str:
    """The cursor for the place of this Event."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(event.place))).decode().rstrip("=")


def read_cursor(text: str) -> Place:
    """The place a cursor stands for; Invalid when it is none."""
    if len(text) > LONGEST_CURSOR:
        raise Invalid("This cursor is longer than any that Gyre gives out; begin with the first page.")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return _decoder.decode(base64.b64decode(padded, altchars=b"-_", validate=True)).place
    except (UnicodeEncodeError, binascii.Error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid("This is not a cursor of events that Gyre gave out; begin with the first page.") from error
