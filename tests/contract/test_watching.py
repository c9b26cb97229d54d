"""How a Kubernetes API tells of changes: from where, in which order, with which bookmarks, until when."""

import time

import pytest

from tests.contract.api import Api, Json, told
from tests.contract.kinds import GROUP, VERSION, widget

pytestmark = pytest.mark.anyio

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


async def version_now(api: Api, path: str) -> str:
    version: str = (await api.get(path)).json()["metadata"]["resourceVersion"]
    return version


def version_of(event: Json) -> int:
    return int(event["object"]["metadata"]["resourceVersion"])


async def test_a_watch_tells_each_change_after_its_version_in_order(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("before"))
    async with api.watch(widgets, resourceVersion=await version_now(api, widgets)) as watching:
        assert watching.response.status_code == 200
        await api.post(widgets, widget("one"))
        await api.patch(f"{widgets}/one", {"spec": {"size": 4}})
        await api.delete(f"{widgets}/one")
        events = await watching.some(3)
    assert told(events) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
    assert [event["object"]["spec"]["size"] for event in events] == [3, 4, 4]
    versions = [version_of(event) for event in events]
    assert versions == sorted(set(versions))
    assert (events[0]["object"]["kind"], events[0]["object"]["apiVersion"]) == ("Widget", VERSION)


async def test_a_watch_tells_what_happened_since_its_version(api: Api, widgets: str) -> None:
    then = await version_now(api, widgets)
    await api.post(widgets, widget("one"))
    await api.delete(f"{widgets}/one")
    async with api.watch(widgets, resourceVersion=then) as watching:
        assert told(await watching.some(2)) == [("ADDED", "one"), ("DELETED", "one")]


@pytest.mark.parametrize("version", [None, "0"])
async def test_a_watch_from_no_version_begins_with_what_is_there(api: Api, widgets: str, version: str | None) -> None:
    await api.post(widgets, widget("b"))
    await api.post(widgets, widget("a"))
    async with api.watch(widgets, resourceVersion=version) as watching:
        first = await watching.some(2)
        assert sorted(told(first)) == [("ADDED", "a"), ("ADDED", "b")]
        await api.delete(f"{widgets}/a")
        assert told([await watching.next()]) == [("DELETED", "a")]


async def test_a_watch_of_a_selection_tells_who_enters_and_leaves_it(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    then = await version_now(api, widgets)
    async with api.watch(widgets, resourceVersion=then, labelSelector="team=a") as watching:
        await api.post(widgets, widget("other"))
        await api.patch(f"{widgets}/one", {"metadata": {"labels": {"team": "a"}}})
        await api.patch(f"{widgets}/one", {"spec": {"size": 5}})
        await api.patch(f"{widgets}/one", {"metadata": {"labels": {"team": "b"}}})
        last = (await api.patch(f"{widgets}/one", {"metadata": {"labels": {"team": "a"}}})).json()
        events = await watching.some(4)
    assert told(events) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one"), ("ADDED", "one")]
    assert events[2]["object"]["metadata"]["labels"] == {"team": "a"}  # as it was last within the selection
    assert version_of(events[1]) < version_of(events[2]) < version_of(events[3])
    assert events[3]["object"] == last


async def test_one_object_can_be_watched(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    await api.post(widgets, widget("two"))
    then = await version_now(api, widgets)
    async with api.watch(widgets, resourceVersion=then, fieldSelector="metadata.name=one") as watching:
        await api.patch(f"{widgets}/two", {"spec": {"size": 5}})
        await api.patch(f"{widgets}/one", {"spec": {"size": 5}})
        assert told([await watching.next()]) == [("MODIFIED", "one")]


async def test_a_watch_ends_when_its_time_is_up_with_a_bookmark_before(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    then = await version_now(api, widgets)
    began = time.monotonic()
    async with api.watch(widgets, resourceVersion=then, allowWatchBookmarks=True, timeoutSeconds=4) as watching:
        changed = (await api.patch(f"{widgets}/one", {"spec": {"size": 5}})).json()
        events = await watching.rest()
    assert 3 <= time.monotonic() - began <= 7
    assert [event["type"] for event in events[:2]] == ["MODIFIED", "BOOKMARK"]
    bookmark = events[-1]
    assert (bookmark["object"]["kind"], bookmark["object"]["apiVersion"]) == ("Widget", VERSION)
    assert version_of(bookmark) >= int(changed["metadata"]["resourceVersion"])
    async with api.watch(widgets, resourceVersion=version_of(bookmark)) as again:
        await api.delete(f"{widgets}/one")
        assert told([await again.next()]) == [("DELETED", "one")]


async def test_without_being_asked_a_watch_sends_no_bookmarks(api: Api, widgets: str) -> None:
    async with api.watch(widgets, resourceVersion=await version_now(api, widgets), timeoutSeconds=3) as watching:
        assert await watching.rest() == []


async def test_a_watch_may_begin_with_the_state_and_a_mark_where_it_ends(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    async with api.watch(
        widgets, sendInitialEvents=True, resourceVersionMatch="NotOlderThan", allowWatchBookmarks=True
    ) as watching:
        first, mark = await watching.some(2)
        assert told([first]) == [("ADDED", "one")]
        assert mark["type"] == "BOOKMARK"
        assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert version_of(mark) >= version_of(first)


async def test_a_watch_from_before_all_memory_is_told_that_it_is_gone(api: Api, widgets: str) -> None:
    async with api.watch(widgets, resourceVersion=1) as watching:
        assert watching.response.status_code == 200
        event = await watching.next()
        assert event["type"] == "ERROR"
        status = event["object"]
        assert (status["kind"], status["code"], status["reason"]) == ("Status", 410, "Expired")
        assert status["message"].startswith("too old resource version: 1 (")
        assert await watching.rest() == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"labelSelector": "a in (b"}, 400),
        ({"resourceVersionMatch": "NotOlderThan"}, 422),
        ({"sendInitialEvents": "true"}, 422),
    ],
)
async def test_a_watch_that_cannot_be_meant_is_refused(
    api: Api, widgets: str, query: dict[str, str], code: int
) -> None:
    answer = await api.get(widgets, watch="true", **query)
    assert answer.status_code == code
    assert answer.json()["kind"] == "Status"


async def test_a_watch_can_be_had_as_a_table(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    async with api.watch(widgets, accept=TABLE) as watching:
        first = await watching.next()
        await api.patch(f"{widgets}/one", {"spec": {"size": 5}})
        second = await watching.next()
    assert [event["object"]["kind"] for event in (first, second)] == ["Table", "Table"]
    assert [column["name"] for column in first["object"]["columnDefinitions"]][:2] == ["Name", "Size"]
    assert not second["object"].get("columnDefinitions")
    assert second["object"]["rows"][0]["cells"][:2] == ["one", 5]


async def test_a_watch_over_all_namespaces_tells_of_each(api: Api, widgets: str) -> None:
    everywhere = f"/apis/{GROUP}/v1/widgets"
    async with api.watch(everywhere, resourceVersion=await version_now(api, everywhere)) as watching:
        made = (await api.post(widgets, widget("one"))).json()
        event = await watching.next()
        while event["object"]["metadata"]["namespace"] != made["metadata"]["namespace"]:
            event = await watching.next()  # the namespace of an earlier test is being emptied behind it
        assert (event["type"], event["object"]) == ("ADDED", made)
