"""What every answer carries, and the one line it leaves in the log."""

import logging

import httpx2
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gyre.web.security_headers import GRAPHIQL_POLICY, SecurityHeaders, page_policy
from tests.web.conftest import Ask

pytestmark = pytest.mark.anyio

BASICS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.mark.parametrize("path", ["/echo", "/missing", "/broken"])
async def test_every_answer_has_the_headers_errors_too(ask: Ask, path: str) -> None:
    async with ask() as gyre:
        answer = await gyre.get(path)
    assert {name: answer.headers[name] for name in BASICS} == BASICS
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert "strict-transport-security" not in answer.headers


async def test_a_refusal_has_them_too(ask: Ask) -> None:
    async with ask(base="https://gyre.test") as gyre:
        answer = await gyre.post("/echo", headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_page_with_its_own_policy_keeps_it() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"content-security-policy": GRAPHIQL_POLICY, "cache-control": "no-cache"}
        await Response("page", headers=headers)(scope, receive, send)

    transport = httpx2.ASGITransport(app=SecurityHeaders(page, policy=page_policy()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://gyre.test") as gyre:
        answer = await gyre.get("/graphql")
    assert answer.headers.get_list("content-security-policy") == [GRAPHIQL_POLICY]
    assert answer.headers.get_list("cache-control") == ["no-cache"]


def test_a_pages_scripts_are_its_files_and_the_hashed_ones() -> None:
    assert "script-src 'self' 'sha256-abc'; style-src 'self';" in page_policy(["sha256-abc"])


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (each.split() for each in policy.split(";"))}


@pytest.mark.parametrize("policy", [page_policy(["sha256-abc"]), GRAPHIQL_POLICY])
def test_no_policy_lets_a_script_in_that_is_not_a_file_or_known_by_its_hash(policy: str) -> None:
    found = directives(policy)
    assert found["default-src"] == ["'none'"]
    assert set(found["script-src"]) <= {"'self'", "'sha256-abc'"}
    assert (found["base-uri"], found["frame-ancestors"]) == (["'none'"], ["'none'"])
    everything = [value for values in found.values() for value in values]
    assert not {"'unsafe-eval'", "*", "blob:", "https:", "http:"} & set(everything)


def test_only_the_page_of_graphiql_takes_styles_that_an_editor_writes() -> None:
    assert directives(page_policy())["style-src"] == ["'self'"]
    assert directives(GRAPHIQL_POLICY)["style-src"] == ["'self'", "'unsafe-inline'"]


@pytest.mark.parametrize(("path", "status"), [("/echo", 200), ("/missing", 404), ("/broken", 500)])
async def test_each_request_leaves_one_line_without_its_query(
    ask: Ask, caplog: pytest.LogCaptureFixture, path: str, status: int
) -> None:
    caplog.set_level(logging.INFO, "gyre.web.access_log")
    async with ask() as gyre:
        await gyre.get(f"{path}?token=hush")
    lines = [record for record in caplog.records if record.name == "gyre.web.access_log"]
    (line,) = [record for record in lines if record.message == "answered"]
    assert [record.exc_info is not None for record in lines] == ([True, False] if status == 500 else [False])
    facts = vars(line)
    assert [facts[name] for name in ("method", "path", "status", "client")] == ["GET", path, status, "192.0.2.7"]
    assert 0 <= facts["ms"] < 10_000
    assert "hush" not in str(facts)


async def test_probes_are_quiet(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gyre.web.access_log")
    async with ask() as gyre:
        await gyre.get("/livez")
    assert [record for record in caplog.records if record.name == "gyre.web.access_log"] == []
