"""Turns a filter and what someone sees into one test of an object, and into a key equal for equal tests.

Rights are gyre.access': here they are only asked.
"""

from collections.abc import Callable, Collection, Iterable
from fnmatch import fnmatchcase

import msgspec

from gyre.access.sight import Sight
from gyre.errors import NoSuchCluster, NoSuchKind
from gyre.fleet.cache import Bucket, Cache, Held
from gyre.fleet.hiding import may_see
from gyre.fleet.queries import LabelWanted, RowFilter
from gyre.flux.kinds import by_kind, by_name, near
from gyre.terms.naming import ClusterName, Kind, Reference
from gyre.terms.rows import Label, Row, Word

MOST_VERDICTS = 10_000
"""Buckets remembered by one test; they come and go with the statuses of a fleet that lives for months."""

Test = Callable[[Held], bool]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with its names understood. Equal filters, however written, are equal; None and () ask nothing."""

    clusters: frozenset[ClusterName] | None
    kinds: frozenset[Kind] | None
    namespaces: frozenset[str]
    statuses: frozenset[Word]
    labels: frozenset[LabelWanted]
    words: tuple[str, ...]
    owner: Reference | None
    source: Reference | None

    @property
    def by_bucket_alone(self) -> bool:
        """Whether the counts can answer, without looking at any object."""
        return not (self.labels or self.words or self.owner or self.source)


def understand(asked: RowFilter, cache: Cache, sight: Sight) -> Wanted:
    """What the names in a filter mean; a cluster one may not see is one that does not exist."""
    kinds = [kind for name in asked.kinds for kind in kinds_named(name, cache)]
    clusters = [cluster_named(name, cache, sight) for name in asked.clusters]
    return Wanted(
        clusters=frozenset(clusters) if clusters else None,
        kinds=frozenset(kinds) if kinds else None,
        namespaces=frozenset(asked.namespaces),
        statuses=frozenset(asked.statuses),
        labels=frozenset(asked.labels),
        words=tuple(sorted(set(asked.text.casefold().split()))),
        owner=asked.owner,
        source=asked.source,
    )


def cluster_named(name: str, cache: Cache, sight: Sight) -> ClusterName:
    """The cluster of this name, if there is one and anything on it might be seen."""
    cluster = ClusterName(name)
    if cluster not in cache.clusters or not sight.sees_cluster(cluster):
        raise NoSuchCluster(f"There is no cluster {name!r} here.", details={"cluster": name})
    return cluster


def kinds_named(name: str, cache: Cache) -> tuple[Kind, ...]:
    """The kinds that answer to this name: one that Gyre knows well, or those found in clusters under it."""
    known = by_name(name)
    if known:
        return (known.kind,)
    wanted = name.lower()
    others = {shelf.kind: None for shelf in cache.all_shelves()}
    found = tuple(kind for kind in others if wanted in (kind.plural, kind.name.lower(), str(kind)))
    if found:
        return found
    likely = near(name, others=others)
    advice = f" Did you mean {' or '.join(likely)}?" if likely else ""
    raise NoSuchKind(f"There is no kind {name!r}.{advice}", details={"kind": name, "near": list(likely)})


def kind_written(group: str, name: str, cache: Cache) -> Kind:
    """The kind of exactly this group and name: one that Gyre knows well, or one found in clusters."""
    known = by_kind(group, name)
    if known:
        return known.kind
    found = (shelf.kind for shelf in cache.all_shelves() if (shelf.kind.group, shelf.kind.name) == (group, name))
    kind = next(found, None)
    if kind is None:
        message = f"{name!r} of the group {group!r} is no kind of Flux that Gyre knows here."
        raise NoSuchKind(message, details={"kind": name, "group": group, "near": list(near(name))})
    return kind


class Filter:
    """A filter and a sight together, asked of one object or of many at once.

    What depends on the bucket alone is asked once a bucket.
    """

    def __init__(self, wanted: Wanted, sight: Sight) -> None:
        self._wanted = wanted
        self._sight = sight
        self._verdicts: dict[Bucket, bool] = {}
        self._tests = tuple(_row_tests(wanted, sight))

    def takes(self, held: Held) -> bool:
        """Whether the object is asked for and may be seen."""
        if not self.admits(held.bucket):
            return False
        text = self._text(held)
        return all(word in text for word in self._wanted.words) and all(test(held) for test in self._tests)

    def admits(self, bucket: Bucket) -> bool:
        """Whether the bucket is asked for and may be seen."""
        verdict = self._verdicts.get(bucket)
        if verdict is None:
            if len(self._verdicts) >= MOST_VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[bucket] = passes(bucket, self._wanted, self._sight)
        return verdict

    def _text(self, held: Held) -> str:
        """What is searched in: the name of the source, its last line, only where that may be seen."""
        row = held.row
        if row.source is None or self._sight.sees_all or may_see(row.cluster, row.source, self._sight):
            return held.text
        return held.text.rpartition("\n")[0]

    def pick(self, rows: list[Held], buckets: Collection[Bucket]) -> list[Held]:
        """Those of the rows that are taken, in their order; `buckets` are all there are.

        One test after the other over all rows is several times as fast as all tests on each row.
        """
        admitted = {bucket for bucket in buckets if self.admits(bucket)}
        found = rows if len(admitted) == len(buckets) else [held for held in rows if held.bucket in admitted]
        for word in sorted(self._wanted.words, key=len, reverse=True):
            found = [held for held in found if word in held.text and (self._sight.sees_all or word in self._text(held))]
        for test in self._tests:
            found = [held for held in found if test(held)]
        return list(found) if found is rows else found


def passes(bucket: Bucket, wanted: Wanted, sight: Sight) -> bool:
    """Whether the objects of this bucket may be seen and are asked for, as far as the bucket says."""
    if wanted.clusters is not None and bucket.cluster not in wanted.clusters:
        return False
    if wanted.kinds is not None and bucket.kind not in wanted.kinds:
        return False
    if wanted.statuses and bucket.word not in wanted.statuses:
        return False
    if wanted.namespaces and not named_by(bucket.namespace, wanted.namespaces):
        return False
    return sight.sees(bucket.cluster, bucket.kind.plural, bucket.namespace)


def named_by(name: str, patterns: frozenset[str]) -> bool:
    """Whether one of these is the name, or a glob of it."""
    return name in patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _row_tests(wanted: Wanted, sight: Sight) -> Iterable[Test]:
    for label in wanted.labels:
        yield _label_test(label)
    for reference, attribute in ((wanted.owner, _owner), (wanted.source, _source)):
        if reference:
            yield _reference_test(reference, attribute, sight)


def _label_test(wanted: LabelWanted) -> Test:
    if wanted.value is None:
        return lambda held: any(label.key == wanted.key for label in held.row.labels)
    exact = Label(wanted.key, wanted.value)
    return lambda held: exact in held.row.labels


def _reference_test(wanted: Reference, of: Callable[[Row], Reference | None], sight: Sight) -> Test:
    """Whoever may not see what is pointed at cannot find out either who points at it."""

    def test(held: Held) -> bool:
        found = of(held.row)
        return (
            found is not None
            and (found.kind, found.namespace, found.name) == (wanted.kind, wanted.namespace, wanted.name)
            and wanted.group in ("", found.group)
            and may_see(held.row.cluster, found, sight)
        )

    return test


def _owner(row: Row) -> Reference | None:
    return row.owner


def _source(row: Row) -> Reference | None:
    return row.source
