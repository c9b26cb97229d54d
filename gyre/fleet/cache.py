"""What was last seen of each kind on each cluster: rows, masked bytes, counts, and what changed last.

How it gets here is gyre.fleet.keeper's and gyre.fleet.supervisor's, how it is read gyre.fleet.views'.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from gyre.fleet.journal import Journal
from gyre.flux.intake import Taken
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.rows import Row, Word
from gyre.terms.sync import Sync, SyncState

TOMBSTONES = 10_000
"""Deleted objects remembered a kind, so that a late event does not bring one back; older ones were told long ago."""

WORDS = (Word.FAILED, Word.PROGRESSING, Word.TERMINATING, Word.UNKNOWN, Word.SUSPENDED, Word.READY)
"""The statuses, those that need someone first."""

Tie = tuple[str, str, str, str, str]
"""Cluster, kind, namespace, name, group: tells every object from every other, and orders those otherwise equal."""

Key = tuple[str, str]
"""Namespace and name: one object of a kind on a cluster."""


class Bucket:
    """All objects of one status, in one namespace, of one kind, on one cluster: the grain of counts and of sight."""

    __slots__ = ("cluster", "count", "kind", "kind_name", "namespace", "rank", "word")

    def __init__(self, cluster: ClusterName, kind: Kind, namespace: str, word: Word) -> None:
        self.cluster = cluster
        self.kind = kind
        self.namespace = namespace
        self.word = word
        self.kind_name = str(kind)
        self.rank = WORDS.index(word)
        self.count = 0


class Held(msgspec.Struct, frozen=True, gc=False, eq=False):
    """One object as it is kept. `text` is what a search looks in; the same object changed is another Held."""

    row: Row
    body: bytes
    bucket: Bucket
    tie: Tie
    text: str


class Shelf:
    """One kind on one cluster."""

    def __init__(self, cluster: ClusterName, kind: Kind, version: str, since: datetime) -> None:
        self.cluster = cluster
        self.kind = kind
        self.version = version
        self.objects: dict[Key, Held] = {}
        self.state = SyncState(sync=Sync.SYNCING, since=since)
        self.synced = False
        self.listed_at = ""
        self.unreadable = 0
        self._gone: dict[str, None] = {}

    @property
    def told_state(self) -> SyncState:
        """The state of its watch; where that has no problem, the objects that can't be read are one."""
        if self.state.problem or not self.unreadable:
            return self.state
        problem = f"{self.unreadable} times an object came that can't be read; the log says which"
        return SyncState(sync=self.state.sync, since=self.state.since, problem=problem)

    def bury(self, uid: str) -> None:
        """An object of this uid never comes back."""
        if uid:
            self._gone[uid] = None
            if len(self._gone) > TOMBSTONES:
                del self._gone[next(iter(self._gone))]

    def buried(self, uid: str) -> bool:
        """Whether the object of this uid was deleted."""
        return uid in self._gone

    def forget_deletions(self) -> None:
        """The cluster itself went back in time: what was deleted may be there."""
        self._gone.clear()


class Cache:
    """The shelves of all clusters, and the counts over them."""

    def __init__(self) -> None:
        self.journal: Journal[Held] = Journal()
        self._shelves: dict[ClusterName, dict[Kind, Shelf]] = {}
        self._buckets: dict[tuple[str, str, str, str, str], Bucket] = {}

    def open_cluster(self, cluster: ClusterName) -> None:
        """Make room for a cluster."""
        self._shelves.setdefault(cluster, {})

    def open_shelf(self, cluster: ClusterName, kind: Kind, version: str, since: datetime) -> Shelf:
        """The shelf of this kind, which now is served in this version."""
        shelf = self._shelves[cluster].setdefault(kind, Shelf(cluster, kind, version, since))
        shelf.version = version
        return shelf

    def close_shelf(self, shelf: Shelf) -> None:
        """Forget a kind, whose objects were dropped one by one before."""
        del self._shelves[shelf.cluster][shelf.kind]

    def close_cluster(self, cluster: ClusterName) -> None:
        """Forget a cluster and all its objects."""
        for shelf in self._shelves.pop(cluster).values():
            for key in tuple(shelf.objects):
                self.drop(shelf, key)

    @property
    def clusters(self) -> Collection[ClusterName]:
        """The names of all clusters, in the order they came."""
        return self._shelves.keys()

    def shelves(self, cluster: ClusterName) -> Collection[Shelf]:
        """The kinds served by a cluster, as far as known."""
        return self._shelves[cluster].values()

    def all_shelves(self) -> Iterator[Shelf]:
        """Every kind on every cluster."""
        for shelves in self._shelves.values():
            yield from shelves.values()

    def shelf(self, cluster: ClusterName, kind: Kind) -> Shelf | None:
        """The shelf of a kind, None when it is not served there."""
        return self._shelves[cluster].get(kind)

    def held(self, ref: Ref) -> Held | None:
        """The object, as it was last seen."""
        shelf = self._shelves.get(ref.cluster, {}).get(ref.kind)
        return shelf.objects.get((ref.namespace, ref.name)) if shelf else None

    @property
    def buckets(self) -> Collection[Bucket]:
        """The counts: none of them is zero."""
        return self._buckets.values()

    def everything(self) -> Iterator[Held]:
        """Every object, in no order."""
        for shelf in self.all_shelves():
            yield from shelf.objects.values()

    def put(self, shelf: Shelf, taken: Taken) -> Held:
        """Keep the object in place of what was there."""
        row = taken.row
        bucket = self._bucket(shelf, row)
        tie = (row.cluster, row.kind, row.namespace, row.name, row.group)
        new = Held(row, taken.body, bucket, tie, searchable(row))
        old = shelf.objects.get((row.namespace, row.name))
        shelf.objects[row.namespace, row.name] = new
        bucket.count += 1
        if old:
            self._count_out(old.bucket)
        self.journal.note(old, new)
        return new

    def drop(self, shelf: Shelf, key: Key) -> Held:
        """Keep the object no more."""
        old = shelf.objects.pop(key)
        shelf.bury(old.row.uid)
        self._count_out(old.bucket)
        self.journal.note(old, None)
        return old

    def _bucket(self, shelf: Shelf, row: Row) -> Bucket:
        key = (row.cluster, row.group, row.kind, row.namespace, row.status.value)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(row.cluster, shelf.kind, row.namespace, row.status)
        return bucket

    def _count_out(self, bucket: Bucket) -> None:
        bucket.count -= 1
        if not bucket.count:
            kind = bucket.kind
            del self._buckets[bucket.cluster, kind.group, kind.name, bucket.namespace, bucket.word.value]


def searchable(row: Row) -> str:
    """What a text filter looks in, in one case: `kind/namespace/name` and what the row says of itself."""
    source = row.source.name if row.source else ""
    said = f"{row.plural}\n{row.cluster}\n{row.reason}\n{row.message}\n{row.revision}\n{source}"
    return f"{row.kind}/{row.namespace}/{row.name}\n{said}".casefold()
