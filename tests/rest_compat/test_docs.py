"""docs/rest.md holds what it promises."""

import re
from pathlib import Path

from starlette.routing import Route, WebSocketRoute

from gyre.errors import GyreError
from rest_compat import live
from rest_compat.openapi import document, responses
from rest_compat.problems import OF_HTTP, STATUSES
from rest_compat.routes import ENDPOINTS

PAGE = (Path(__file__).parents[2] / "docs" / "rest.md").read_text()


def test_every_status_and_code_is_documented() -> None:
    documented = {
        (int(row[1]), code)
        for row in re.finditer(r"^\| (\d{3}) \| (.*) \|$", PAGE, re.MULTILINE)
        for code in re.findall(r"`([A-Z_]+)`", row[2])
    }
    domain = {(status, kind.code) for kind, status in STATUSES.items()}
    assert documented == domain | {(status, code) for status, (code, _) in OF_HTTP.items()} | {(500, GyreError.code)}


def test_every_close_code_is_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
    assert documented == {*live.CODES.values(), live.GOING_AWAY, live.RESTARTING, live.INTERNAL, live.TOO_SLOW}


def test_every_endpoint_is_documented() -> None:
    for endpoint in ENDPOINTS:
        path = re.sub(r"_(\w)", lambda found: found[1].upper(), endpoint.path)
        if isinstance(endpoint, Route):
            method = next(iter(set(endpoint.methods or ()) - {"HEAD"}))
            assert f"`{method} {path}`" in PAGE
        else:
            assert isinstance(endpoint, WebSocketRoute)
            assert f"`WebSocket {path}`" in PAGE


def test_every_response_of_every_endpoint_is_documented() -> None:
    assert f"<!-- every response -->\n{responses(document(ENDPOINTS))}\n" in PAGE, "run `make generate`"
