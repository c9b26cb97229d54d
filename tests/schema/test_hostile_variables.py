"""Whatever stands in the variables of a subscription is answered with its exact code, and nobody else notices."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import websockets

from schema.websocket import LARGEST_MESSAGE
from tests.support.cluster import EVENTS, KUSTOMIZATIONS, LittleCluster, open_cluster, thing
from tests.support.graphql import DEFAULT, Gyre, Socket, gyre_on

pytestmark = pytest.mark.anyio

DOCUMENTS = {
    "resourceChanges": """subscription($filter: ResourceFilter, $after: Position) {
        resourceChanges(filter: $filter, after: $after) { position } }""",
    "overviewChanges": "subscription($filter: ResourceFilter) { overviewChanges(filter: $filter) { position } }",
    "eventChanges": """subscription($filter: EventFilter, $after: Position) {
        eventChanges(filter: $filter, after: $after) { position } }""",
    "clusterChanges": "subscription { clusterChanges { position } }",
}
INVALID, NO_CLUSTER, NO_KIND = "VALIDATION_FAILED", "CLUSTER_NOT_FOUND", "UNKNOWN_KIND"
LONG = "x" * 200_000
PATTERN = "*a" * 100_000
MANY = ["*a*"] * 30_000
DEEP = json.loads("[" * 500 + "]" * 500)

ANY_FILTER: list[tuple[object, str]] = [
    ("text", INVALID),
    (7, INVALID),
    (True, INVALID),
    ([], INVALID),
    (DEEP, INVALID),
    ({"nothing": 1}, INVALID),
    ({LONG: 1}, INVALID),
    ({"clusters": 7}, INVALID),
    ({"clusters": [LONG]}, INVALID),
    ({"clusters": ["\0"]}, NO_CLUSTER),
    ({"kinds": [None]}, INVALID),
    ({"kinds": MANY}, INVALID),
    ({"kinds": ["\0"]}, NO_KIND),
    ({"kinds": ["__proto__"]}, NO_KIND),
    ({"namespaces": [{}]}, INVALID),
    ({"namespaces": MANY}, INVALID),
    ({"namespaces": [PATTERN]}, INVALID),
    ({"text": 1e308}, INVALID),
    ({"text": 10**23}, INVALID),
    ({"text": LONG}, INVALID),
]
OF_OBJECTS: list[tuple[object, str]] = [
    ({"statuses": ["GREAT"]}, INVALID),
    ({"statuses": ["READY\0"]}, INVALID),
    ({"statuses": [1e308]}, INVALID),
    ({"statuses": ["READY"] * 10_000}, INVALID),
    ({"labels": {}}, INVALID),
    ({"labels": [{"value": "x"}]}, INVALID),
    ({"labels": [{"key": 7}]}, INVALID),
    ({"labels": [{"key": "\0", "value": LONG}]}, INVALID),
]
OF_EVENTS: list[tuple[object, str]] = [
    ({"types": ["GREAT"]}, INVALID),
    ({"types": [7]}, INVALID),
    ({"names": MANY}, INVALID),
    ({"names": [PATTERN]}, INVALID),
    ({"reasons": [{}]}, INVALID),
    ({"reasons": [LONG]}, INVALID),
    ({"since": 1e308}, INVALID),
    ({"since": "tomorrow"}, INVALID),
    ({"since": "\0"}, INVALID),
    ({"since": "2026-01-31T12:00:00"}, INVALID),
]
POSITIONS: list[object] = [
    7,
    1e308,
    True,
    {},
    [],
    "",
    "\0",
    LONG,
    "default.99999999999999999999999",
    "1." + "9" * 5_000,
]


def hostile(name: str) -> list[tuple[object, str]]:
    """Variables of this subscription, and the code that is answered."""
    filters = {
        "resourceChanges": ANY_FILTER + OF_OBJECTS,
        "overviewChanges": ANY_FILTER + OF_OBJECTS,
        "eventChanges": ANY_FILTER + OF_EVENTS,
        "clusterChanges": [],
    }[name]
    positions = POSITIONS if "$after" in DOCUMENTS[name] else []
    no_variables: list[object] = ["text", 7, [], LONG, DEEP]
    return (
        [({"filter": each}, code) for each, code in filters]
        + [({"after": each}, INVALID) for each in positions]
        + [(each, INVALID) for each in no_variables]
    )


NOT_OF_THE_PROTOCOL = [
    ("1e400", 4400),
    ("9" * 400, 4400),
    ('"\\ud800"', 4400),
    ("[" * 100_000 + "]" * 100_000, 4400),
    (json.dumps("x" * LARGEST_MESSAGE), 1009),
    (json.dumps("x" * 4_000_000), 1009),
]
"""Values that make the whole message something else than JSON, or longer than one may be: the socket ends."""


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Gyre, LittleCluster]]:
    folder = tmp_path_factory.mktemp("hostile")
    async with (
        open_cluster(KUSTOMIZATIONS, EVENTS) as cluster,
        gyre_on({DEFAULT: cluster.access(folder)}, folder) as gyre,
    ):
        yield gyre, cluster


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_each_is_refused_with_its_code_and_the_socket_goes_on_being_of_use(
    place: tuple[Gyre, LittleCluster], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    gyre, cluster = place
    ada = await gyre.signed_in(f"{name}-refused".lower())
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("before", "subscription { resourceChanges { row { name } } }")
        for number, (variables, code) in enumerate(hostile(name)):
            await said(socket, f"{number}", DOCUMENTS[name], variables)
            told = await socket.hear()
            (error,) = told["payload"]
            assert (told["id"], told["type"], error["extensions"]["code"]) == (f"{number}", "error", code)
        cluster.has(KUSTOMIZATIONS, thing(f"after-{name.lower()}"))
        told = await socket.hear()
    assert (told["id"], told["payload"]) == (
        "before",
        {"data": {"resourceChanges": {"row": {"name": f"after-{name.lower()}"}}}},
    )
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", ["overviewChanges", "clusterChanges"])
async def test_what_a_document_does_not_name_is_passed_over_as_the_specification_says(
    place: tuple[Gyre, LittleCluster], name: str
) -> None:
    gyre, _ = place
    ada = await gyre.signed_in(f"{name}-passed".lower())
    async with ada.socket() as socket:
        await socket.init()
        for number, value in enumerate((7, "\0", LONG, DEEP)):
            await said(socket, f"{number}", DOCUMENTS[name], {"nothing": value})
            told = await socket.hear()
            assert (told["id"], told["type"], list(told["payload"]["data"])) == (f"{number}", "next", [name])
            await socket.say(id=f"{number}", type="complete")


@pytest.mark.parametrize("name", ["resourceChanges", "overviewChanges", "eventChanges"])
async def test_a_text_that_no_object_can_have_is_a_filter_like_any_other(
    place: tuple[Gyre, LittleCluster], name: str
) -> None:
    gyre, _ = place
    ada = await gyre.signed_in(f"{name}-odd".lower())
    async with ada.socket() as socket:
        await socket.init()
        for number, filter_ in enumerate(({"text": "\0"}, {"namespaces": ["\0"]}, {"namespaces": ["*a" * 256]})):
            await said(socket, f"odd-{number}", DOCUMENTS[name], {"filter": filter_})
        await socket.subscribe("query", "{ viewer { role } }")
        heard = [await socket.hear()]
        while heard[-1] != {"id": "query", "type": "complete"}:
            heard.append(await socket.hear())
    assert [told for told in heard if told["type"] == "error"] == []


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_what_is_no_message_ends_that_socket_alone(place: tuple[Gyre, LittleCluster], name: str) -> None:
    gyre, cluster = place
    ada = await gyre.signed_in(f"{name}-ended".lower())
    async with ada.socket() as beside:
        await (await beside.init()).subscribe("beside", "subscription { resourceChanges { row { name } } }")
        for written, code in NOT_OF_THE_PROTOCOL:
            async with ada.socket() as socket:
                await socket.init()
                query = json.dumps(DOCUMENTS[name])
                payload = f'{{"query": {query}, "variables": {{"filter": {written}}}}}'
                with suppress(websockets.ConnectionClosed):  # of what is too long the end need not be waited for
                    await socket.raw.send(f'{{"id": "1", "type": "subscribe", "payload": {payload}}}')
                assert (await socket.closed())[0] == code
        cluster.has(KUSTOMIZATIONS, thing(f"beside-{name.lower()}"))
        told = await beside.hear()
    assert told["payload"] == {"data": {"resourceChanges": {"row": {"name": f"beside-{name.lower()}"}}}}


async def said(socket: Socket, name: str, document: str, variables: object) -> None:
    """As Socket.subscribe, with variables that need not be any."""
    await socket.say(id=name, type="subscribe", payload={"query": document, "variables": variables})
