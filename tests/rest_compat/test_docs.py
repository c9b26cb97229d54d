"""docs/rest.md holds what it promises."""

import re
from pathlib import Path

from starlette.routing import Route, WebSocketRoute

from gyre.cli.connections import LARGEST_HEAD_BYTES, REQUEST_SECONDS
from gyre.cli.server import UNREAD_SECONDS
from gyre.errors import GyreError
from gyre.events.hub import MEMBERS_PER_USER
from gyre.events.members import BACKLOG
from gyre.flux.drafts import DEEPEST, LARGEST_BYTES
from gyre.limits.connections import OF_A_USER, OF_AN_ADDRESS
from rest_compat import conversation, live
from rest_compat.openapi import document, responses
from rest_compat.problems import OF_HTTP, STATUSES
from rest_compat.reading import LARGEST_BODY_BYTES
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


def test_every_bound_in_the_table_is_the_one_of_the_code() -> None:
    table = PAGE.partition("| Bound | At most | Beyond it |\n|---|---|---|\n")[2].partition("\n\n")[0]
    assert dict(re.findall(r"^\| (.+?) \| (.+?) \|", table, re.MULTILINE)) == {
        "Head of a request": f"{LARGEST_HEAD_BYTES // 1024} KiB",
        "Time to send a request": f"{REQUEST_SECONDS} seconds",
        "Body": f"{LARGEST_BODY_BYTES // 1024**2} MiB, an object {LARGEST_BYTES / 1024**2} MiB",
        "Levels of a JSON body": f"{DEEPEST}",
        "WebSockets and streams of one person in one process": f"{OF_A_USER}",
        "WebSockets of one address that nobody signed in on": f"{OF_AN_ADDRESS}",
        "Live subscriptions of one person in one process": f"{MEMBERS_PER_USER}",
        "Message of a WebSocket client": f"{conversation.LONGEST_MESSAGE:,} characters",
        "What is left unread": f"{conversation.SEND_SECONDS:.0f} seconds, {BACKLOG} changes",
        "A stream that is left unread": f"{UNREAD_SECONDS} seconds",
    }


def test_what_is_said_of_the_websocket_is_the_one_of_the_code() -> None:
    assert f"(text, up to {conversation.LONGEST_MESSAGE:,} characters;" in PAGE
    assert f"Up to {conversation.MOST_SUBSCRIPTIONS} a socket |" in PAGE
    assert f"| `heartbeat` | every {conversation.HEARTBEAT_SECONDS:.0f} seconds of silence |" in PAGE
    assert f"| 4408 | nothing was read for {conversation.SEND_SECONDS:.0f} seconds |" in PAGE
