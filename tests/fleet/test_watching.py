"""What the fleet knows follows the cluster, whatever happens to it."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from gyre.access.sight import Sight
from gyre.errors import NoSuchCluster, NotSynced
from gyre.events.news import News, Resync, Told
from gyre.fleet import keeper, supervisor
from gyre.fleet.fleet import Fleet
from gyre.fleet.queries import RowFilter, RowQuery
from gyre.fleet.supervisor import SETTLE_SECONDS
from gyre.flux.intake import Taken, take
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.rows import Word
from gyre.terms.sync import Sync
from tests.fleet.conftest import DEFAULT, Gyre, watching
from tests.support.cluster import (
    FAILED,
    GIT_REPOSITORIES,
    HELM_RELEASES,
    KUSTOMIZATIONS,
    WIDGETS,
    LittleCluster,
    open_cluster,
    thing,
)

pytestmark = pytest.mark.anyio

SECONDS = 20.0
APPS = Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace="prod", name="apps")


async def until(fulfilled: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not fulfilled():  # noqa: ASYNC110 # what is waited for has no event: it is what a reader sees
            await asyncio.sleep(0.005)


def names(fleet: Fleet, sight: Sight, *kinds: str) -> list[str]:
    page = fleet.page(RowQuery(filter=RowFilter(kinds=kinds)), sight)
    return [f"{row.plural}/{row.namespace}/{row.name}" for row in page.rows]


def syncs(fleet: Fleet, sight: Sight) -> dict[str, str]:
    return {health.kind.name: health.state.sync.value for health in fleet.kinds(DEFAULT, sight)}


def told(news: list[News]) -> list[str]:
    return [f"{one.change.type.value} {one.change.row.name}" for one in news if isinstance(one, Told)]


async def test_what_is_created_changed_and_deleted_is_seen_at_once(gyre: Gyre, everything: Sight) -> None:
    assert names(gyre.fleet, everything) == []
    news: list[News] = []
    with gyre.feed.listen(news.append):
        gyre.cluster.has(KUSTOMIZATIONS, thing("apps"), thing("infra"))
        await until(lambda: len(names(gyre.fleet, everything)) == 2)
        gyre.cluster.has(HELM_RELEASES, thing("web"))
        await until(lambda: len(names(gyre.fleet, everything)) == 3)
        assert names(gyre.fleet, everything) == [
            "kustomizations/prod/apps",
            "kustomizations/prod/infra",
            "helmreleases/prod/web",
        ]
        gyre.cluster.has(KUSTOMIZATIONS, thing("apps", conditions=[FAILED]))
        await until(lambda: gyre.fleet.overview(everything).by_status == {Word.READY: 2, Word.FAILED: 1})
        gyre.cluster.lacks(KUSTOMIZATIONS, "prod", "infra")
        await until(lambda: len(names(gyre.fleet, everything)) == 2)
    assert names(gyre.fleet, everything) == ["kustomizations/prod/apps", "helmreleases/prod/web"]
    assert told(news) == ["ADDED apps", "ADDED infra", "ADDED web", "MODIFIED apps", "DELETED infra"]
    (health,) = gyre.fleet.clusters(everything)
    assert (health.name, health.state.sync, health.state.problem) == (DEFAULT, Sync.LIVE, "")
    assert health.kubernetes_version == "v1.36.3"


async def test_after_a_gap_the_fleet_is_what_a_list_says_and_each_difference_is_told_once(
    gyre: Gyre, everything: Sight
) -> None:
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"), thing("gone"), thing("reborn", uid="first"), thing("same"))
    await until(lambda: len(names(gyre.fleet, everything)) == 4)
    watchers = gyre.cluster.served[KUSTOMIZATIONS].watchers.copy()
    gyre.cluster.served[KUSTOMIZATIONS].watchers.clear()  # it hears nothing of what happens now
    gyre.cluster.lacks(KUSTOMIZATIONS, "prod", "gone")
    gyre.cluster.lacks(KUSTOMIZATIONS, "prod", "reborn")
    gyre.cluster.has(KUSTOMIZATIONS, thing("reborn", uid="second"), thing("new"))
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps", conditions=[FAILED]))
    gyre.cluster.served[KUSTOMIZATIONS].watchers.update(watchers)
    news: list[News] = []
    with gyre.feed.listen(news.append):
        gyre.cluster.forget_history()
        await until(lambda: any(name.endswith("/new") for name in names(gyre.fleet, everything)))
    assert told(news) == ["MODIFIED apps", "DELETED reborn", "ADDED reborn", "ADDED new", "DELETED gone"]
    assert names(gyre.fleet, everything) == [
        f"kustomizations/prod/{name}" for name in ("apps", "new", "reborn", "same")
    ]
    found = gyre.fleet.find(Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace="prod", name="reborn"))
    assert found is not None
    assert found.row.uid == "second"


async def test_a_cluster_that_goes_away_answers_its_last_rows_as_stale_and_heals_by_itself(
    gyre: Gyre, everything: Sight
) -> None:
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"))
    await until(lambda: len(names(gyre.fleet, everything)) == 1)
    assert gyre.fleet.page(RowQuery(), everything).problems == ()
    gyre.cluster.go_away()
    await until(lambda: set(syncs(gyre.fleet, everything).values()) == {"STALE"})
    page = gyre.fleet.page(RowQuery(filter=RowFilter(kinds=("ks",))), everything)
    assert [row.name for row in page.rows] == ["apps"]
    (problem,) = page.problems
    assert (problem.cluster, problem.kind, problem.code) == (DEFAULT, KUSTOMIZATIONS, "STALE")
    assert problem.stale_since == gyre.fleet.stale_since(DEFAULT, KUSTOMIZATIONS)
    assert problem.stale_since is not None
    assert "can't be reached" in problem.message
    held = gyre.fleet.find(APPS)
    assert held is not None
    assert gyre.fleet.clusters(everything)[0].state.sync is Sync.STALE
    gyre.cluster.come_back()
    await until(lambda: set(syncs(gyre.fleet, everything).values()) == {"LIVE"})
    assert gyre.fleet.page(RowQuery(), everything).problems == ()
    assert gyre.fleet.stale_since(DEFAULT, KUSTOMIZATIONS) is None
    assert gyre.fleet.clusters(everything)[0].state.sync is Sync.LIVE


async def test_live_readers_are_told_once_that_a_cluster_went_and_once_that_it_is_back(
    gyre: Gyre, everything: Sight
) -> None:
    await asyncio.sleep(2 * SETTLE_SECONDS)
    news: list[News] = []
    with gyre.feed.listen(news.append):
        gyre.cluster.go_away()
        await until(lambda: len(news) == 1)
        assert len(gyre.fleet.overview(everything).problems) == 3
        gyre.cluster.come_back()
        await until(lambda: gyre.fleet.overview(everything).problems == ())
        await until(lambda: len(news) >= 2)
    assert {one.clusters for one in news if isinstance(one, Resync)} == {(DEFAULT,)}


async def test_a_cluster_that_is_away_at_the_start_is_not_synced_and_then_heals(
    cluster: LittleCluster, tmp_path: Path, everything: Sight
) -> None:
    cluster.has(KUSTOMIZATIONS, thing("apps"))
    cluster.away = True
    async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, _):
        await fleet.first_read()
        with pytest.raises(NotSynced, match=r"default has not been read yet: .*can't be reached"):
            fleet.page(RowQuery(), everything)
        with pytest.raises(NotSynced):
            fleet.overview(everything)
        with pytest.raises(NotSynced):
            fleet.find(APPS)
        (health,) = fleet.clusters(everything)
        assert (health.state.sync, health.kubernetes_version) == (Sync.ERROR, "")
        cluster.come_back()
        await until(
            lambda: bool(fleet.kinds(DEFAULT, everything)) and fleet.clusters(everything)[0].state.sync is Sync.LIVE
        )
        assert names(fleet, everything) == ["kustomizations/prod/apps"]


async def test_a_kind_that_is_refused_stops_no_other(cluster: LittleCluster, tmp_path: Path, everything: Sight) -> None:
    cluster.has(KUSTOMIZATIONS, thing("apps"))
    cluster.served[HELM_RELEASES].refuses = 403
    async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, _):
        await fleet.first_read()
        assert syncs(fleet, everything) == {"Kustomization": "LIVE", "HelmRelease": "ERROR", "GitRepository": "LIVE"}
        page = fleet.page(RowQuery(), everything)
        assert [row.name for row in page.rows] == ["apps"]
        (problem,) = page.problems
        assert (problem.kind, problem.code, problem.stale_since) == (HELM_RELEASES, "NOT_SYNCED", None)
        assert "may not list helmreleases" in problem.message
        assert fleet.page(RowQuery(filter=RowFilter(kinds=("ks",))), everything).problems == ()
        with pytest.raises(NotSynced, match="HelmRelease has not been read from default yet"):
            fleet.page(RowQuery(filter=RowFilter(kinds=("hr",))), everything)
        with pytest.raises(NotSynced):
            fleet.find(Ref(cluster=DEFAULT, kind=HELM_RELEASES, namespace="prod", name="web"))
        assert fleet.find(Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace="prod", name="no")) is None
        (health,) = fleet.clusters(everything)
        assert health.state.sync is Sync.LIVE
        assert health.state.problem.startswith("1 of 3 kinds: ")


async def test_a_kind_that_a_cluster_does_not_serve_has_no_objects_and_no_problem(
    gyre: Gyre, everything: Sight
) -> None:
    page = gyre.fleet.page(RowQuery(filter=RowFilter(kinds=("FluxInstance",))), everything)
    assert (page.total, page.problems) == (0, ())
    assert gyre.fleet.find(Ref(cluster=DEFAULT, kind=WIDGETS, namespace="prod", name="x")) is None


async def test_kinds_that_appear_and_disappear_are_followed(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(HELM_RELEASES, thing("web"))
    await until(lambda: len(names(gyre.fleet, everything)) == 1)
    news: list[News] = []
    with gyre.feed.listen(news.append):
        gyre.cluster.serve(WIDGETS)
        gyre.cluster.has(WIDGETS, thing("gadget"))
        gyre.cluster.withdraw(HELM_RELEASES)
        await until(lambda: "HelmRelease" not in syncs(gyre.fleet, everything))
        await until(lambda: syncs(gyre.fleet, everything).get("Widget") == "LIVE")
        assert names(gyre.fleet, everything, "Widget") == ["widgets/prod/gadget"]
    assert sorted(told(news)) == ["ADDED gadget", "DELETED web"]
    assert gyre.fleet.version_of(DEFAULT, HELM_RELEASES) is None
    assert gyre.fleet.version_of(DEFAULT, WIDGETS) == "v1"
    assert gyre.fleet.kind_named("widgets.example.com") == WIDGETS


async def test_a_kind_served_in_another_version_keeps_its_objects(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"))
    await until(lambda: len(names(gyre.fleet, everything)) == 1)
    news: list[News] = []
    with gyre.feed.listen(news.append):
        gyre.cluster.serve(KUSTOMIZATIONS, "v1beta2")
        await until(lambda: gyre.fleet.version_of(DEFAULT, KUSTOMIZATIONS) == "v1beta2")
        await until(lambda: syncs(gyre.fleet, everything)["Kustomization"] == "LIVE")
        assert names(gyre.fleet, everything) == ["kustomizations/prod/apps"]
    assert told(news) == []
    held = gyre.fleet.find(APPS)
    assert held is not None
    assert held.row.api_version == "kustomize.toolkit.fluxcd.io/v1beta2"


async def test_a_kind_first_read_with_very_many_objects_is_told_as_one_resync(
    cluster: LittleCluster, tmp_path: Path, everything: Sight
) -> None:
    cluster.has(KUSTOMIZATIONS, *(thing(f"n{n:04}") for n in range(1_000)))
    cluster.has(GIT_REPOSITORIES, thing("fleet"))
    async with watching({}) as (fleet, feed):
        news: list[News] = []
        with feed.listen(news.append):
            await fleet.add(DEFAULT, cluster.access(tmp_path))
            await fleet.first_read()
        assert told(news) == ["ADDED fleet"]
        assert {one.clusters for one in news if isinstance(one, Resync)} == {(DEFAULT,)}
        page = fleet.page(RowQuery(offset=995), everything)
        assert (page.total, len(page.rows), page.has_next, page.has_previous) == (1_001, 6, False, True)


async def test_one_cluster_degrades_only_itself(cluster: LittleCluster, tmp_path: Path, everything: Sight) -> None:
    east = ClusterName("east")
    async with open_cluster(KUSTOMIZATIONS) as other:
        other.away = True
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        clusters = {DEFAULT: cluster.access(tmp_path), east: other.access(tmp_path, "other")}
        async with watching(dict(clusters)) as (fleet, _):
            await fleet.first_read()
            page = fleet.page(RowQuery(), everything)
            assert [row.cluster for row in page.rows] == [DEFAULT]
            assert [(problem.cluster, problem.kind, problem.code) for problem in page.problems] == [
                (east, None, "NOT_SYNCED")
            ]
            assert fleet.page(RowQuery(filter=RowFilter(clusters=("default",))), everything).problems == ()
            with pytest.raises(NotSynced):
                fleet.page(RowQuery(filter=RowFilter(clusters=("east",))), everything)


async def test_a_cluster_can_be_given_up_and_its_rows_go_with_it(
    cluster: LittleCluster, tmp_path: Path, everything: Sight
) -> None:
    cluster.has(KUSTOMIZATIONS, thing("apps"))
    async with open_cluster(KUSTOMIZATIONS) as other, watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, _):
        other.has(KUSTOMIZATIONS, thing("web"))
        east = ClusterName("east")
        await fleet.add(east, other.access(tmp_path, "other"))
        await fleet.first_read()
        assert [row.cluster for row in fleet.page(RowQuery(), everything).rows] == [DEFAULT, east]
        await fleet.remove(east)
        assert [row.cluster for row in fleet.page(RowQuery(), everything).rows] == [DEFAULT]
        assert fleet.overview(everything).by_cluster == {DEFAULT: {Word.READY: 1}}
        with pytest.raises(NoSuchCluster, match="no cluster 'east'"):
            fleet.page(RowQuery(filter=RowFilter(clusters=("east",))), everything)
        with pytest.raises(NoSuchCluster):
            fleet.client(east, because="a test")
        await until(lambda: not other.served[KUSTOMIZATIONS].watchers)


async def test_a_mistake_of_ours_in_one_kind_stops_no_other_and_is_said(
    gyre: Gyre, everything: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(cluster: ClusterName, kind: Kind, version: str, raw: bytes) -> Taken:
        if b"poison" in raw:
            raise ZeroDivisionError("poison")
        return take(cluster, kind, version, raw)

    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"))
    await until(lambda: len(names(gyre.fleet, everything)) == 1)
    monkeypatch.setattr(keeper, "take", mistaken)
    monkeypatch.setattr(supervisor, "AFTER_MISTAKE_SECONDS", 0.3)
    gyre.cluster.has(KUSTOMIZATIONS, thing("poison"))
    await until(lambda: syncs(gyre.fleet, everything)["Kustomization"] == "STALE")
    (problem,) = gyre.fleet.page(RowQuery(), everything).problems
    assert problem.message.endswith(": Gyre failed: poison. Gyre tries again by itself.")
    gyre.cluster.has(HELM_RELEASES, thing("web"))
    await until(lambda: "helmreleases/prod/web" in names(gyre.fleet, everything))
    monkeypatch.setattr(keeper, "take", take)
    await until(lambda: syncs(gyre.fleet, everything)["Kustomization"] == "LIVE")
    assert "kustomizations/prod/poison" in names(gyre.fleet, everything)


async def test_a_mistake_of_ours_on_one_cluster_leaves_its_rows_stale_until_it_is_watched_again(
    gyre: Gyre, everything: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    gyre.cluster.has(HELM_RELEASES, thing("web"))
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"))
    await until(lambda: len(names(gyre.fleet, everything)) == 2)
    watched = gyre.fleet._supervisors[DEFAULT]
    with monkeypatch.context() as mistaken:
        mistaken.setattr(supervisor, "AFTER_MISTAKE_SECONDS", 0.3)
        mistaken.setattr(watched, "_discovered", None)
        gyre.cluster.withdraw(HELM_RELEASES)
        await until(lambda: set(syncs(gyre.fleet, everything).values()) == {"STALE"})
        assert len(names(gyre.fleet, everything)) == 2
    await until(lambda: syncs(gyre.fleet, everything) == {"Kustomization": "LIVE", "GitRepository": "LIVE"})
    assert names(gyre.fleet, everything) == ["kustomizations/prod/apps"]


async def test_objects_leave_nothing_for_the_garbage_collector_to_walk(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"))
    await until(lambda: len(names(gyre.fleet, everything)) == 1)
    held = gyre.fleet.find(APPS)
    assert held is not None
    assert not gc.is_tracked(held)
    assert not gc.is_tracked(held.row)


async def test_who_asks_while_a_cluster_is_being_added_finds_it_not_read_yet(
    gyre: Gyre, tmp_path: Path, everything: Sight
) -> None:
    asked: list[bool] = []

    def ask(_: News) -> None:
        """Called in the midst of it: the feed tells of a new cluster before anything of it is read."""
        found = {health.name: health.state.sync for health in gyre.fleet.clusters(everything)}
        gyre.fleet.edition(found)
        with pytest.raises(NotSynced):
            gyre.fleet.page(RowQuery(filter=RowFilter(clusters=("second",))), everything)
        asked.append(found[ClusterName("second")] is Sync.SYNCING)

    with gyre.feed.listen(ask):
        await gyre.fleet.add(ClusterName("second"), gyre.cluster.access(tmp_path))
        heard = list(asked)
    assert heard == [True]
