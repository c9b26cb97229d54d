"""Which writes and sockets are refused, by where they come from."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from gyre.web.same_origin import SameOrigin, origin_of
from tests.web.conftest import Ask

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
OWN = {"origin": "http://gyre.test"}
PUBLIC = "https://gyre.example.com"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (JSON, b"{}", 200),
        (JSON | {"content-type": "application/json; charset=utf-8"}, b"{}", 200),
        ({"content-type": "application/yaml"}, b"{}", 200),
        ({"content-type": "text/yaml"}, b"{}", 403),
        ({}, b"", 200),
        ({}, b"{}", 403),
        (FORM, b"a=b", 403),
        ({"content-type": "text/plain"}, b"{}", 403),
        ({"content-type": "application/jsonx"}, b"{}", 403),
        (FORM | OWN, b"a=b", 200),
        (JSON | {"origin": "http://GYRE.test:80"}, b"{}", 200),
        (JSON | {"origin": "https://gyre.test"}, b"{}", 403),
        (JSON | {"origin": "http://gyre.test:8080"}, b"{}", 403),
        (JSON | {"origin": "http://gyre.test.evil.example"}, b"{}", 403),
        (JSON | {"origin": "null"}, b"{}", 403),
        (JSON | {"origin": ""}, b"{}", 403),
        (JSON | {"origin": "null", "host": "[::1"}, b"{}", 403),
        (JSON | {"origin": "http://gyre.test@evil.example"}, b"{}", 403),
        (JSON | {"sec-fetch-site": "same-origin"}, b"{}", 200),
        (JSON | {"sec-fetch-site": "none"}, b"{}", 200),
        (JSON | {"sec-fetch-site": "cross-site"}, b"{}", 403),
        (JSON | {"sec-fetch-site": "same-site"}, b"{}", 403),
        (JSON | OWN | {"sec-fetch-site": "cross-site"}, b"{}", 403),
        (FORM | {"origin": "http://evil.example", "authorization": "Bearer gyre_x"}, b"a=b", 200),
        (FORM | {"origin": "http://evil.example", "authorization": "bearer"}, b"a=b", 200),
        (FORM | {"authorization": "Basic eDp5"}, b"a=b", 403),
        (FORM | {"authorization": "Bearerx gyre_x"}, b"a=b", 403),
    ],
)
async def test_a_write_is_taken_from_gyres_own_pages_and_from_scripts(
    ask: Ask, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with ask() as gyre:
        answer = await gyre.post("/echo", headers={"cookie": "gyre_session=x"} | headers, content=body)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "FORBIDDEN"


async def test_reading_is_never_refused_for_where_it_comes_from(ask: Ask) -> None:
    async with ask() as gyre:
        headers = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
        assert (await gyre.get("/echo", headers=headers)).status_code == 200


async def test_the_public_url_is_the_only_own_origin_when_it_is_set(ask: Ask) -> None:
    async with ask(public_url=PUBLIC) as gyre:
        assert (await gyre.post("/echo", headers=JSON | {"origin": PUBLIC}, content=b"{}")).status_code == 200
        refused = await gyre.post("/echo", headers=JSON | OWN, content=b"{}")
    assert refused.json()["error"]["message"] == (
        "the request comes from http://gyre.test, not from https://gyre.example.com:443; "
        "behind a proxy, set GYRE_PUBLIC_URL"
    )


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"origin": "http://gyre.test", "cookie": "gyre_session=x"}, True),
        ({"origin": "https://portal.example.com", "cookie": "gyre_session=x"}, True),
        ({"origin": "https://PORTAL.example.com", "cookie": "gyre_session=x"}, False),
        ({"origin": "https://portal.example.com.evil.example", "cookie": "gyre_session=x"}, False),
        ({"origin": "http://portal.example.com", "cookie": "gyre_session=x"}, False),
        ({"origin": "null", "cookie": "gyre_session=x"}, False),
        ({"origin": "http://evil.example", "cookie": "gyre_session=x"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"cookie": "gyre_session=x"}, False),
        ({}, True),
        ({"origin": "http://evil.example", "authorization": "Bearer gyre_x"}, True),
    ],
)
@pytest.mark.parametrize("extensions", [{}, {"websocket.http.response": {}}])
async def test_a_websocket_with_a_session_needs_the_own_origin_or_one_that_is_named(
    headers: dict[str, str], extensions: dict[str, object], *, let_in: bool
) -> None:
    reached, sent = [], []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "websocket",
        "path": "/graphql",
        "scheme": "ws",
        "extensions": extensions,
        "headers": [(name.encode(), value.encode()) for name, value in ({"host": "gyre.test"} | headers).items()],
    }
    await SameOrigin(app, public_url=None, others=("https://portal.example.com",))(scope, receive, send)
    assert reached == (["/graphql"] if let_in else [])
    kinds = [message["type"] for message in sent]
    refusal = ["websocket.http.response.start", "websocket.http.response.body"] if extensions else ["websocket.close"]
    assert kinds == ([] if let_in else refusal)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Gyre.example.com", "https://gyre.example.com:443"),
        ("http://[::1]:8000", "http://::1:8000"),
        ("http://a:99999", None),
        ("http://a/b", None),
        ("file://", None),
        ("null", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str, origin: str | None) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(("size", "kept"), [(1, True), (64 * 1024, True), (64 * 1024 + 1, False)])
async def test_a_refused_write_ends_the_connection_only_when_much_of_it_is_unread(
    ask: Ask, size: int, *, kept: bool
) -> None:
    async with ask() as gyre:
        answer = await gyre.post("/echo", headers=FORM, content=b"x" * size)
    assert (answer.status_code, "connection" not in answer.headers) == (403, kept)
