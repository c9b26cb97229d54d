"""Sorted lists of objects, kept ready: any page of any order costs the same, however often the fleet changes.

Each list is one (filter, order, scope). It follows the cache's journal when it is next read, so that lists nobody
reads cost nothing, and is made anew when that is cheaper.
"""

from collections import OrderedDict
from operator import attrgetter

from gyre.access.sight import Sight
from gyre.fleet.cache import Cache, Held
from gyre.fleet.filters import Filter, Wanted
from gyre.fleet.orders import arranged, index_of, place_of
from gyre.fleet.queries import Order, SortKey

BUDGET = 2_000_000
"""Entries over all views, 8 bytes each: 200 views of 10,000 rows in 16 MB."""

MOST_VIEWS = 1_000
"""Views kept, small ones too."""

STEPS = 500
"""Differences a view takes in one by one; from here on sorting all of it again is as fast."""


BY_TIE = Order(SortKey.CLUSTER)
"""The order of ties alone: what every other order is sorted from, so that equal rows stand as they should."""


class View:
    """One sorted list, as of the n-th difference."""

    def __init__(self, order: Order, chosen: Filter | None, rows: list[Held], n: int) -> None:
        self.order = order
        self.rows = rows
        self._chosen = chosen
        self._n = n

    def follow(self, cache: Cache) -> bool:
        """Take in what changed since; False when the list is to be made anew instead."""
        journal = cache.journal
        if journal.n == self._n:
            return True
        if journal.n - self._n > STEPS:
            return False
        differences = journal.since(self._n)
        if differences is None:
            return False
        for old, new in differences:
            self._step(old if old and self._takes(old) else None, new if new and self._takes(new) else None)
        self._n = journal.n
        return True

    def _takes(self, held: Held) -> bool:
        return self._chosen is None or self._chosen.takes(held)

    def _step(self, old: Held | None, new: Held | None) -> None:
        if old is None:
            if new is not None:
                place = place_of(self.order, new)
                self.rows.insert(index_of(self.order, self.rows, place), new)
            return
        place = place_of(self.order, old)
        index = index_of(self.order, self.rows, place)
        if new is None:
            del self.rows[index]
        elif place == place_of(self.order, new):
            self.rows[index] = new
        else:
            del self.rows[index]
            self.rows.insert(index_of(self.order, self.rows, place_of(self.order, new)), new)


ViewKey = tuple[Wanted, Order, str]


class Views:
    """The views read last, within the budget."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._whole: dict[Order, View] = {}
        self._views: OrderedDict[ViewKey, View] = OrderedDict()
        self._entries = 0

    def read(self, wanted: Wanted, order: Order, sight: Sight) -> list[Held]:
        """The rows wanted and seen, in order, as of now; not to be changed."""
        key = (wanted, order, sight.scope)
        view = self._views.get(key)
        if view is not None:
            before = len(view.rows)
            if view.follow(self._cache):
                self._entries += len(view.rows) - before
                self._views.move_to_end(key)
                return view.rows
            del self._views[key]
            self._entries -= len(view.rows)
        chosen = Filter(wanted, sight)
        rows = chosen.pick(self._everything(order), self._cache.buckets)
        self._keep(key, View(order, chosen, rows, self._cache.journal.n))
        return rows

    def _everything(self, order: Order) -> list[Held]:
        """Every object in this order: what filtered views are picked from, already sorted."""
        view = self._whole.get(order)
        if view is None or not view.follow(self._cache):
            rows = arranged(order, self._everything(BY_TIE)) if order != BY_TIE else self._by_tie()
            view = self._whole[order] = View(order, None, rows, self._cache.journal.n)
        return view.rows

    def _by_tie(self) -> list[Held]:
        return sorted(self._cache.everything(), key=attrgetter("tie"))

    def _keep(self, key: ViewKey, view: View) -> None:
        self._views[key] = view
        self._entries += len(view.rows)
        while len(self._views) > 1 and (self._entries > BUDGET or len(self._views) > MOST_VIEWS):
            _, oldest = self._views.popitem(last=False)
            self._entries -= len(oldest.rows)
