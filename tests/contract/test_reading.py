"""What a Kubernetes API answers to GET: objects, pages, selectors, tables, and what is not there."""

import pytest

from tests.contract.api import Api, Json
from tests.contract.kinds import GROUP, VERSION, config_map, event, widget

pytestmark = pytest.mark.anyio

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


def names(answer: Json) -> list[str]:
    return [item["metadata"]["name"] for item in answer["items"]]


async def make(api: Api, path: str, count: int) -> None:
    for number in range(count):
        assert (
            await api.post(path, widget(f"w-{number:02}", color="blue" if number % 2 else "red"))
        ).status_code == 201


async def test_what_is_not_there_is_said_by_its_name(api: Api, widgets: str) -> None:
    answer = await api.get(f"{widgets}/none")
    assert answer.status_code == 404
    assert answer.json() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f'widgets.{GROUP} "none" not found',
        "reason": "NotFound",
        "details": {"name": "none", "group": GROUP, "kind": "widgets"},
        "code": 404,
    }


@pytest.mark.parametrize(
    "path",
    ["/apis/none.example.com/v1/things", f"/apis/{GROUP}/v9/widgets", "/nowhere"],
    ids=["unknown group", "unknown version", "no API at all"],  # the group's own name is new in each process
)
async def test_what_nobody_serves_is_not_found(api: Api, path: str) -> None:
    assert (await api.get(path)).status_code == 404


async def test_a_list_has_a_version_and_its_items_in_order(api: Api, widgets: str) -> None:
    for name in ("b", "a", "c"):
        last = (await api.post(widgets, widget(name))).json()
    answer = await api.get(widgets)
    assert answer.status_code == 200
    assert (answer.json()["kind"], answer.json()["apiVersion"]) == ("WidgetList", VERSION)
    assert names(answer.json()) == ["a", "b", "c"]
    assert answer.json()["items"][2] == last
    assert int(answer.json()["metadata"]["resourceVersion"]) >= int(last["metadata"]["resourceVersion"])


async def test_a_list_over_all_namespaces_holds_those_of_each(api: Api, widgets: str, namespace: str) -> None:
    await api.post(widgets, widget("mine"))
    items = (await api.get(f"/apis/{GROUP}/v1/widgets")).json()["items"]
    assert (namespace, "mine") in {(item["metadata"]["namespace"], item["metadata"]["name"]) for item in items}
    assert (await api.get(f"/apis/{GROUP}/v1/namespaces/nowhere-at-all/widgets")).json()["items"] == []


async def test_pages_hold_everything_once_and_say_what_remains(api: Api, widgets: str) -> None:
    await make(api, widgets, 5)
    seen: list[str] = []
    remaining, token, versions = [], "", set()
    while True:
        page = (await api.get(widgets, limit=2, continue_=token or None)).json()
        seen += names(page)
        versions.add(page["metadata"]["resourceVersion"])
        remaining.append(page["metadata"].get("remainingItemCount"))
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert seen == ["w-00", "w-01", "w-02", "w-03", "w-04"]
    assert remaining == [3, 1, None]
    assert len(versions) == 1


async def test_all_pages_show_the_state_in_which_the_first_was_read(api: Api, widgets: str) -> None:
    await make(api, widgets, 4)
    first = (await api.get(widgets, limit=1)).json()
    await api.delete(f"{widgets}/w-01")
    await api.patch(f"{widgets}/w-02", {"spec": {"size": 9}})
    await api.post(widgets, widget("w-025"))
    token = first["metadata"]["continue"]
    rest = (await api.get(widgets, limit=10, continue_=token)).json()
    assert names(rest) == ["w-01", "w-02", "w-03"]
    assert rest["items"][1]["spec"]["size"] == 3
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_list_can_be_read_as_it_was(api: Api, widgets: str) -> None:
    await make(api, widgets, 2)
    then = (await api.get(widgets)).json()["metadata"]["resourceVersion"]
    await api.delete(f"{widgets}/w-00")
    exact = (await api.get(widgets, resourceVersion=then, resourceVersionMatch="Exact")).json()
    newer = (await api.get(widgets, resourceVersion=then, resourceVersionMatch="NotOlderThan")).json()
    assert (names(exact), exact["metadata"]["resourceVersion"]) == (["w-00", "w-01"], then)
    assert names(newer) == ["w-01"]


async def test_a_version_that_is_not_there_yet_is_waited_for_and_then_refused(api: Api, widgets: str) -> None:
    now = int((await api.get(widgets)).json()["metadata"]["resourceVersion"])
    answer = await api.get(widgets, resourceVersion=now + 1_000_000, resourceVersionMatch="NotOlderThan")
    assert (answer.status_code, answer.json()["reason"]) == (504, "Timeout")
    assert answer.json()["details"]["causes"] == [
        {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    ]


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({"limit": "many"}, 400, "invalid syntax"),
        ({"resourceVersion": "yesterday"}, 400, "invalid resource version"),
        ({"continue_": "nonsense!"}, 400, "continue key is not valid"),
        ({"labelSelector": "a in (b"}, 400, "unable to parse requirement"),
        ({"fieldSelector": "spec.size=3"}, 400, "field label not supported: spec.size"),
        ({"resourceVersionMatch": "Exact"}, 422, "forbidden unless resourceVersion is provided"),
        ({"resourceVersion": "5", "resourceVersionMatch": "Near"}, 422, 'Unsupported value: "Near"'),
        ({"resourceVersion": "0", "resourceVersionMatch": "Exact"}, 422, 'is forbidden for resourceVersion "0"'),
        ({"sendInitialEvents": "true"}, 422, "sendInitialEvents is forbidden for list"),
    ],
)
async def test_a_query_that_cannot_be_meant_is_refused(
    api: Api, widgets: str, query: dict[str, str], code: int, said: str
) -> None:
    answer = await api.get(widgets, **query)
    assert answer.status_code == code
    assert answer.json()["reason"] == {400: "BadRequest", 422: "Invalid"}[code]
    assert said in answer.json()["message"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("team=a", ["one"]),
        ("team==a", ["one"]),
        ("team!=a", ["none", "two"]),
        ("team", ["one", "two"]),
        ("!team", ["none"]),
        ("team in (a, b)", ["one", "two"]),
        ("team notin (a)", ["none", "two"]),
        ("team in (a,b),tier=web", ["two"]),
        ("tier,team!=a", ["two"]),
        ("", ["none", "one", "two"]),
        ("team=", []),
    ],
)
async def test_labels_select(api: Api, widgets: str, selector: str, expected: list[str]) -> None:
    await api.post(widgets, widget("none"))
    await api.post(widgets, widget("one", labels={"team": "a"}))
    await api.post(widgets, widget("two", labels={"team": "b", "tier": "web"}))
    assert names((await api.get(widgets, labelSelector=selector)).json()) == expected


async def test_fields_select(api: Api, widgets: str, namespace: str) -> None:
    await make(api, widgets, 3)
    everywhere = f"/apis/{GROUP}/v1/widgets"
    for selector, expected in (
        ("spec.color=red", ["w-00", "w-02"]),
        ("spec.color!=red", ["w-01"]),
        ("metadata.name=w-01", ["w-01"]),
        ("metadata.name!=w-01,spec.color=red", ["w-00", "w-02"]),
    ):
        assert names((await api.get(widgets, fieldSelector=selector)).json()) == expected
    found = (await api.get(everywhere, fieldSelector=f"metadata.namespace={namespace}")).json()
    assert names(found) == ["w-00", "w-01", "w-02"]


async def test_events_are_selected_by_what_they_are_about(api: Api, namespace: str) -> None:
    events = f"/api/v1/namespaces/{namespace}/events"
    await api.post(events, event("one", namespace, about="a"))
    await api.post(events, event("two", namespace, about="b", type_="Warning", reason="Failed"))
    for selector, expected in (
        ("involvedObject.name=a", ["one"]),
        ("involvedObject.kind=Widget,involvedObject.name=b", ["two"]),
        ("type=Warning", ["two"]),
        ("reason!=Failed", ["one"]),
        (f"involvedObject.namespace={namespace},involvedObject.uid=u-1", ["one", "two"]),
    ):
        assert names((await api.get(events, fieldSelector=selector)).json()) == expected


async def test_an_event_shows_in_its_newer_group_too(api: Api, namespace: str) -> None:
    await api.post(f"/api/v1/namespaces/{namespace}/events", event("one", namespace, about="a"))
    newer = (await api.get(f"/apis/events.k8s.io/v1/namespaces/{namespace}/events/one")).json()
    assert (newer["apiVersion"], newer["kind"]) == ("events.k8s.io/v1", "Event")
    assert (newer["regarding"]["name"], newer["note"], newer["deprecatedCount"]) == ("a", "Done with a", 2)
    assert newer["deprecatedSource"] == {"component": "contract"}
    assert "involvedObject" not in newer


async def test_namespaces_are_selected_by_their_phase(api: Api, namespace: str) -> None:
    found = (await api.get("/api/v1/namespaces", fieldSelector="status.phase=Active")).json()
    assert namespace in names(found)
    mine = next(item for item in found["items"] if item["metadata"]["name"] == namespace)
    assert mine["metadata"]["labels"]["kubernetes.io/metadata.name"] == namespace
    assert mine["spec"]["finalizers"] == ["kubernetes"]


async def test_a_table_has_the_columns_of_the_definition(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one", color="red"))
    await api.patch(f"{widgets}/one/status", {"status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    table = (await api.get(widgets, accept=TABLE)).json()
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert [(each["name"], each["type"], each["priority"]) for each in table["columnDefinitions"]] == [
        ("Name", "string", 0),
        ("Size", "integer", 0),
        ("Ready", "string", 0),
        ("Color", "string", 1),
        ("Age", "date", 0),
    ]
    cells = table["rows"][0]["cells"]
    assert cells[:4] == ["one", 3, "True", "red"]
    assert cells[4].endswith("s")
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    assert table["rows"][0]["object"]["metadata"]["name"] == "one"
    whole = (await api.get(f"{widgets}/one", accept=TABLE, includeObject="Object")).json()
    assert whole["rows"][0]["object"]["spec"]["size"] == 3
    bare = (await api.get(f"{widgets}/one", accept=TABLE, includeObject="None")).json()
    assert bare["rows"][0].get("object") is None


async def test_the_metadata_alone_can_be_had(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one", labels={"a": "b"}))
    one = (await api.get(f"{widgets}/one", accept=PARTIAL)).json()
    assert (one["kind"], one["apiVersion"], set(one)) == (
        "PartialObjectMetadata",
        "meta.k8s.io/v1",
        {"kind", "apiVersion", "metadata"},
    )
    assert one["metadata"]["labels"] == {"a": "b"}
    many = (await api.get(widgets, accept=PARTIAL_LIST)).json()
    assert (many["kind"], names(many)) == ("PartialObjectMetadataList", ["one"])
    assert "spec" not in many["items"][0]


async def test_a_form_nobody_writes_is_not_acceptable(api: Api, widgets: str) -> None:
    answer = await api.get(widgets, accept="text/html")
    assert (answer.status_code, answer.json()["reason"]) == (406, "NotAcceptable")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_method_a_path_does_not_know_is_refused(api: Api, config_maps: str, method: str) -> None:
    answer = await api.http.request(method, "/api/v1/configmaps", json=config_map("one"))
    assert (answer.status_code, answer.json()["reason"]) == (405, "MethodNotAllowed")
