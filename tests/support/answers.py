"""Holds every answer of the REST API against its OpenAPI document, whichever test asked for it.

What is wrong is kept until the test ends, which then fails: see the fixture in tests/conftest.py.
"""

import gzip
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx2
import jsonschema_rs
import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rest_compat.openapi import document
from rest_compat.routes import ENDPOINTS

PLACE = "urn:gyre"
FIRST = ("/api", "/livez", "/readyz", "/metrics")
ELSEWHERE = {403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}
"""What is answered where there is no such endpoint: by those that look at a request first, and by the router."""

wrong: list[str] = []
"""What was answered otherwise than the document says, since the last test."""


def watched(app: ASGIApp) -> ASGIApp:
    """The application, with everything it answers to plain HTTP looked at."""

    async def looking(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not any(is_under(scope["path"], first) for first in FIRST):
            await app(scope, receive, send)
            return
        method, path, status, headers, parts = scope["method"], scope["path"], 0, Headers(), list[bytes]()

        gone = False

        async def heard() -> Message:
            nonlocal gone
            message = await receive()
            gone = gone or message["type"] == "http.disconnect"
            return message

        async def seen(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], Headers(raw=list(message["headers"]))
            else:
                parts.append(message.get("body", b""))
                if not gone and not message.get("more_body"):
                    wrong.extend(problems(method, path, status, headers, b"".join(parts)))
            await send(message)

        await app(scope, heard, seen)

    return looking


def look_at(response: httpx2.Response) -> None:
    """The same for a program in another process: what its client was answered, as a hook of it."""
    path = response.request.url.path
    if any(is_under(path, first) for first in FIRST):
        body, headers = response.read(), MutableHeaders(response.headers)
        del headers["content-encoding"]  # it is read as it was before that
        wrong.extend(problems(response.request.method, path, response.status_code, headers, body))


def is_under(path: str, first: str) -> bool:
    return path == first or path.startswith(f"{first}/")


def problems(method: str, path: str, status: int, headers: Headers, body: bytes) -> Iterator[str]:
    """What of an answer is not as documented, in words."""
    said = f"{method} {path[:200]} answered {status}"
    place = _place(method, path, status)
    if place is None:
        yield f"{said}, which the document does not know there: {body[:500]!r}"
        return
    response = _at(place)
    for name in response.get("headers", {}):
        if name not in headers:
            yield f"{said} without {name}"
    yield from _wrong_body(said, place, headers, b"" if method == "HEAD" else body, method)


def _wrong_body(said: str, place: str, headers: Headers, body: bytes, method: str) -> Iterator[str]:
    content = _at(place).get("content", {})
    media_type = headers.get("content-type", "").partition(";")[0]
    if not content:
        if body:
            yield f"{said} with a body that is not documented"
        return
    if media_type not in content:
        yield f"{said} as {media_type!r}, documented is {sorted(content)}"
        return
    if media_type != "application/json" or method == "HEAD":
        return
    plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
    for error in validator(f"{place}/content/application~1json/schema").iter_errors(orjson.loads(plain)):
        yield f"{said}: {error.message} at {list(error.instance_path)}"


def _place(method: str, path: str, status: int) -> str | None:
    """Where the document describes this answer, as a JSON pointer; None where it does not."""
    template = next((each for each, like in _paths() if like.fullmatch(path)), "")
    operations = _document()["paths"].get(template, {})
    name = "get" if method == "HEAD" else method.lower()
    if name in operations:
        known = str(status) in operations[name]["responses"]
        place = f"/paths/{template.replace('/', '~1')}/{name}/responses/{status}"
        return _followed(place) if known else None
    code = ELSEWHERE.get(status)
    return f"/components/responses/{code}" if code else None


def _followed(place: str) -> str:
    reference = _at(place).get("$ref")
    return reference.removeprefix("#") if reference else place


def _at(place: str) -> Any:
    found: Any = _document()
    for part in place.split("/")[1:]:
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


@cache
def _document() -> dict[str, Any]:
    return document(ENDPOINTS)


@cache
def _paths() -> list[tuple[str, re.Pattern[str]]]:
    """Every path with what it looks like, those with the fewest holes first."""
    found = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(path, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))) for path in found]


@cache
def validator(place: str) -> jsonschema_rs.Draft202012Validator:
    """What holds a value against the schema at this JSON pointer."""
    registry = jsonschema_rs.Registry([(PLACE, _document())])
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"{PLACE}#{quote(place)}"}, registry=registry, validate_formats=True
    )
