"""What cannot be asked, or said over a socket, is refused and changes nothing: one server serves for all of it."""

from collections.abc import AsyncIterator

import pytest

from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.rest_compat.sockets import connected, hear
from tests.support.cluster import KUSTOMIZATIONS, thing

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def gyre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    async with open_gyre(tmp_path_factory.mktemp("gyre")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("sort=colour", "sort"),
        ("sort=--name", "sort"),
        ("sort=name&sort=kind", "sort"),
        ("status=Broken", "status"),
        ("status=Ready,,Broken", "status"),
        ("label=app!=web", "label"),
        ("label=!app", "label"),
        ("label=app in (web)", "label"),
        ("label==web", "label"),
        ("fields=a..b", "fields"),
        ("fields=.", "fields"),
        ("fields=metadata.", "fields"),
        ("fields=,", "fields"),
        ("fields=" + "a." * 20 + "a", "fields"),
        ("fields=" + "a," * 50 + "a", "fields"),
        ("fields=" + "a" * 4097, "fields"),
        ("limit=0", "limit"),
        ("limit=", "limit"),
        ("limit=501", "limit"),
        ("page=0", "page"),
        ("page=1e3", "page"),
    ],
)
async def test_what_a_list_cannot_be_asked_is_refused_naming_the_parameter(gyre: Gyre, query: str, path: str) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.get(f"/api/flux/ks?{query}")
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"]["path"] == [path]
    await ada.aclose()


@pytest.mark.parametrize("limit", ["0", "501", "-1", "ten", "1.5", "99999999999999999999", "1&limit=2"])
@pytest.mark.parametrize("path", ["/api/events", "/api/flux/ks/prod/apps/events"])
async def test_another_limit_is_refused(gyre: Gyre, path: str, limit: str) -> None:
    ada = await gyre.signed_in("ada")
    assert refusal(await ada.get(f"{path}?limit={limit}")) == (400, "VALIDATION_FAILED")
    await ada.aclose()


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/flux",
        "/api/flux/",
        "/api/flux/ks/",
        "/api/flux/ks/prod",
        "/api/flux/ks/prod/",
        "/api/flux/ks//apps",
        "/api/flux/ks/prod/apps/",
        "/api/flux/ks/prod/apps/nothing",
        "/api/flux/ks/prod%2Fapps/x",
        "/api/flux/ks%2fprod/apps/x",
        "/api/events/",
        "/api/events/other",
        "/api/{resource_type}",
    ],
)
async def test_where_nothing_is_404_is_answered(gyre: Gyre, path: str) -> None:
    ada = await gyre.signed_in("ada")
    assert refusal(await ada.get(path)) == (404, "NOT_FOUND")
    await ada.aclose()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/flux/ks/prod/apps", "DELETE, GET, HEAD, PATCH, PUT"),
        ("DELETE", "/api/flux/ks", "GET, HEAD, POST"),
        ("GET", "/api/flux/ks/prod/apps/suspend", "POST"),
        ("PUT", "/api/events/stream", "GET, HEAD"),
    ],
)
async def test_another_method_is_405_with_those_that_are_taken(
    gyre: Gyre, method: str, path: str, allowed: str
) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.request(method, path)
    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed
    await ada.aclose()


@pytest.mark.parametrize(
    "words",
    [
        "",
        "{",
        "[]",
        "1",
        "{}",
        "\x00",
        "[" * 5_000,
        '{"type": "unknown"}',
        '{"type": ["ping"]}',
        '{"type": "ping", "more": 1}',
        '{"type": "subscribe", "colour": "red"}',
        '{"type": "subscribe", "resourceType": "pods"}',
        '{"type": "subscribe", "cluster": "other"}',
        '{"type": "subscribe", "status": "Broken"}',
        '{"type": "subscribe", "label": "a!=b"}',
        '{"type": "subscribe", "after": "nonsense"}',
        '{"type": "subscribe", "events": true, "eventsAfter": "nonsense"}',
        '{"type": "subscribe", "events": true, "status": "Ready"}',
        '{"type": "subscribe", "events": "yes"}',
        '{"type": "subscribe", "id": ""}',
        '{"type": "subscribe", "id": "%s"}' % ("x" * 129),
        '{"type": "unsubscribe", "id": "nobody"}',
        '{"type": "resume"}',
        '{"type": "resume", "position": "nonsense"}',
        '{"type": "resume", "position": 7}',
        '{"type": "resume", "position": "0", "id": "nobody"}',
    ],
)
async def test_a_message_that_cannot_be_meant_is_answered_with_an_error(gyre: Gyre, words: str) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        await socket.send(words)
        message = await hear(socket)
        assert message["type"] == "error"
        assert message["error"]["code"] in ("VALIDATION_FAILED", "UNKNOWN_KIND", "CLUSTER_NOT_FOUND")
        assert message["error"]["message"]
        await socket.send('{"type": "ping"}')
        assert await hear(socket) == {"type": "pong"}
        after = f"after-{len(gyre.cluster.served[KUSTOMIZATIONS].objects)}"
        gyre.cluster.has(KUSTOMIZATIONS, thing(after))
        assert (await hear(socket))["name"] == after
    await ada.aclose()
