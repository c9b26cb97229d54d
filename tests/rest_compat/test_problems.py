"""Whatever is sent, the answer is JSON with a code and never a 500; nothing from inside is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest

from gyre import errors
from gyre.cli.connections import LARGEST_HEAD_BYTES
from gyre.errors import GyreError
from rest_compat.problems import STATUSES, of_domain, of_surprise
from rest_compat.reading import LARGEST_BODY_BYTES
from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.rest_compat.raw import coded, raw
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
async def gyre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    """One for all: nothing here is meant to change anything."""
    async with open_gyre(tmp_path_factory.mktemp("gyre")) as opened:
        yield opened


def subclasses(kind: type[GyreError]) -> Iterator[type[GyreError]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


async def test_every_error_of_the_domain_has_its_status() -> None:
    domain = {each for each in subclasses(GyreError) if each.__module__ == errors.__name__}
    assert domain == set(STATUSES)
    assert len({each.code for each in domain}) == len(domain)


async def test_a_limit_says_when_to_come_again() -> None:
    answer = of_domain(errors.TooOften("slow down", details={"retryAfterSeconds": 7}))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_a_surprise_tells_nothing_of_the_inside() -> None:
    answer = of_surprise(RuntimeError("SELECT password FROM users"))
    body = json.loads(bytes(answer.body))
    assert (answer.status_code, body["error"]["code"]) == (500, "INTERNAL")
    assert "SELECT" not in bytes(answer.body).decode()


HOSTILE_PATHS = [
    ("/api", 404),
    ("/api/", 404),
    ("/api/nothing", 404),
    ("/api/flux", 404),
    ("/api/flux/", 404),
    ("/api/flux/kustomizations/", 404),
    ("/api/flux/kustomizations/prod", 404),
    ("/api/flux/kustomizations/prod/apps/", 404),
    ("/api/flux/kustomizations/prod/apps/status", 404),
    ("/api/flux/kustomizations//apps", 404),
    ("/api/flux/kustomizations/prod%2Fapps", 404),
    ("/api/flux/kustomizations/prod/..%2F..%2Fsecrets", 404),
    ("/api/flux/kustomizations/%2e%2e/apps", 404),
    ("/api/flux/kustomizations/../apps", 404),
    ("/api/flux/../../livez", 404),
    ("/api/flux/%00", 404),
    ("/api/flux/kustomizations/prod/a%00b", 400),
    ("/api/flux/kustomizations/prod/%ff%fe", 404),
    ("/api/flux/%ff%fe", 404),
    ("/api/flux/__proto__", 404),
    ("/api/flux/__proto__/prod/apps", 404),
    ("/api/flux/constructor", 404),
    ("/api/flux/toString", 404),
    ("/api/flux/__class__", 404),
    ("/api/flux/secrets", 404),
    (f"/api/flux/{'x' * 5_000}", 400),
    (f"/api/flux/kustomizations/prod/{'x' * 300}", 400),
    ("/api/flux/kustomizations?page=0", 400),
    ("/api/flux/kustomizations?page=-1", 400),
    ("/api/flux/kustomizations?page=1.5", 400),
    ("/api/flux/kustomizations?page=1e3", 400),
    ("/api/flux/kustomizations?page=%D9%A3", 400),
    ("/api/flux/kustomizations?page=%00", 400),
    (f"/api/flux/kustomizations?page={'9' * 5_000}", 400),
    ("/api/flux/kustomizations?limit=0", 400),
    ("/api/flux/kustomizations?limit=501", 400),
    ("/api/flux/kustomizations?limit=all", 400),
    ("/api/flux/kustomizations?limit=5&limit=6", 400),
    ("/api/flux/kustomizations?namespace=a&namespace=b", 400),
    ("/api/flux/kustomizations?namespace=a%00b", 400),
    (f"/api/flux/kustomizations?namespace={'n' * 600}", 400),
    ("/api/flux/kustomizations?cluster=%ff", 404),
    ("/api/flux/kustomizations?cluster=__proto__", 404),
    ("/api/flux/kustomizations?cluster=a&cluster=b", 400),
    ("/api/flux/kustomizations?after=nonsense", 400),
    ("/api/flux/kustomizations/prod/apps?after=%00", 400),
    ("/api/flux/kustomizations/prod/apps?cluster=../x", 404),
]


@pytest.mark.parametrize(("path", "status"), HOSTILE_PATHS, ids=[path[:60] for path, _ in HOSTILE_PATHS])
async def test_a_hostile_path_or_query_is_refused_with_a_code(gyre: Gyre, path: str, status: int) -> None:
    ada = await gyre.signed_in("ada")
    request = f"GET {path} HTTP/1.1\r\nHost: {gyre.address}\r\nCookie: {ada.headers['cookie']}\r\n\r\n"
    answer = await raw(gyre, request.encode())
    assert coded(answer) == status
    await ada.aclose()


async def test_a_query_longer_than_a_head_may_be_is_refused_before_it_reaches_a_route(gyre: Gyre) -> None:
    head = f"GET /api/flux/kustomizations?namespace={'n' * LARGEST_HEAD_BYTES} HTTP/1.1\r\nHost: {gyre.address}\r\n\r\n"
    answer = await raw(gyre, head.encode())
    assert (coded(answer), json.loads(answer[2])["error"]["code"]) == (431, "TOO_LARGE")


HOSTILE_BODIES = [
    (b"", 415),
    (b"{", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'"text"', 400),
    (b"123456789012345678901234567890", 400),
    (b"{}", 400),
    (b'{"username": "a"}', 400),
    (b'{"username": 1, "password": "x"}', 400),
    (b'{"username": null, "password": "x"}', 400),
    (b'{"username": ["a"], "password": {"$ne": ""}}', 400),
    (b'{"username": "a", "password": "x"} trailing', 400),
    (b'{"username": "a", "password": "\xff\xfe"}', 400),
    (b'{"username": "\\ud800", "password": "x"}', 400),
    (b'{"username": "a\\u0000", "password": "x"}', 401),
    (b'{"username": "a", "username": "b", "password": "x"}', 400),
    (b'{"username": "' + b"a" * 2_000 + b'", "password": "x"}', 400),
    (b'{"username": "a", "password": "' + b"x" * 2_000 + b'"}', 400),
    (b'{"username": "a", "password": "x", "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    (b'{"username": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", 400),
    (b"\xef\xbb\xbf{}", 400),
    ('{"username": "a", "password": "x"}'.encode("utf-16"), 400),
]


@pytest.mark.parametrize(("body", "status"), HOSTILE_BODIES, ids=[str(body[:40]) for body, _ in HOSTILE_BODIES])
async def test_a_hostile_body_is_refused_with_a_code(gyre: Gyre, body: bytes, status: int) -> None:
    headers = JSON if body else {}
    answer = await gyre.http.post("/api/auth/login", content=body, headers=headers)
    assert refusal(answer)[0] == status


HOSTILE_WISHES = [
    b"[]",
    b"1",
    b'{"cluster": 1}',
    b'{"dryRun": "yes"}',
    b'{"until": "soon"}',
    b'{"reason": 5}',
    b"{{",
    b'{"dryrun": true}',
]


@pytest.mark.parametrize("body", HOSTILE_WISHES, ids=map(str, HOSTILE_WISHES))
async def test_a_hostile_action_changes_nothing(gyre: Gyre, body: bytes) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.post("/api/flux/ks/prod/apps/suspend", content=body, headers=JSON)
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert gyre.cluster.writes == []
    await ada.aclose()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json", ""])
async def test_another_media_type_is_415(gyre: Gyre, kind: str) -> None:
    headers = {"content-type": kind, "origin": f"http://{gyre.address}"}
    answer = await gyre.http.post("/api/auth/login", content=b'{"username":"a","password":"b"}', headers=headers)
    assert refusal(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/api/auth/login", {"POST"}),
        ("DELETE", "/api/flux/kustomizations", {"GET", "HEAD", "POST"}),
        ("POST", "/api/health", {"GET", "HEAD"}),
        ("PUT", "/livez", {"GET", "HEAD"}),
        ("PATCH", "/api/flux/kustomizations/prod/apps/suspend", {"POST"}),
        ("POST", "/api/flux/kustomizations/prod/apps", {"DELETE", "GET", "HEAD", "PATCH", "PUT"}),
        ("TRACE", "/api/flux/kustomizations", {"GET", "HEAD", "POST"}),
    ],
)
async def test_another_method_is_405_and_says_which_are_allowed(
    gyre: Gyre, method: str, path: str, allow: set[str]
) -> None:
    answer = await gyre.http.request(method, path, headers={"origin": f"http://{gyre.address}"})
    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["allow"].split(", ")) == allow


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_too_large_is_413_whether_it_says_its_length_or_not(gyre: Gyre, *, chunked: bool) -> None:
    body = b'{"username": "' + b"a" * LARGEST_BODY_BYTES + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    answer = await gyre.http.post("/api/auth/login", content=pieces() if chunked else body, headers=JSON)
    assert refusal(answer) == (413, "TOO_LARGE")


async def test_who_leaves_in_the_middle_of_a_body_is_no_failure(gyre: Gyre, caplog: pytest.LogCaptureFixture) -> None:
    host, _, port = gyre.address.partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    with caplog.at_level("INFO"):
        writer.write(head.encode())
        await writer.drain()
        await asyncio.sleep(0.1)  # until the body is being read
        writer.close()
        await until(lambda: "answered" in caplog.messages)
    assert [record.message for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


@pytest.mark.parametrize("levels", [101, 100_000])
async def test_a_body_that_is_nested_too_deeply_is_told_so_and_nothing_is_made(gyre: Gyre, levels: int) -> None:
    ada = await gyre.signed_in("ada")
    body = '{"name": "x", "scope": ' + "[" * levels + "]" * levels + "}"
    answer = await ada.post("/api/tokens", content=body, headers={"content-type": "application/json"})
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"] == {"problem": "depth"}
    assert (await ada.get("/api/tokens")).json()["total"] == 0
    await ada.aclose()
