"""What a socket is refused, and why one is closed on its client, is in the audit: once, with who and from where."""

import json
from typing import Any

import pytest
import websockets

from gyre.audit import settled
from gyre.auth.tokens import MALFORMED
from models.auditing import AuditEntry
from schema.websocket import LARGEST_MESSAGE, MOST_OPERATIONS
from tests.schema.test_websocket import CHANGES
from tests.schema.test_websocket import settled as answered
from tests.support.graphql import Gyre, Socket

pytestmark = pytest.mark.anyio

INIT = '{"type": "connection_init"}'
SOCKET = "WEBSOCKET /graphql"


async def refusals() -> list[tuple[str, str, str]]:
    """What was refused, to whom and with which code; each from here and with a request's number."""
    await settled()
    entries = await AuditEntry.filter(phase="refused").order_by("id")
    assert {(entry.address, len(entry.request_id)) for entry in entries} <= {("127.0.0.1", 32)}
    return [(_text(entry.details, "what"), entry.username, _text(entry.details, "code")) for entry in entries]


def _text(details: dict[str, Any], name: str) -> str:
    return str(details.get(name, ""))


async def reason() -> str:
    return str((await AuditEntry.get(phase="refused")).reason)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], "4400"),
        (["[1]"], "4400"),
        (['{"type": "nonsense"}'], "4400"),
        (['{"type": "connection_init", "payload": 7}'], "4400"),
        (['{"type": "connection_init", "payload": {"authorization": 7}}'], "4400"),
        ([INIT, INIT], "4429"),
        (['{"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { id } }"}}'], "4401"),
        ([INIT, '{"type": "subscribe", "payload": {}}'], "4400"),
        ([json.dumps({"type": "ping", "payload": {"x": "y" * LARGEST_MESSAGE}})], "1009"),
    ],
)
async def test_a_socket_that_is_closed_on_its_client_is_recorded(gyre: Gyre, messages: list[str], code: str) -> None:
    async with (await gyre.signed_in("ada")).socket() as socket:
        for message in messages:
            await socket.raw.send(message)
        closed, why = await socket.closed()
    assert str(closed) == code
    assert await refusals() == [(SOCKET, "ada", code)]
    assert await reason() == why


async def test_an_id_in_use_a_binary_frame_and_another_protocol_are_recorded(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await socket.subscribe("1", CHANGES)
        await socket.closed()
    async with gyre.nobody.socket() as socket:
        await socket.raw.send(b"\x00\x01")
        await socket.closed()
    other = websockets.connect(
        f"ws://{gyre.address}/graphql",
        subprotocols=[websockets.Subprotocol("graphql-ws")],
        origin=websockets.Origin(f"http://{gyre.address}"),
        additional_headers=ada.headers,
    )
    async with other as raw:
        await raw.wait_closed()
    assert await refusals() == [(SOCKET, "ada", "4409"), (SOCKET, "", "4400"), (SOCKET, "ada", "4406")]


async def test_who_says_nothing_in_time_is_recorded(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.websocket.INIT_SECONDS", 0.1)
    async with gyre.nobody.socket() as socket:
        assert (await socket.closed())[0] == 4408
    assert await refusals() == [(SOCKET, "", "4408")]


async def test_one_operation_too_many_is_recorded(gyre: Gyre) -> None:
    async with (await gyre.signed_in("ada")).socket() as socket:
        await socket.init()
        for number in range(MOST_OPERATIONS + 1):
            await socket.subscribe(str(number), CHANGES)
        assert (await socket.hear())["id"] == str(MOST_OPERATIONS)
    assert await refusals() == [(SOCKET, "ada", "LIMIT_EXCEEDED")]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "subscription {"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "subscription { nope }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": 7}, "VALIDATION_FAILED"),
        ({"query": "mutation { logout { errors { code } } }"}, "VALIDATION_FAILED"),
        ({"query": CHANGES, "variables": {"after": "what?"}}, "VALIDATION_FAILED"),
    ],
)
async def test_an_operation_that_cannot_be_meant_is_recorded(gyre: Gyre, payload: object, code: str) -> None:
    async with (await gyre.signed_in("ada")).socket() as socket:
        await socket.init()
        await socket.say(id="1", type="subscribe", payload=payload)
        told = await socket.hear()
        assert (told["id"], told["type"], told["payload"][0]["extensions"]["code"]) == ("1", "error", code)
        await answered(socket)
    assert await refusals() == [(SOCKET, "ada", code)]


async def test_another_websites_socket_and_a_token_that_is_none_are_recorded(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    with pytest.raises(websockets.InvalidStatus):
        async with Socket(gyre.address, ada.headers, origin="https://evil.example.com"):
            pass
    assert await refusals() == [(SOCKET, "", "FORBIDDEN")]
    async with gyre.nobody.socket() as socket:
        await socket.say(type="connection_init", payload={"authorization": "Bearer gyre_nonsense"})
        assert (await socket.closed())[0] == 4401
    await settled()
    last = await AuditEntry.filter(phase="refused").order_by("-id").first()
    assert last is not None
    assert (last.action, last.address, last.reason) == ("token-use", "127.0.0.1", MALFORMED[1])


async def test_a_socket_that_its_client_leaves_or_that_ends_with_its_session_is_no_refusal(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await answered(socket)
    assert await refusals() == []
    async with ada.socket() as socket:
        await (await socket.init()).subscribe("1", CHANGES)
        await answered(socket)
        await ada.data("mutation { logout { errors { code } } }")
        assert (await socket.closed())[0] == 4401
    assert await refusals() == []
