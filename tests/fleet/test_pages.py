"""Pages, counts and single objects, as each person may see them."""

import pytest

from gyre.access.sight import Sight
from gyre.errors import GyreError, Invalid, NoSuchCluster, NoSuchKind
from gyre.fleet.queries import LabelWanted, Order, RowFilter, RowQuery, SortKey
from gyre.kube.reading import server_version
from gyre.terms.naming import Kind, Ref, Reference
from gyre.terms.people import Action, Allowed, Principal, Role
from gyre.terms.rows import Word
from tests.fleet.conftest import DEFAULT, Gyre, seeing
from tests.fleet.test_watching import until
from tests.support.cluster import FAILED, GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS, thing

pytestmark = pytest.mark.anyio

OWNED = {
    "labels": {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "prod",
        "team": "a",
    }
}


@pytest.fixture
async def full(gyre: Gyre, everything: Sight) -> Gyre:
    """Three Kustomizations, two HelmReleases, one GitRepository, in two namespaces."""
    fleet_source = {"sourceRef": {"kind": "GitRepository", "name": "fleet"}}
    gyre.cluster.has(
        KUSTOMIZATIONS,
        thing("apps", spec=fleet_source),
        thing("infra", conditions=[FAILED], spec=fleet_source),
        thing("apps", "dev", conditions=[FAILED | {"lastTransitionTime": "2026-01-02T00:00:00Z"}]),
    )
    gyre.cluster.has(HELM_RELEASES, thing("web", metadata=OWNED), thing("db", "dev"))
    gyre.cluster.has(GIT_REPOSITORIES, thing("fleet"))
    await until(lambda: gyre.fleet.page(RowQuery(), everything).total == 6)
    return gyre


def found(gyre: Gyre, sight: Sight, asked: RowFilter = RowFilter(), **query: object) -> list[str]:  # noqa: B008
    page = gyre.fleet.page(RowQuery(filter=asked, **query), sight)  # type: ignore[arg-type] # each test gives what fits
    return [f"{row.plural}/{row.namespace}/{row.name}" for row in page.rows]


FILTERS: list[tuple[RowFilter, list[str]]] = [
    (RowFilter(kinds=("HR",)), ["helmreleases/dev/db", "helmreleases/prod/web"]),
    (RowFilter(kinds=("GitRepository", "gitrepositories", "gitrepo")), ["gitrepositories/prod/fleet"]),
    (RowFilter(clusters=("default",), kinds=("hr",), namespaces=("prod",)), ["helmreleases/prod/web"]),
    (RowFilter(namespaces=("d*",)), ["kustomizations/dev/apps", "helmreleases/dev/db"]),
    (RowFilter(namespaces=("none",)), []),
    (RowFilter(statuses=(Word.FAILED,)), ["kustomizations/dev/apps", "kustomizations/prod/infra"]),
    (RowFilter(labels=(LabelWanted("team", "a"),)), ["helmreleases/prod/web"]),
    (RowFilter(labels=(LabelWanted("team"),)), ["helmreleases/prod/web"]),
    (RowFilter(labels=(LabelWanted("team", "b"),)), []),
    (RowFilter(text="BUILD failed dev"), ["kustomizations/dev/apps"]),
    (RowFilter(text="prod/web"), ["helmreleases/prod/web"]),
    (RowFilter(text="nothing like it"), []),
    (RowFilter(owner=Reference("Kustomization", "apps", "prod")), ["helmreleases/prod/web"]),
    (RowFilter(owner=Reference("Kustomization", "apps", "prod", "other.group")), []),
    (
        RowFilter(source=Reference("GitRepository", "fleet", "prod", "source.toolkit.fluxcd.io")),
        ["kustomizations/prod/apps", "kustomizations/prod/infra"],
    ),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS, ids=lambda value: str(value)[:60])
async def test_a_filter_gives_what_it_says(
    full: Gyre, everything: Sight, asked: RowFilter, expected: list[str]
) -> None:
    assert found(full, everything, asked) == expected
    matches = full.fleet.matcher(asked, everything)
    rows = full.fleet.page(RowQuery(), everything).rows
    assert [f"{row.plural}/{row.namespace}/{row.name}" for row in rows if matches(row)] == expected


async def test_pages_by_offset_and_by_cursor_are_the_same(full: Gyre, everything: Sight) -> None:
    order = Order(SortKey.NAMESPACE, descending=True)
    whole = found(full, everything, order=order)
    assert whole == [
        "gitrepositories/prod/fleet",
        "helmreleases/prod/web",
        "kustomizations/prod/apps",
        "kustomizations/prod/infra",
        "helmreleases/dev/db",
        "kustomizations/dev/apps",
    ]
    cursor = None
    for start in range(0, 6, 2):
        by_offset = full.fleet.page(RowQuery(order=order, limit=2, offset=start), everything)
        by_cursor = full.fleet.page(RowQuery(order=order, limit=2, after=cursor), everything)
        assert by_cursor.rows == by_offset.rows
        assert [f"{row.plural}/{row.namespace}/{row.name}" for row in by_cursor.rows] == whole[start : start + 2]
        assert (by_cursor.start, by_cursor.total) == (start, 6)
        assert (by_cursor.has_previous, by_cursor.has_next) == (start > 0, start < 4)
        assert by_cursor.cursors == (by_cursor.start_cursor, by_cursor.end_cursor)
        cursor = by_cursor.end_cursor
    last = full.fleet.page(RowQuery(order=order, after=cursor), everything)
    assert (last.rows, last.start_cursor, last.end_cursor, last.total) == ((), None, None, 6)
    assert full.fleet.page(RowQuery(offset=1_000_000), everything).rows == ()
    assert full.fleet.page(RowQuery(limit=0), everything).total == 6


async def test_who_sees_less_gets_less_in_every_list_and_count(full: Gyre) -> None:
    team = seeing("dev")
    assert found(full, team) == ["kustomizations/dev/apps", "helmreleases/dev/db"]
    assert full.fleet.page(RowQuery(limit=1), team).total == 2
    overview = full.fleet.overview(team)
    assert (overview.total, overview.by_status) == (2, {Word.FAILED: 1, Word.READY: 1})
    assert overview.by_namespace == {"dev": {Word.FAILED: 1, Word.READY: 1}}
    assert [row.namespace for row in overview.failing] == ["dev"]
    assert {health.kind.name: health.count for health in full.fleet.kinds(DEFAULT, team)} == {
        "GitRepository": 0,
        "HelmRelease": 1,
        "Kustomization": 1,
    }
    assert {kind.name: dict(counts) for kind, counts in full.fleet.counts(team).items()} == {
        "HelmRelease": {Word.READY: 1},
        "Kustomization": {Word.FAILED: 1},
    }
    assert found(full, seeing("*", resources=("gitrepositories",))) == ["gitrepositories/prod/fleet"]


async def test_who_sees_nothing_of_a_cluster_is_not_told_that_it_exists(full: Gyre) -> None:
    stranger = seeing("*", cluster="elsewhere")
    assert full.fleet.clusters(stranger) == ()
    page = full.fleet.page(RowQuery(), stranger)
    assert (page.rows, page.total, page.problems) == ((), 0, ())
    refusals = []
    for name in ("default", "missing"):
        with pytest.raises(NoSuchCluster) as refusal:
            full.fleet.page(RowQuery(filter=RowFilter(clusters=(name,))), stranger)
        refusals.append(refusal.value.message.replace(name, "NAME"))
    assert refusals[0] == refusals[1]


async def test_an_overview_counts_all_and_names_the_latest_failures_first(full: Gyre, everything: Sight) -> None:
    overview = full.fleet.overview(everything)
    assert overview.total == 6
    assert overview.by_status == {Word.READY: 4, Word.FAILED: 2}
    assert [(kind.name, dict(counts)) for kind, counts in overview.by_kind.items()] == [
        ("GitRepository", {Word.READY: 1}),
        ("HelmRelease", {Word.READY: 2}),
        ("Kustomization", {Word.FAILED: 2, Word.READY: 1}),
    ]
    assert list(overview.by_namespace) == ["dev", "prod"]
    assert overview.by_cluster == {DEFAULT: {Word.FAILED: 2, Word.READY: 4}}
    assert [(row.namespace, row.name) for row in overview.failing] == [("dev", "apps"), ("prod", "infra")]
    filtered = full.fleet.overview(everything, RowFilter(text="fleet", statuses=(Word.READY,)))
    assert (filtered.by_status, filtered.failing) == ({Word.READY: 2}, ())


async def test_what_points_at_an_object_is_found_from_it_and_follows_its_changes(full: Gyre, everything: Sight) -> None:
    def pointing(sight: Sight, kind: Kind, name: str) -> list[str]:
        ref = Ref(cluster=DEFAULT, kind=kind, namespace="prod", name=name)
        return [f"{row.plural}/{row.namespace}/{row.name}" for row in full.fleet.dependents(ref, sight)]

    assert pointing(everything, GIT_REPOSITORIES, "fleet") == ["kustomizations/prod/apps", "kustomizations/prod/infra"]
    assert pointing(seeing("dev"), GIT_REPOSITORIES, "fleet") == []
    assert pointing(everything, KUSTOMIZATIONS, "infra") == []
    waiting = {"sourceRef": {"kind": "GitRepository", "name": "other"}, "dependsOn": [{"name": "infra"}]}
    full.cluster.has(KUSTOMIZATIONS, thing("apps", spec=waiting))
    await until(lambda: pointing(everything, KUSTOMIZATIONS, "infra") == ["kustomizations/prod/apps"])
    assert pointing(everything, GIT_REPOSITORIES, "fleet") == ["kustomizations/prod/infra"]
    full.cluster.lacks(KUSTOMIZATIONS, "prod", "infra")
    await until(lambda: pointing(everything, GIT_REPOSITORIES, "fleet") == [])
    assert pointing(everything, KUSTOMIZATIONS, "infra") == ["kustomizations/prod/apps"]


async def test_the_cluster_itself_can_be_asked_and_written_to(full: Gyre) -> None:
    client = full.fleet.client(DEFAULT, because="a test asks for the version")
    assert (await server_version(client, because="a test")).git_version == "v1.36.3"
    principal = Principal(user_id="1", username="ada", role=Role.ADMIN, grants=())
    allowed = Allowed(
        principal=principal,
        action=Action.RECONCILE,
        cluster=DEFAULT,
        resource="kustomizations",
        namespace="prod",
        because="role:admin",
    )
    assert full.fleet.writer(allowed) is client


REFUSED: list[tuple[RowQuery, type[GyreError], str]] = [
    (RowQuery(limit=-1), Invalid, "between 0 and 1000"),
    (RowQuery(limit=1_001), Invalid, "between 0 and 1000"),
    (RowQuery(offset=-1), Invalid, "not negative"),
    (RowQuery(after="x", offset=3), Invalid, "either"),
    (RowQuery(after="x"), Invalid, "not a cursor"),
    (RowQuery(after="a" * 1_000_000), Invalid, "longer than any"),
    (RowQuery(filter=RowFilter(text="a" * 1_000_000)), Invalid, "at most 512 characters"),
    (RowQuery(filter=RowFilter(kinds=("k" * 1_000_000,))), Invalid, "at most 512 characters"),
    (RowQuery(filter=RowFilter(labels=(LabelWanted("k" * 600),))), Invalid, "at most 512 characters"),
    (RowQuery(filter=RowFilter(namespaces=("a",) * 101)), Invalid, "at most 100 values"),
    (RowQuery(filter=RowFilter(kinds=("kustomisation",))), NoSuchKind, "Did you mean kustomizations"),
    (RowQuery(filter=RowFilter(kinds=("__proto__",))), NoSuchKind, "no kind '__proto__'"),
    (RowQuery(filter=RowFilter(kinds=("constructor",))), NoSuchKind, "no kind 'constructor'"),
    (RowQuery(filter=RowFilter(kinds=("",))), NoSuchKind, "no kind ''"),
    (RowQuery(filter=RowFilter(clusters=("nope\0",))), NoSuchCluster, "no cluster"),
]


@pytest.mark.parametrize(("query", "error", "said"), REFUSED, ids=lambda value: str(value)[:40])
async def test_what_makes_no_sense_is_refused_with_a_word_of_advice(
    full: Gyre, everything: Sight, query: RowQuery, error: type[GyreError], said: str
) -> None:
    with pytest.raises(error, match=said):
        full.fleet.page(query, everything)


@pytest.mark.parametrize("text", ["\0", "[", "*", "a" * 512, "🦆", "' OR 1=1", "\\"])
async def test_odd_text_finds_nothing_and_breaks_nothing(full: Gyre, everything: Sight, text: str) -> None:
    assert found(full, everything, RowFilter(text=text)) == []
    assert found(full, everything, RowFilter(namespaces=(text.replace("*", "?????"),))) == []
    assert found(full, everything, RowFilter(labels=(LabelWanted(text, text),))) == []
