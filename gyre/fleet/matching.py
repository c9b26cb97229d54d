"""Whether one row is in a view, for who follows changes instead of reading pages.

What a filter means is gyre.fleet.filters'; here a row is only dressed as what its tests look at.
"""

from gyre.access.sight import Sight
from gyre.fleet.cache import Bucket, Held, searchable
from gyre.fleet.filters import Filter, Wanted
from gyre.terms.rows import Row

MOST_BUCKETS = 10_000
"""Buckets remembered by one matcher, so that what a bucket decides is decided once."""


class Matcher:
    """The test of one filter and one sight on rows that may not be kept any more."""

    def __init__(self, wanted: Wanted, sight: Sight) -> None:
        self._filter = Filter(wanted, sight)
        self._searches = bool(wanted.words)
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    def __call__(self, row: Row) -> bool:
        """Whether the row is asked for and may be seen."""
        text = searchable(row) if self._searches else ""
        tie = (row.cluster, row.kind, row.namespace, row.name, row.group)
        return self._filter.takes(Held(row=row, body=b"", bucket=self._bucket(row), tie=tie, text=text))

    def _bucket(self, row: Row) -> Bucket:
        key = (row.cluster, row.group, row.kind, row.namespace, row.status.value)
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= MOST_BUCKETS:
                self._buckets.clear()
            bucket = self._buckets[key] = Bucket(row.cluster, row.ref.kind, row.namespace, row.status)
        return bucket
