"""Lists that follow the changes are what sorting and filtering everything anew would give."""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyre.access.sight import Sight, sight_of
from gyre.errors import Invalid
from gyre.fleet import counting, views
from gyre.fleet.cache import Cache, Held
from gyre.fleet.counting import Tallies
from gyre.fleet.filters import understand
from gyre.fleet.orders import cursor_of, index_of, place_of, read_cursor
from gyre.fleet.pointers import Pointers
from gyre.fleet.queries import LabelWanted, Order, RowFilter, SortKey
from gyre.fleet.views import Views
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Principal, Role
from gyre.terms.rows import Row, Word
from tests.fleet.conftest import seeing
from tests.support.rowsets import Made

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = (
    Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations"),
    Kind("helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases"),
    Kind("example.com", "Kustomization", "kustomizations"),
)
CLUSTERS = ("default", "east")
ADMIN = sight_of(Principal(user_id="1", username="ada", role=Role.ADMIN, grants=()))
TEAM = seeing("team-*", "prod", resources=("kustomizations",))
NOBODY = sight_of(Principal(user_id="3", username="mallory", role=Role.MEMBER, grants=()))
EAST = seeing("*", cluster="east")
NEEDY_FIRST = ["Failed", "Progressing", "Terminating", "Unknown", "Suspended", "Ready"]

TIMES = st.sampled_from(
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:01Z", "2025-12-31T23:59:59Z"]
)
OBJECTS = st.builds(
    Made,
    cluster=st.sampled_from(CLUSTERS),
    kind=st.sampled_from(KINDS),
    namespace=st.sampled_from(["prod", "team-a", "team-b", "other"]),
    name=st.sampled_from(["a", "ab", "b", "c"]),
    word=st.sampled_from(["Ready", "Failed", "Progressing"]),
    changed=TIMES,
    created=TIMES,
    reconciled=st.none() | TIMES,
    message=st.sampled_from(["Applied revision: Main", "timeout", "ab timeout"]),
    labels=st.sampled_from([(), (("team", "a"),), (("team", "b"), ("tier", "1"))]),
)
STEPS = st.lists(st.tuples(st.booleans(), OBJECTS), max_size=25)
ORDERS = st.builds(Order, st.sampled_from(list(SortKey)), st.booleans())
FILTERS = st.builds(
    RowFilter,
    clusters=st.sampled_from([(), (), ("east",)]),
    kinds=st.sampled_from([(), ("ks",), ("HelmRelease", "kustomizations")]),
    namespaces=st.sampled_from([(), ("prod",), ("team-*",), ("team-a", "oth?r")]),
    statuses=st.sampled_from([(), (Word.FAILED,), (Word.READY, Word.PROGRESSING)]),
    labels=st.sampled_from([(), (LabelWanted("team"),), (LabelWanted("team", "b"), LabelWanted("tier"))]),
    text=st.sampled_from(["", "TIMEOUT", "timeout ab", "main", "prod/a"]),
)


class Fleet:
    """A cache one can change, and the lists over it."""

    def __init__(self) -> None:
        self.cache = Cache()
        self.views = Views(self.cache)
        self.tallies = Tallies(self.cache, self.views)
        self.version = 0
        for cluster in CLUSTERS:
            self.cache.open_cluster(ClusterName(cluster))
            for kind in KINDS:
                self.cache.open_shelf(ClusterName(cluster), kind, "v1", START)

    def step(self, *, add: bool, made: Made) -> None:
        shelf = self.cache.shelf(ClusterName(made.cluster), made.kind)
        assert shelf is not None
        self.version += 1
        if add:
            self.cache.put(shelf, made.taken(self.version))
        elif (made.namespace, made.name) in shelf.objects:
            self.cache.drop(shelf, (made.namespace, made.name))

    def read(self, asked: RowFilter, order: Order, sight: Sight = ADMIN) -> list[Held]:
        return self.views.read(understand(asked, self.cache, sight), order, sight)


def fulfils(row: Row, asked: RowFilter, sight: Sight) -> bool:
    """The filter, as its documentation says it, one row at a time."""
    names = {
        "ks": ("Kustomization", "kustomize.toolkit.fluxcd.io"),
        "kustomizations": ("Kustomization", "kustomize.toolkit.fluxcd.io"),
        "HelmRelease": ("HelmRelease", "helm.toolkit.fluxcd.io"),
    }
    labels = {label.key: label.value for label in row.labels}
    said = " ".join((f"{row.kind}/{row.namespace}/{row.name}", row.message, row.revision, row.reason)).lower()
    return (
        sight.sees(row.cluster, row.plural, row.namespace)
        and (not asked.clusters or row.cluster in asked.clusters)
        and (not asked.kinds or (row.kind, row.group) in [names[name] for name in asked.kinds])
        and (not asked.namespaces or any(fnmatchcase(row.namespace, pattern) for pattern in asked.namespaces))
        and (not asked.statuses or row.status in asked.statuses)
        and all(label.key in labels and label.value in (None, labels[label.key]) for label in asked.labels)
        and all(word in said for word in asked.text.lower().split())
    )


def standing(order: Order) -> Any:
    """The order, as its documentation says it, two rows at a time."""

    def first(row: Row) -> Any:
        moments = {SortKey.CHANGED_AT: "changed_at", SortKey.RECONCILED_AT: "reconciled_at"}
        if order.by in (*moments, SortKey.CREATED_AT):
            written = getattr(row, moments.get(order.by, "created_at"))
            return datetime.fromisoformat(written) if written else START.replace(year=1)
        if order.by is SortKey.STATUS:
            return NEEDY_FIRST.index(row.status.value)
        return getattr(row, order.by.value.lower())

    def compare(one: Row, other: Row) -> int:
        a, b = first(one), first(other)
        if a != b:
            return (1 if a > b else -1) * (-1 if order.descending else 1)
        ties = [(row.cluster, row.kind, row.namespace, row.name, row.group) for row in (one, other)]
        return (ties[0] > ties[1]) - (ties[0] < ties[1])

    return cmp_to_key(compare)


def anew(fleet: Fleet, asked: RowFilter, order: Order, sight: Sight) -> list[Row]:
    rows = [held.row for held in fleet.cache.everything() if fulfils(held.row, asked, sight)]
    return sorted(rows, key=standing(order))


def grouped(rows: list[Row], key: Callable[[Row], Hashable]) -> dict[Hashable, dict[Word, int]]:
    found: dict[Hashable, dict[Word, int]] = {}
    for row in rows:
        counts = found.setdefault(key(row), {})
        counts[row.status] = counts.get(row.status, 0) + 1
    return found


QUESTIONS = st.tuples(FILTERS, ORDERS, st.sampled_from([ADMIN, TEAM]))


@settings(deadline=None, max_examples=80)
@given(rounds=st.lists(st.tuples(STEPS, QUESTIONS), min_size=1, max_size=4), question=QUESTIONS)
def test_a_list_that_followed_all_changes_is_the_list_made_anew(
    rounds: list[tuple[list[tuple[bool, Made]], tuple[RowFilter, Order, Sight]]],
    question: tuple[RowFilter, Order, Sight],
) -> None:
    fleet = Fleet()
    for steps, other in rounds:
        for add, made in steps:
            fleet.step(add=add, made=made)
        for asked, order, sight in (question, other):
            assert [held.row for held in fleet.read(asked, order, sight)] == anew(fleet, asked, order, sight)


@settings(deadline=None, max_examples=60)
@given(rounds=st.lists(STEPS, min_size=1, max_size=4), question=QUESTIONS)
def test_counts_that_followed_all_changes_are_the_counts_made_anew(
    rounds: list[list[tuple[bool, Made]]], question: tuple[RowFilter, Order, Sight]
) -> None:
    fleet = Fleet()
    asked, order, sight = question
    for steps in rounds:
        for add, made in steps:
            fleet.step(add=add, made=made)
        rows = anew(fleet, asked, order, sight)
        counts = fleet.tallies.read(understand(asked, fleet.cache, sight), sight)
        assert counts.total == len(rows)
        assert counts.by_namespace == grouped(rows, lambda row: row.namespace)
        assert counts.by_cluster == grouped(rows, lambda row: row.cluster)
        assert counts.by_kind == grouped(rows, lambda row: row.ref.kind)
        assert counts.by_status == {word: n for word in Word if (n := sum(row.status is word for row in rows))}
        assert sum(bucket.count for bucket in fleet.cache.buckets) == len(list(fleet.cache.everything()))
        assert all(bucket.count > 0 for bucket in fleet.cache.buckets)


@settings(deadline=None, max_examples=80)
@given(
    begin=st.lists(OBJECTS, min_size=1, max_size=40),
    between=st.lists(STEPS, min_size=1, max_size=12),
    order=ORDERS,
    size=st.integers(1, 4),
)
def test_paging_by_cursor_neither_repeats_nor_skips_what_stays(
    begin: list[Made], between: list[list[tuple[bool, Made]]], order: Order, size: int
) -> None:
    fleet = Fleet()
    for made in begin:
        fleet.step(add=True, made=made)
    everything = RowFilter()
    before = {held.tie: place_of(order, held) for held in fleet.read(everything, order)}
    stayed = set(before)
    seen: list[Any] = []
    cursor = None
    for steps in [*between, *([[]] * 40)]:
        rows = fleet.read(everything, order)
        start = 0
        if cursor is not None:
            place = read_cursor(order, cursor)
            start = index_of(order, rows, place)
            start += start < len(rows) and place_of(order, rows[start]) == place
        page = rows[start : start + size]
        if not page:
            break
        seen += [held.tie for held in page]
        cursor = cursor_of(order, page[-1])
        for add, made in steps:
            fleet.step(add=add, made=made)
        now = {held.tie: place_of(order, held) for held in fleet.cache.everything()}
        stayed = {tie for tie in stayed if now.get(tie) == before[tie]}
    assert stayed <= set(seen)
    assert all(seen.count(tie) == 1 for tie in stayed)


def test_descending_turns_the_key_but_not_the_ties() -> None:
    fleet = Fleet()
    for name, word in (("b", "Failed"), ("a", "Failed"), ("d", "Ready"), ("c", "Ready")):
        fleet.step(add=True, made=Made(name=name, word=word))
    up = [held.row.name for held in fleet.read(RowFilter(), Order(SortKey.STATUS))]
    down = [held.row.name for held in fleet.read(RowFilter(), Order(SortKey.STATUS, descending=True))]
    assert up == ["a", "b", "c", "d"]
    assert down == ["c", "d", "a", "b"]


def test_who_sees_nothing_gets_nothing_and_who_sees_some_gets_some() -> None:
    fleet = Fleet()
    fleet.step(add=True, made=Made(namespace="prod"))
    fleet.step(add=True, made=Made(namespace="other"))
    fleet.step(add=True, made=Made(namespace="prod", cluster="east"))
    for sight, expected in ((ADMIN, 3), (TEAM, 2), (EAST, 1), (NOBODY, 0)):
        assert len(fleet.read(RowFilter(), Order(), sight)) == expected
        assert fleet.tallies.read(understand(RowFilter(), fleet.cache, sight), sight).total == expected


@pytest.mark.parametrize("changes", [1, views.STEPS, views.STEPS + 1, counting.STEPS + 1, 5_000])
def test_lists_and_counts_are_right_however_far_behind_they_were(changes: int) -> None:
    fleet = Fleet()
    fleet.step(add=True, made=Made(name="first"))
    asked, order = RowFilter(statuses=(Word.READY,)), Order(SortKey.NAMESPACE)
    fleet.read(asked, order)
    fleet.tallies.read(understand(asked, fleet.cache, ADMIN), ADMIN)
    for n in range(changes):
        fleet.step(add=True, made=Made(name=f"n{n % 7}", word="Ready" if n % 3 else "Failed"))
    rows = anew(fleet, asked, order, ADMIN)
    assert [held.row for held in fleet.read(asked, order)] == rows
    assert fleet.tallies.read(understand(asked, fleet.cache, ADMIN), ADMIN).total == len(rows)


@pytest.mark.parametrize("changes", [0, 3, 5_000])
def test_what_points_at_an_object_is_right_however_far_behind_it_was(changes: int) -> None:
    fleet = Fleet()
    pointers = Pointers(fleet.cache)
    target = Ref(cluster=ClusterName("default"), kind=KINDS[0], namespace="prod", name="base")
    assert pointers.at(target) == []
    for name in ("b", "a"):
        fleet.step(add=True, made=Made(name=name, waits_for="base"))
    assert [held.row.name for held in pointers.at(target)] == ["a", "b"]
    for n in range(changes):
        fleet.step(add=True, made=Made(name=f"n{n % 3}", waits_for="base" if n % 2 else "other"))
    fleet.step(add=False, made=Made(name="a"))
    waiting = [
        held.row.name for held in fleet.cache.everything() if any(one.name == "base" for one in held.row.depends_on)
    ]
    assert [held.row.name for held in pointers.at(target)] == sorted(waiting)
    assert "b" in waiting


def test_views_are_given_up_beyond_the_budget_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "BUDGET", 5)
    fleet = Fleet()
    for name in "abc":
        fleet.step(add=True, made=Made(name=name))
    for text in ("a", "b", "", "c", "well"):
        rows = fleet.read(RowFilter(text=text), Order())
        assert [held.row for held in rows] == anew(fleet, RowFilter(text=text), Order(), ADMIN)
        assert sum(len(view.rows) for view in fleet.views._views.values()) <= max(5, len(rows))
    fleet.step(add=True, made=Made(name="d"))
    assert len(fleet.read(RowFilter(text="well"), Order())) == 4


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "!!!", "é", "a" * 5_000, "bnVsbA", "W10", "e30", "\0", "WyJOQU1FIixmYWxzZV0",
        "WyJOQU1FIixmYWxzZSwxLFsiYSIsImIiLCJjIiwiZCIsImUiXV0",
    ],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(Order(), cursor)


def test_a_cursor_of_another_order_is_refused() -> None:
    fleet = Fleet()
    fleet.step(add=True, made=Made())
    (held,) = fleet.read(RowFilter(), Order())
    cursor = cursor_of(Order(SortKey.STATUS), held)
    assert read_cursor(Order(SortKey.STATUS), cursor) == (5, held.tie)
    with pytest.raises(Invalid, match="another order"):
        read_cursor(Order(SortKey.STATUS, descending=True), cursor)
    with pytest.raises(Invalid, match="another order"):
        read_cursor(Order(SortKey.NAME), cursor)
