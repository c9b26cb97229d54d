"""Turns a filter and what someone sees into one test of an object, and into a key equal for equal tests.

Rights are gyre.access': here they are only asked.
"""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

import msgspec

from gyre.access.sight import Sight
from gyre.errors import NoSuchCluster, NoSuchKind
from gyre.fleet.cache import Bucket, Cache, Held
from gyre.fleet.queries import LabelWanted, RowFilter
from gyre.flux.kinds import by_name, near
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


def compiled(wanted: Wanted, sight: Sight) -> Test:
    """One test for the filter and the sight together; what depends on the bucket is asked once a bucket."""
    verdicts: dict[Bucket, bool] = {}

    def admits(bucket: Bucket) -> bool:
        if len(verdicts) >= MOST_VERDICTS:
            verdicts.clear()
        verdict = verdicts[bucket] = passes(bucket, wanted, sight)
        return verdict

    tests = tuple(_row_tests(wanted))

    def test(held: Held) -> bool:
        bucket = held.bucket
        if not (verdicts[bucket] if bucket in verdicts else admits(bucket)):
            return False
        return all(passed(held) for passed in tests) if tests else True

    return test


def passes(bucket: Bucket, wanted: Wanted, sight: Sight) -> bool:
    """Whether the objects of this bucket may be seen and are asked for, as far as the bucket says."""
    if wanted.clusters is not None and bucket.cluster not in wanted.clusters:
        return False
    if wanted.kinds is not None and bucket.kind not in wanted.kinds:
        return False
    if wanted.statuses and bucket.word not in wanted.statuses:
        return False
    if wanted.namespaces and not _in_namespaces(bucket.namespace, wanted.namespaces):
        return False
    return sight.sees(bucket.cluster, bucket.kind.plural, bucket.namespace)


def _in_namespaces(namespace: str, patterns: frozenset[str]) -> bool:
    return namespace in patterns or any(fnmatchcase(namespace, pattern) for pattern in patterns)


def _row_tests(wanted: Wanted) -> Iterable[Test]:
    if len(wanted.words) == 1:
        (word,) = wanted.words
        yield lambda held: word in held.text
    elif wanted.words:
        yield lambda held: all(word in held.text for word in wanted.words)
    for label in wanted.labels:
        yield _label_test(label)
    for reference, attribute in ((wanted.owner, _owner), (wanted.source, _source)):
        if reference:
            yield _reference_test(reference, attribute)


def _label_test(wanted: LabelWanted) -> Test:
    if wanted.value is None:
        return lambda held: any(label.key == wanted.key for label in held.row.labels)
    exact = Label(wanted.key, wanted.value)
    return lambda held: exact in held.row.labels


def _reference_test(wanted: Reference, of: Callable[[Row], Reference | None]) -> Test:
    def test(held: Held) -> bool:
        found = of(held.row)
        return (
            found is not None
            and (found.kind, found.namespace, found.name) == (wanted.kind, wanted.namespace, wanted.name)
            and wanted.group in ("", found.group)
        )

    return test


def _owner(row: Row) -> Reference | None:
    return row.owner


def _source(row: Row) -> Reference | None:
    return row.source
