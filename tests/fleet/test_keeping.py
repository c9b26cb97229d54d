"""What one wrote is read at once, and nothing older brings it back."""

import json
from typing import Any

import pytest

from gyre.access.sight import Sight
from gyre.events.news import News, Told
from gyre.fleet.cache import Shelf
from gyre.fleet.keeper import newer
from gyre.fleet.queries import RowQuery
from gyre.terms.naming import Ref
from gyre.terms.rows import Word
from gyre.terms.sync import Sync
from tests.fleet.conftest import DEFAULT, Gyre
from tests.support.cluster import FAILED, KUSTOMIZATIONS, WIDGETS, thing

pytestmark = pytest.mark.anyio

APPS = Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace="prod", name="apps")


def raw(name: str, version: int | str, **more: Any) -> bytes:
    document = thing(name, **more)
    document["metadata"]["resourceVersion"] = str(version)
    return json.dumps(document).encode()


def shelf_of(gyre: Gyre) -> Shelf:
    shelf = gyre.fleet._cache.shelf(DEFAULT, KUSTOMIZATIONS)
    assert shelf is not None
    return shelf


def names(gyre: Gyre, sight: Sight) -> list[str]:
    return [f"{row.name}@{row.resource_version}" for row in gyre.fleet.page(RowQuery(), sight).rows]


async def test_a_write_is_read_from_its_position_on(gyre: Gyre, everything: Sight) -> None:
    before = gyre.fleet.page(RowQuery(), everything).position
    merged = await gyre.fleet.merge(DEFAULT, KUSTOMIZATIONS, "v1", raw("apps", 500))
    assert merged.row.resource_version == "500"
    assert merged.position != before
    assert await gyre.fleet.caught_up(merged.position)
    page = gyre.fleet.page(RowQuery(), everything)
    assert [row.name for row in page.rows] == ["apps"]
    assert page.position == merged.position


async def test_an_older_or_equal_event_after_a_write_changes_nothing(gyre: Gyre, everything: Sight) -> None:
    await gyre.fleet.merge(DEFAULT, KUSTOMIZATIONS, "v1", raw("apps", 500, conditions=[FAILED]))
    news: list[News] = []
    with gyre.feed.listen(news.append):
        for version in (99, 499, 500):
            await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", version))
        assert news == []
        await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", 1000))
    (one,) = news
    assert isinstance(one, Told)
    assert one.change.old is not None
    assert one.change.new is not None
    assert (one.change.old.status, one.change.new.status) == (Word.FAILED, Word.READY)
    assert json.loads(one.change.body)["metadata"]["resourceVersion"] == "1000"


async def test_a_write_that_a_watch_already_overtook_answers_what_is_newest(gyre: Gyre) -> None:
    await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", 600))
    merged = await gyre.fleet.merge(DEFAULT, KUSTOMIZATIONS, "v1", raw("apps", 500))
    assert merged.row.resource_version == "600"


async def test_a_write_to_a_kind_that_is_not_watched_still_answers_its_row(gyre: Gyre, everything: Sight) -> None:
    merged = await gyre.fleet.merge(DEFAULT, WIDGETS, "v2", raw("gadget", 7))
    assert (merged.row.kind, merged.row.version, merged.row.name) == ("Widget", "v2", "gadget")
    assert names(gyre, everything) == []


async def test_what_was_deleted_is_not_brought_back_by_a_late_event(gyre: Gyre, everything: Sight) -> None:
    await gyre.fleet.merge(DEFAULT, KUSTOMIZATIONS, "v1", raw("apps", 500))
    position = await gyre.fleet.removed(DEFAULT, KUSTOMIZATIONS, raw("apps", 501))
    assert gyre.fleet.page(RowQuery(), everything).position == position
    await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", 500))
    await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", 900))
    assert gyre.fleet.find(APPS) is None
    await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", 901, uid="another"))
    assert names(gyre, everything) == ["apps@901"]


async def test_the_end_of_an_object_does_not_take_its_successor(gyre: Gyre, everything: Sight) -> None:
    await gyre.fleet._keeper.put(shelf_of(gyre), raw("apps", 500, uid="second"))
    await gyre.fleet._keeper.remove(shelf_of(gyre), raw("apps", 490, uid="first"))
    assert names(gyre, everything) == ["apps@500"]


async def test_a_list_older_than_a_write_neither_undoes_nor_removes_it(gyre: Gyre, everything: Sight) -> None:
    keeper, shelf = gyre.fleet._keeper, shelf_of(gyre)
    await gyre.fleet.merge(DEFAULT, KUSTOMIZATIONS, "v1", raw("made", 500))
    await gyre.fleet.merge(DEFAULT, KUSTOMIZATIONS, "v1", raw("changed", 501))
    await keeper.replace(shelf, (raw("changed", 300),), "400")
    assert names(gyre, everything) == ["changed@501", "made@500"]
    await keeper.replace(shelf, (raw("changed", 501),), "600")
    assert names(gyre, everything) == ["changed@501"]


async def test_a_cluster_restored_from_a_backup_is_believed(gyre: Gyre, everything: Sight) -> None:
    keeper, shelf = gyre.fleet._keeper, shelf_of(gyre)
    await keeper.replace(shelf, (raw("apps", 900), raw("late", 950)), "1000")
    await keeper.remove(shelf, raw("early", 40))
    await keeper.replace(shelf, (raw("apps", 50), raw("early", 40)), "60")
    assert names(gyre, everything) == ["apps@50", "early@40"]


async def test_objects_that_cannot_be_read_stop_no_other(gyre: Gyre, everything: Sight) -> None:
    keeper, shelf = gyre.fleet._keeper, shelf_of(gyre)
    await keeper.replace(shelf, (b"{}", raw("apps", 5), b"[1]", b'{"metadata": 7}'), "10")
    assert names(gyre, everything) == ["apps@5"]
    (health,) = [one for one in gyre.fleet.kinds(DEFAULT, everything) if one.kind == KUSTOMIZATIONS]
    assert (health.state.sync, health.count) == (Sync.LIVE, 1)
    assert health.state.problem == "3 times an object came that can't be read; the log says which"
    assert await keeper.put(shelf, b"nonsense") is None
    await keeper.remove(shelf, b"nonsense")
    assert names(gyre, everything) == ["apps@5"]


@pytest.mark.parametrize(
    ("version", "than", "answer"),
    [("10", "9", True), ("9", "10", False), ("9", "9", False), ("a", "9", True), ("a", "a", False), ("", "9", True)],
)
def test_which_resource_version_is_newer(version: str, than: str, answer: bool) -> None:
    assert newer(version, than) is answer
