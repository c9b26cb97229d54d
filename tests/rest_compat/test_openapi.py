"""The OpenAPI document: the one that is served, valid, whole, and no wider than what is answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.datastructures import Headers
from starlette.routing import Route

from rest_compat import docs
from rest_compat.contract import Operation, said_of
from rest_compat.openapi import as_json, document, path_of
from rest_compat.problems import OF_HTTP, STATUSES
from rest_compat.routes import ENDPOINTS
from tests.rest_compat.conftest import Gyre
from tests.support import answers

COMMITTED = Path(__file__).parents[2] / "rest_compat" / "openapi.json"
DOCUMENT = document(ENDPOINTS)
OPERATIONS = [
    pytest.param(path, method, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
]


def at(path: str, method: str) -> dict[str, Any]:
    return DOCUMENT["paths"][path][method]  # type: ignore[no-any-return]


def test_the_committed_document_is_the_one_of_the_code() -> None:
    assert COMMITTED.read_text() == as_json(DOCUMENT), "run `make generate`"


def test_the_document_is_valid() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_route_stands_in_it_and_nothing_else() -> None:
    routes = {
        (path_of(route.path), method.lower())
        for route in ENDPOINTS
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    sockets = {path_of(route.path) for route in ENDPOINTS if not isinstance(route, Route)}
    assert {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods} == routes
    assert sockets <= set(DOCUMENT["paths"])


def test_names_of_types_and_of_operations_are_each_given_once() -> None:
    names = [at(path, method)["operationId"] for path, methods in DOCUMENT["paths"].items() for method in methods]
    assert len(names) == len(set(names))
    assert [name for name in DOCUMENT["components"]["schemas"] if "." in name] == []


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_is_described(path: str, method: str) -> None:
    operation = at(path, method)
    assert operation["summary"]
    assert operation["description"]
    assert [each["name"] for each in operation.get("parameters", ()) if not each.get("description")] == []


def test_every_code_of_the_error_table_can_be_found_in_it() -> None:
    told = DOCUMENT["components"]["schemas"]["Error"]["properties"]["error"]["properties"]["code"]["enum"]
    assert set(told) == {kind.code for kind in STATUSES} | {code for code, _ in OF_HTTP.values()} | {"INTERNAL"}


def examples() -> list[Any]:
    found = []
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                if "example" in content:
                    place = f"/paths/{path.replace('/', '~1')}/{method}/requestBody/content/{media.replace('/', '~1')}"
                    found.append(pytest.param(f"{place}/schema", content["example"], id=f"{method} {path}"))
    return found


@pytest.mark.parametrize(("place", "example"), examples())
def test_every_example_of_a_body_is_one(place: str, example: object) -> None:
    assert [error.message for error in answers.validator(place).iter_errors(example)] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "body"),
    [
        ("GET", "/api/me", 302, {}, {}),
        ("GET", "/api/nothing", 200, {}, {}),
        ("DELETE", "/api/me", 200, {}, {"success": True}),
        ("GET", "/api/health", 200, {}, {"status": "fine", "version": "1", "clusters": []}),
        ("GET", "/api/health", 200, {}, {"status": "healthy", "clusters": []}),
        ("GET", "/api/health", 200, {}, {"status": "healthy", "version": "1", "clusters": [], "more": 1}),
        ("GET", "/api/health", 200, {"content-type": "text/html"}, {}),
        ("GET", "/api/users", 404, {}, {"error": {"code": "NOT_FOUND", "message": "No.", "details": {}}}),
        ("GET", "/api/users", 403, {}, {"error": {"code": "CONFLICT", "message": "No.", "details": {}}}),
        ("GET", "/api/users", 429, {}, {"error": {"code": "RATE_LIMITED", "message": "No.", "details": {}}}),
        ("PATCH", "/api/users", 405, {}, {"error": {"code": "METHOD_NOT_ALLOWED", "message": "No.", "details": {}}}),
    ],
)
def test_an_answer_that_is_not_documented_is_noticed(
    method: str, path: str, status: int, headers: dict[str, str], body: object
) -> None:
    told = Headers({"content-type": "application/json", **headers})
    assert len(list(answers.problems(method, path, status, told, json.dumps(body).encode()))) == 1


@pytest.mark.anyio
async def test_it_is_served_to_anyone_and_kept_by_who_has_it(gyre: Gyre) -> None:
    answer = await gyre.http.get("/api/openapi.json")
    assert (answer.status_code, answer.json()) == (200, DOCUMENT)
    again = await gyre.http.get("/api/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])


@pytest.mark.anyio
async def test_a_plain_request_to_the_websocket_is_told_to_upgrade(gyre: Gyre) -> None:
    answer = await gyre.http.get("/api/ws")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
    assert answer.json()["error"]["code"] == "UPGRADE_REQUIRED"


def test_a_silent_endpoint_is_refused() -> None:
    async def silent() -> None: ...

    with pytest.raises(LookupError):
        said_of(silent)
    with pytest.raises(LookupError):
        document([Route("/api/silent", silent)])


def test_a_parameter_of_a_path_that_nobody_describes_is_refused() -> None:
    @Operation(summary="Odd", tag="Odd", answers={})
    async def odd() -> None: ...

    with pytest.raises(LookupError):
        document([Route("/api/odd/{stranger}", odd)])


@pytest.mark.anyio
async def test_the_page_is_served_to_a_browser_under_the_policy_of_all_pages(
    gyre: Gyre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs._built.cache_clear()
    monkeypatch.setattr(docs, "PAGE", tmp_path / "index.html")
    missing = await gyre.http.get("/api/docs")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")
    docs.PAGE.write_text("<!doctype html><title>REST API</title>")
    docs._built.cache_clear()
    answer = await gyre.http.get("/api/docs")
    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>REST API</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == "default-src 'none'"  # the one that this server has for pages
    docs._built.cache_clear()
