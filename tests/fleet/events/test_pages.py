"""Pages of Events: the newest first, filtered by what is asked and by what may be seen, entered by cursor or offset."""

from pathlib import Path
from typing import Any

import pytest

from gyre.access.sight import Sight
from gyre.errors import Invalid, NoSuchCluster, NoSuchKind
from gyre.fleet.events.queries import EventFilter, Part
from gyre.kube.access import Access
from gyre.terms.events import EventType
from gyre.terms.naming import ClusterName, Ref
from tests.fleet.conftest import DEFAULT, Gyre, seeing, watching
from tests.fleet.events.conftest import names, page
from tests.support.cluster import EVENTS, HELM_RELEASES, KUSTOMIZATIONS, event, open_cluster
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(gyre: Gyre, everything: Sight) -> Gyre:
    """Five Events, a minute apart."""
    gyre.cluster.has(
        EVENTS,
        event("apps.1", at="2026-01-01T00:01:00Z"),
        event("apps.2", at="2026-01-01T00:02:00Z", type="Warning", reason="BuildFailed", message="No such FILE a.yaml"),
        event("web.3", HELM_RELEASES, of="web", at="2026-01-01T00:03:00Z", reportingComponent="helm-controller"),
        event("web.4", of="web", namespace="dev", at="2026-01-01T00:04:00Z"),
        event("late.5", of="late", namespace="dev", at="2026-01-01T00:05:00.5Z", type="Warning"),
    )
    await until(lambda: len(names(gyre, everything)) == 5)
    return gyre


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["late.5", "web.4", "web.3", "apps.2", "apps.1"]),
        ({"kinds": ("hr",)}, ["web.3"]),
        ({"kinds": ("ks", "HelmRelease"), "namespaces": ("prod",)}, ["web.3", "apps.2", "apps.1"]),
        ({"namespaces": ("d*",)}, ["late.5", "web.4"]),
        ({"names": ("web",)}, ["web.4", "web.3"]),
        ({"names": ("w*", "late")}, ["late.5", "web.4", "web.3"]),
        ({"types": (EventType.WARNING,)}, ["late.5", "apps.2"]),
        ({"types": (EventType.NORMAL, EventType.WARNING)}, ["late.5", "web.4", "web.3", "apps.2", "apps.1"]),
        ({"reasons": ("BuildFailed",)}, ["apps.2"]),
        ({"reasons": ("buildfailed",)}, []),
        ({"text": "file NO"}, ["apps.2"]),
        ({"text": "helm-controller"}, ["web.3"]),
        ({"text": "kustomization/dev/web"}, ["web.4"]),
        ({"clusters": ("default",)}, ["late.5", "web.4", "web.3", "apps.2", "apps.1"]),
        ({"since": "2026-01-01T00:03:00Z"}, ["late.5", "web.4", "web.3"]),
        ({"since": "2026-01-01T01:05:00+01:00"}, ["late.5"]),
        ({"since": "2026-01-01T00:05:00.6Z"}, []),
        ({"since": "2026-01-01T00:02:00Z", "types": (EventType.NORMAL,)}, ["web.4", "web.3"]),
    ],
)
async def test_a_filter_asks_every_condition(
    told: Gyre, everything: Sight, asked: dict[str, Any], found: list[str]
) -> None:
    whole = page(told, everything, **asked)
    assert [row.name for row in whole.rows] == found
    assert whole.total == len(found)
    matches = told.fleet.events.matcher(EventFilter(**asked), everything)
    assert [row.name for row in page(told, everything).rows if matches(row)] == found


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"kinds": ("pods",)}, NoSuchKind),
        ({"clusters": ("other",)}, NoSuchCluster),
        ({"since": "yesterday"}, Invalid),
        ({"since": "2026-01-01T00:00:00"}, Invalid),
        ({"names": ("a",) * 101}, Invalid),
        ({"text": "a" * 513}, Invalid),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    told: Gyre, everything: Sight, asked: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        page(told, everything, **asked)
    with pytest.raises(error):
        told.fleet.events.matcher(EventFilter(**asked), everything)


async def test_pages_are_entered_by_cursor_or_offset_and_know_where_they_stand(told: Gyre, everything: Sight) -> None:
    first = page(told, everything, Part(limit=2))
    assert [row.name for row in first.rows] == ["late.5", "web.4"]
    assert (first.total, first.has_next, first.has_previous) == (5, True, False)
    assert first.cursors == (first.start_cursor, first.end_cursor)
    second = page(told, everything, Part(limit=2, after=first.end_cursor))
    assert [row.name for row in second.rows] == ["web.3", "apps.2"]
    assert (second.start, second.has_next, second.has_previous) == (2, True, True)
    assert names(told, everything, Part(limit=2, offset=4)) == ["apps.1"]
    past = page(told, everything, Part(offset=99))
    assert (past.rows, past.total, past.has_next, past.end_cursor) == ((), 5, False, None)
    recent = page(told, everything, Part(limit=2, after=first.end_cursor), since="2026-01-01T00:03:00Z")
    assert ([row.name for row in recent.rows], recent.total, recent.has_next) == (["web.3"], 3, False)
    beyond = page(told, everything, Part(after=second.end_cursor), since="2026-01-01T00:03:00Z")
    assert (beyond.rows, beyond.total, beyond.has_next) == ((), 3, False)


async def test_a_cursor_goes_on_in_its_place_when_its_event_was_told_again(told: Gyre, everything: Sight) -> None:
    first = page(told, everything, Part(limit=3))
    told.cluster.has(EVENTS, event("web.3", HELM_RELEASES, of="web", count=2, lastTimestamp="2026-01-01T00:09:00Z"))
    await until(lambda: names(told, everything)[0] == "web.3")
    assert names(told, everything, Part(after=first.end_cursor)) == ["apps.2", "apps.1"]


@pytest.mark.parametrize(
    "part",
    [
        Part(limit=-1),
        Part(limit=1_001),
        Part(offset=-1),
        Part(after="x", offset=1),
        Part(after="nonsense"),
        Part(after="ü"),
        Part(after="a" * 5_000),
        Part(after="WyJldmVudCJd"),
    ],
)
async def test_a_part_that_does_not_exist_is_refused(told: Gyre, everything: Sight, part: Part) -> None:
    with pytest.raises(Invalid):
        page(told, everything, part)


async def test_who_may_not_view_an_object_is_told_of_no_event_about_it(told: Gyre) -> None:
    dev = seeing("dev")
    whole = page(told, dev)
    assert ([row.name for row in whole.rows], whole.total) == (["late.5", "web.4"], 2)
    assert told.fleet.events.state(DEFAULT, dev).count == 2
    assert names(told, seeing("*", resources=("helmreleases",))) == ["web.3"]
    nothing = page(told, seeing())
    assert (nothing.rows, nothing.total, nothing.problems) == ((), 0, ())
    assert [told.fleet.events.matcher(EventFilter(), dev)(row) for row in whole.rows] == [True, True]
    elsewhere = seeing("*", cluster="other")
    with pytest.raises(NoSuchCluster):
        page(told, elsewhere, clusters=("default",))


async def test_a_list_read_before_follows_what_came_since(told: Gyre, everything: Sight) -> None:
    assert names(told, everything, types=(EventType.WARNING,)) == ["late.5", "apps.2"]
    told.cluster.has(EVENTS, event("apps.6", at="2026-01-01T00:06:00Z", type="Warning"))
    told.cluster.has(EVENTS, event("apps.7", at="2026-01-01T00:07:00Z"))
    told.cluster.lacks(EVENTS, "prod", "apps.2")
    await until(lambda: names(told, everything)[0] == "apps.7" and len(names(told, everything)) == 6)
    assert names(told, everything, types=(EventType.WARNING,)) == ["apps.6", "late.5"]


async def test_the_events_of_an_object_are_its_own(told: Gyre) -> None:
    def of(kind: str, namespace: str, name: str) -> list[str]:
        ref = Ref(cluster=DEFAULT, kind=told.fleet.kind_named(kind), namespace=namespace, name=name)
        return [row.name for row in told.fleet.events.of(ref, Part()).rows]

    assert of("ks", "prod", "apps") == ["apps.2", "apps.1"]
    assert of("hr", "prod", "web") == ["web.3"]
    assert of("ks", "dev", "web") == ["web.4"]
    assert of("ks", "prod", "web") == []


async def test_events_of_several_clusters_stand_in_one_order(tmp_path: Path, everything: Sight) -> None:
    async with open_cluster(KUSTOMIZATIONS, EVENTS) as one, open_cluster(KUSTOMIZATIONS, EVENTS) as two:
        one.has(EVENTS, event("a.1", at="2026-01-01T00:01:00Z"), event("a.3", at="2026-01-01T00:03:00Z"))
        two.has(EVENTS, event("b.2", at="2026-01-01T00:02:00Z"), event("b.3", at="2026-01-01T00:03:00Z"))
        clusters: dict[ClusterName, Access] = {
            DEFAULT: one.access(tmp_path, "one"),
            ClusterName("second"): two.access(tmp_path, "two"),
        }
        async with watching(clusters) as (fleet, feed):
            await fleet.first_read()
            both = Gyre(fleet, feed, one)
            assert names(both, everything) == ["b.3", "a.3", "b.2", "a.1"]
            assert names(both, everything, clusters=("second",)) == ["b.3", "b.2"]
            assert names(both, seeing("prod", cluster="second")) == ["b.3", "b.2"]
