"""Events of Flux objects come in, count up, go, and degrade nothing but themselves."""

import asyncio
from pathlib import Path

import pytest

from gyre.access.sight import Sight
from gyre.errors import NotSynced
from gyre.events.news import EventTold, News, Resync
from gyre.fleet.events import keeping, store
from gyre.fleet.events.queries import Part
from gyre.fleet.queries import RowQuery
from gyre.terms.naming import Kind, Ref
from gyre.terms.sync import Sync
from tests.fleet.conftest import DEFAULT, Gyre, seeing, watching
from tests.fleet.events.conftest import names, page
from tests.support.cluster import EVENTS, KUSTOMIZATIONS, WIDGETS, LittleCluster, event, open_cluster, thing
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

APPS = Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace="prod", name="apps")
PODS = Kind("", "Pod", "pods")


def minute(n: int) -> str:
    return f"2026-01-01T{n // 60:02}:{n % 60:02}:00Z"


async def test_only_what_is_about_flux_objects_is_kept(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(EVENTS, event("pod.1", PODS), event("apps.1"), event("pod.2", PODS), event("widget.1", WIDGETS))
    gyre.cluster.has(EVENTS, event("apps.2", at=minute(1)))
    await until(lambda: names(gyre, everything) == ["apps.2", "apps.1"])
    assert page(gyre, everything).total == 2


async def test_a_kind_found_by_its_label_has_events_too(tmp_path: Path, everything: Sight) -> None:
    async with open_cluster(KUSTOMIZATIONS, WIDGETS, EVENTS) as cluster:
        cluster.has(EVENTS, event("widget.1", WIDGETS, of="w"))
        async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, feed):
            await fleet.first_read()
            gyre = Gyre(fleet, feed, cluster)
            assert names(gyre, everything) == ["widget.1"]
            assert names(gyre, seeing("prod", resources=("widgets",))) == ["widget.1"]
            assert names(gyre, seeing("prod", resources=("kustomizations",))) == []


async def test_an_event_told_again_is_the_same_one_counted_up_and_moves_to_the_front(
    gyre: Gyre, everything: Sight
) -> None:
    gyre.cluster.has(EVENTS, event("apps.1"), event("apps.2", at=minute(1)))
    await until(lambda: names(gyre, everything) == ["apps.2", "apps.1"])
    gyre.cluster.has(EVENTS, event("apps.1", count=2, lastTimestamp=minute(2)))
    await until(lambda: names(gyre, everything) == ["apps.1", "apps.2"])

    newest = page(gyre, everything).rows[0]
    assert (newest.count, newest.first_at, newest.last_at) == (2, minute(0), minute(2))


async def test_an_event_goes_when_kubernetes_removes_it(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(EVENTS, event("apps.1"), event("apps.2", at=minute(1)))
    await until(lambda: names(gyre, everything) == ["apps.2", "apps.1"])
    gyre.cluster.lacks(EVENTS, "prod", "apps.1")
    await until(lambda: names(gyre, everything) == ["apps.2"])
    assert [held.row.name for held in gyre.fleet.events.of(APPS, Part()).held] == ["apps.2"]


async def test_a_list_read_again_tells_what_came_and_went_meanwhile(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(EVENTS, event("apps.1"), event("apps.2", at=minute(1)))
    await until(lambda: len(names(gyre, everything)) == 2)
    told: list[News] = []
    with gyre.feed.events.listen(told.append):
        gyre.cluster.go_away()
        await until(lambda: gyre.fleet.events.state(DEFAULT, everything).state.sync is Sync.STALE)
        gyre.cluster.come_back()
        gyre.cluster.lacks(EVENTS, "prod", "apps.1")
        gyre.cluster.has(EVENTS, event("apps.3", at=minute(2)))
        gyre.cluster.forget_history()
        await until(lambda: names(gyre, everything) == ["apps.3", "apps.2"], seconds=60)
    changes = [f"{one.change.type.value} {one.change.row.name}" for one in told if isinstance(one, EventTold)]
    assert changes == ["DELETED apps.1", "ADDED apps.3"]


async def test_events_disturb_neither_the_positions_nor_the_readers_of_objects(gyre: Gyre, everything: Sight) -> None:
    before = gyre.fleet.page(RowQuery(), everything).position
    objects: list[News] = []
    events: list[News] = []
    with gyre.feed.listen(objects.append), gyre.feed.events.listen(events.append):
        gyre.cluster.has(EVENTS, *(event(f"apps.{n}", at=minute(n)) for n in range(3)))
        await until(lambda: len(names(gyre, everything)) == 3)
        assert (objects, len(events)) == ([], 3)
        assert gyre.fleet.page(RowQuery(), everything).position == before
        gyre.cluster.has(KUSTOMIZATIONS, thing("apps"))
        await until(lambda: len(objects) == 1)
    assert len(events) == 3


async def test_a_flood_at_the_first_read_is_told_as_one_resync(tmp_path: Path, everything: Sight) -> None:
    async with open_cluster(KUSTOMIZATIONS, EVENTS) as cluster:
        count = keeping.FLOOD + 1
        cluster.has(EVENTS, *(event(f"apps.{n}", of=f"apps-{n}", at=minute(n)) for n in range(count)))
        async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, feed):
            told: list[News] = []
            with feed.events.listen(told.append):
                before = feed.events.cursor()
                await fleet.first_read()
                gyre = Gyre(fleet, feed, cluster)
                assert page(gyre, everything).total == count
            assert {type(news) for news in told} == {Resync}
            assert [type(news) for news in feed.events.since(before)] == [Resync]


async def test_where_events_are_forbidden_only_they_are_missing(tmp_path: Path, everything: Sight) -> None:
    async with open_cluster(KUSTOMIZATIONS, EVENTS) as cluster:
        cluster.served[EVENTS].refuses = 403
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, feed):
            await fleet.first_read()
            gyre = Gyre(fleet, feed, cluster)
            objects = fleet.page(RowQuery(), everything)
            assert ([row.name for row in objects.rows], objects.problems) == (["apps"], ())
            (health,) = fleet.clusters(everything)
            assert (health.state.sync, health.state.problem) == (Sync.LIVE, "")
            state = fleet.events.state(DEFAULT, everything)
            assert (state.state.sync, state.count) == (Sync.ERROR, 0)
            assert "may not list events" in state.state.problem
            with pytest.raises(NotSynced, match="may not list events"):
                page(gyre, everything)
            about = fleet.events.of(APPS, Part())
            assert (about.held, [problem.code for problem in about.problems]) == ((), ["NOT_SYNCED"])


async def test_of_a_cluster_that_is_away_the_last_events_are_shown_as_stale(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(EVENTS, event("apps.1"))
    await until(lambda: names(gyre, everything) == ["apps.1"])
    gyre.cluster.go_away()
    await until(lambda: bool(page(gyre, everything).problems))

    found = page(gyre, everything)
    assert [row.name for row in found.rows] == ["apps.1"]
    assert [(one.code, one.kind and one.kind.name) for one in found.problems] == [("STALE", "Event")]


async def test_of_one_object_the_newest_are_kept_and_the_rest_is_said(
    gyre: Gyre, everything: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PER_OBJECT", 3)
    gyre.cluster.has(EVENTS, *(event(f"apps.{n}", at=minute(n)) for n in range(4)))
    gyre.cluster.has(EVENTS, event("web.1", of="web", at=minute(9)))
    await until(lambda: names(gyre, everything) == ["web.1", "apps.3", "apps.2", "apps.1"])
    about = gyre.fleet.events.of(APPS, Part())
    assert ([row.name for row in about.rows], [one.code for one in about.problems]) == (
        ["apps.3", "apps.2", "apps.1"],
        ["TRUNCATED"],
    )
    web = Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace="prod", name="web")
    assert gyre.fleet.events.of(web, Part()).problems == ()
    assert [one.code for one in page(gyre, everything).problems] == ["TRUNCATED"]

    gyre.cluster.lacks(EVENTS, "prod", "apps.0")
    await until(lambda: page(gyre, everything).problems == ())


async def test_of_one_cluster_the_newest_are_kept(
    gyre: Gyre, everything: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PER_CLUSTER", 3)
    told: list[News] = []
    with gyre.feed.events.listen(told.append):
        gyre.cluster.has(EVENTS, *(event(f"{n}", of=f"apps-{n}", at=minute(n)) for n in range(5)))
        await until(lambda: names(gyre, everything) == ["4", "3", "2"])
    changes = [f"{one.change.type.value} {one.change.row.name}" for one in told if isinstance(one, EventTold)]
    assert changes == ["ADDED 0", "ADDED 1", "ADDED 2", "ADDED 3", "DELETED 0", "ADDED 4", "DELETED 1"]
    assert [one.code for one in page(gyre, everything).problems] == ["TRUNCATED"]


async def test_a_first_list_beyond_the_bounds_is_cut_to_the_newest(
    tmp_path: Path, everything: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PER_OBJECT", 2)
    monkeypatch.setattr(keeping, "PER_CLUSTER", 3)
    async with open_cluster(KUSTOMIZATIONS, EVENTS) as cluster:
        cluster.has(EVENTS, *(event(f"apps.{n}", at=minute(n)) for n in range(4)))
        cluster.has(EVENTS, *(event(f"web.{n}", of="web", at=minute(10 + n)) for n in range(2)))
        async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, feed):
            await fleet.first_read()
            assert names(Gyre(fleet, feed, cluster), everything) == ["web.1", "web.0", "apps.3"]
            assert [one.code for one in fleet.events.of(APPS, Part()).problems] == ["TRUNCATED"]


async def test_an_event_that_cannot_be_read_is_counted_and_stops_nothing(
    gyre: Gyre, everything: Sight, caplog: pytest.LogCaptureFixture
) -> None:
    odd = event("odd.1") | {"involvedObject": {"apiVersion": "v1", "kind": 7}}
    gyre.cluster.has(EVENTS, odd, event("apps.1"))
    await until(lambda: names(gyre, everything) == ["apps.1"])
    assert gyre.fleet.events.state(DEFAULT, everything).state.problem == (
        "1 times an Event came that can't be read; the log says which"
    )
    assert "an Event can't be read" in caplog.text


async def test_another_event_that_takes_a_name_is_another_event(gyre: Gyre, everything: Sight) -> None:
    gyre.cluster.has(EVENTS, event("apps.1"))
    await until(lambda: names(gyre, everything) == ["apps.1"])
    told: list[News] = []
    with gyre.feed.events.listen(told.append):
        other = event("apps.1", reason="BuildFailed")
        gyre.cluster.has(EVENTS, other | {"metadata": other["metadata"] | {"uid": "another"}})
        await until(lambda: page(gyre, everything).rows[0].reason == "BuildFailed")
    changes = [one.change.type.value for one in told if isinstance(one, EventTold)]
    assert changes == ["DELETED", "ADDED"]


async def test_a_cluster_that_is_removed_takes_its_events_along(
    gyre: Gyre, everything: Sight, cluster: LittleCluster, tmp_path: Path
) -> None:
    gyre.cluster.has(EVENTS, event("apps.1"))
    await until(lambda: names(gyre, everything) == ["apps.1"])
    await gyre.fleet.remove(DEFAULT)
    assert names(gyre, everything) == []
    await gyre.fleet.add(DEFAULT, cluster.access(tmp_path, "again"))
    async with asyncio.timeout(20):
        await gyre.fleet.first_read()
    assert names(gyre, everything) == ["apps.1"]
