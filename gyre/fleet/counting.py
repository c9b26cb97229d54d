"""Counts by status, kind, namespace and cluster, kept for each filter and scope as the fleet changes.

Lists of objects are gyre.fleet.views'.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gyre.access.sight import Sight
from gyre.fleet.cache import WORDS, Bucket, Cache
from gyre.fleet.filters import Filter, Wanted
from gyre.fleet.queries import Order
from gyre.fleet.views import Views
from gyre.terms.naming import ClusterName, Kind
from gyre.terms.rows import Word

MOST_TALLIES = 200
"""Tallies kept: each is as large as there are namespaces, not objects."""

STEPS = 2_000
"""Differences a tally takes in one by one; from here on counting anew is as fast."""

ByWord = Mapping[Word, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many objects there are, each in the order of the names; statuses without objects are left out."""

    total: int
    by_status: ByWord
    by_kind: Mapping[Kind, ByWord]
    by_namespace: Mapping[str, ByWord]
    by_cluster: Mapping[ClusterName, ByWord]


class Tally:
    """The counts of one filter and scope, as of the n-th difference."""

    def __init__(self, chosen: Filter, counted: Iterable[tuple[Bucket, int]], n: int) -> None:
        self._chosen = chosen
        self._n = n
        self._status = [0] * len(WORDS)
        self._kinds: dict[str, list[int]] = {}
        self._namespaces: dict[str, list[int]] = {}
        self._clusters: dict[str, list[int]] = {}
        self._named: dict[str, Kind] = {}
        self._counts: Counts | None = None
        for bucket, count in counted:
            self._add(bucket, count)

    def follow(self, cache: Cache) -> bool:
        """Take in what changed since; False when counting anew is due."""
        journal = cache.journal
        if journal.n == self._n:
            return True
        differences = journal.since(self._n) if journal.n - self._n <= STEPS else None
        if differences is None:
            return False
        for old, new in differences:
            if old and self._chosen.takes(old):
                self._add(old.bucket, -1)
            if new and self._chosen.takes(new):
                self._add(new.bucket, 1)
        self._n = journal.n
        return True

    @property
    def counts(self) -> Counts:
        """The counts now; the same value until one of them changes."""
        if self._counts is None:
            kinds = sorted(self._kinds, key=lambda name: (self._named[name].name, name))
            self._counts = Counts(
                total=sum(self._status),
                by_status=_by_word(self._status),
                by_kind={self._named[name]: found for name in kinds if (found := _by_word(self._kinds[name]))},
                by_namespace=_tidy(self._namespaces),
                by_cluster={ClusterName(name): found for name, found in _tidy(self._clusters).items()},
            )
        return self._counts

    def _add(self, bucket: Bucket, count: int) -> None:
        self._counts = None
        rank = bucket.rank
        self._status[rank] += count
        self._named[bucket.kind_name] = bucket.kind
        for group, key in (
            (self._kinds, bucket.kind_name),
            (self._namespaces, bucket.namespace),
            (self._clusters, bucket.cluster),
        ):
            counts = group.get(key)
            if counts is None:
                counts = group[key] = [0] * len(WORDS)
            counts[rank] += count


class Tallies:
    """The tallies read last."""

    def __init__(self, cache: Cache, views: Views) -> None:
        self._cache = cache
        self._views = views
        self._tallies: OrderedDict[tuple[Wanted, str], Tally] = OrderedDict()

    def read(self, wanted: Wanted, sight: Sight) -> Counts:
        """The counts of what is wanted and seen, as of now."""
        key = (wanted, sight.scope)
        tally = self._tallies.get(key)
        if tally is None or not tally.follow(self._cache):
            chosen = Filter(wanted, sight)
            tally = self._tallies[key] = Tally(chosen, self._counted(wanted, sight, chosen), self._cache.journal.n)
        self._tallies.move_to_end(key)
        if len(self._tallies) > MOST_TALLIES:
            self._tallies.popitem(last=False)
        return tally.counts

    def _counted(self, wanted: Wanted, sight: Sight, chosen: Filter) -> Iterable[tuple[Bucket, int]]:
        if wanted.by_bucket_alone:
            return [(bucket, bucket.count) for bucket in self._cache.buckets if chosen.admits(bucket)]
        return Counter(held.bucket for held in self._views.read(wanted, Order(), sight)).items()


def _by_word(counts: list[int]) -> ByWord:
    return {word: count for word, count in zip(WORDS, counts, strict=True) if count}


def _tidy(groups: Mapping[str, list[int]]) -> dict[str, ByWord]:
    return {name: found for name in sorted(groups) if (found := _by_word(groups[name]))}
