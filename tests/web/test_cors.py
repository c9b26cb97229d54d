"""Which pages of other origins may ask and read: none, but those named, letter by letter."""

import pytest

from gyre.errors import BadSettings
from gyre.settings import read_settings
from tests.web.conftest import Ask

pytestmark = pytest.mark.anyio

PORTAL = "https://portal.example.com"
NAMED = {"cors_origins": (PORTAL, "http://localhost:5173")}
PREFLIGHT = {"access-control-request-method": "PUT", "access-control-request-headers": "content-type"}
FOREIGN = [
    "https://evil.example",
    "http://portal.example.com",
    "https://portal.example.com:443",
    "https://PORTAL.example.com",
    "https://portal.example.com.evil.example",
    "https://evil.portal.example.com",
    "https://portal.example.com/",
    "null",
    "*",
    "",
]


def leave(headers: object) -> list[str]:
    return sorted(name for name in dict(headers) if name.startswith("access-control-"))  # type: ignore[call-overload]  # a mapping


@pytest.mark.parametrize("origin", [PORTAL, *FOREIGN])
async def test_without_the_setting_no_page_of_another_origin_may_read_or_ask_first(ask: Ask, origin: str) -> None:
    async with ask() as gyre:
        answer = await gyre.get("/echo", headers={"origin": origin})
        first = await gyre.request("OPTIONS", "/echo", headers={"origin": origin, **PREFLIGHT})
    assert (leave(answer.headers), leave(first.headers), first.status_code) == ([], [], 405)


@pytest.mark.parametrize("origin", FOREIGN)
async def test_who_is_not_named_letter_by_letter_may_not(ask: Ask, origin: str) -> None:
    async with ask(**NAMED) as gyre:
        answer = await gyre.get("/echo", headers={"origin": origin})
        first = await gyre.request("OPTIONS", "/echo", headers={"origin": origin, **PREFLIGHT})
        written = await gyre.post(
            "/echo", headers={"origin": origin, "content-type": "application/json"}, content=b"{}"
        )
    assert (leave(answer.headers), leave(first.headers), first.status_code) == ([], [], 405)
    assert (written.status_code, leave(written.headers)) == (403, [])
    assert "Origin" in answer.headers["vary"]


async def test_who_is_named_may_read_and_write_with_cookies(ask: Ask) -> None:
    async with ask(**NAMED) as gyre:
        first = await gyre.request("OPTIONS", "/echo", headers={"origin": PORTAL, **PREFLIGHT})
        headers = {"origin": PORTAL, "content-type": "application/json", "sec-fetch-site": "same-site"}
        written = await gyre.put("/echo", headers=headers, content=b"{}")
        missing = await gyre.get("/missing", headers={"origin": PORTAL})
    assert (first.status_code, first.content) == (204, b"")
    assert first.headers["access-control-allow-origin"] == PORTAL
    assert first.headers["access-control-allow-credentials"] == "true"
    assert first.headers["access-control-allow-methods"] == "GET, HEAD, POST, PUT, PATCH, DELETE"
    assert "authorization" in first.headers["access-control-allow-headers"]
    assert first.headers["x-frame-options"] == "DENY"
    assert written.status_code == 200
    for answer in (written, missing):
        assert answer.headers.get_list("access-control-allow-origin") == [PORTAL]
        assert "etag" in answer.headers["access-control-expose-headers"]
        assert "Origin" in answer.headers["vary"]


async def test_a_plain_options_of_a_named_origin_is_the_routes_own(ask: Ask) -> None:
    async with ask(**NAMED) as gyre:
        assert (await gyre.request("OPTIONS", "/echo", headers={"origin": PORTAL})).status_code == 405


@pytest.mark.parametrize(
    "text", ["*", "https://*.example.com", "portal.example.com", "https://a.test/path", "https://A.test", "null"]
)
def test_only_whole_origins_can_be_named(text: str) -> None:
    with pytest.raises(BadSettings, match="GYRE_CORS_ORIGINS"):
        read_settings({"HOME": "/h", "GYRE_CORS_ORIGINS": text})
