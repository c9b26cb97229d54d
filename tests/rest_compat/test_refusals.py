"""Whatever the REST API refuses before anyone is asked to do it is in the audit: who, where, what and why, once."""

from collections.abc import AsyncIterator
from contextlib import ExitStack

import httpx2
import pytest
import websockets

from gyre.audit import settled
from gyre.events.hub import MEMBERS_PER_USER
from gyre.limits.connections import OF_AN_ADDRESS
from gyre.terms.people import Role
from gyre.terms.requests import RequestFacts
from gyre.web.body_limit import LARGEST_BODY_BYTES
from models.auditing import AuditEntry
from rest_compat.conversation import LONGEST_MESSAGE
from tests.rest_compat.conftest import Gyre
from tests.rest_compat.sockets import closed, connected, hear, say
from tests.support.people import rule

pytestmark = pytest.mark.anyio

LIST = "/api/flux/kustomizations"
SUSPEND = f"{LIST}/prod/apps/suspend"
SOCKET = "WEBSOCKET /api/ws"
JSON = {"content-type": "application/json"}
Refusal = tuple[str, str, str]


@pytest.fixture
async def ada(gyre: Gyre) -> AsyncIterator[httpx2.AsyncClient]:
    client = await gyre.signed_in("ada")
    yield client
    await client.aclose()


async def entries() -> list[AuditEntry]:
    await settled()
    return await AuditEntry.filter(phase="refused").order_by("id")


async def refusals() -> list[Refusal]:
    """What was refused, to whom and with which code; each from here and with a request's number."""
    found = await entries()
    assert {(each.action, each.address, len(each.request_id)) for each in found} <= {("request", "127.0.0.1", 32)}
    return [(str(each.details["what"]), each.username, str(each.details["code"])) for each in found]


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(0, size, 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize(
    ("body", "headers", "code", "who", "says"),
    [
        (b"{", JSON, "VALIDATION_FAILED", "ada", "JSON"),
        (b'{"a": 1, "a": 2}', JSON, "VALIDATION_FAILED", "ada", "'a'"),
        (b"[" * 5_000 + b"]" * 5_000, JSON, "VALIDATION_FAILED", "ada", "nested"),
        (b'{"reason": 7}', JSON, "VALIDATION_FAILED", "ada", "not as documented"),
        (
            b"reason=x",
            {"content-type": "text/plain", "sec-fetch-site": "same-origin"},
            "UNSUPPORTED_MEDIA_TYPE",
            "ada",
            "application/json",
        ),
        (b" " * (LARGEST_BODY_BYTES + 1), JSON, "TOO_LARGE", "", "larger than"),
        (None, JSON, "TOO_LARGE", "ada", "larger than"),
        (b"{}", {**JSON, "origin": "https://evil.example"}, "FORBIDDEN", "", "comes from"),
        (b"{}", {**JSON, "sec-fetch-site": "cross-site"}, "FORBIDDEN", "", "another site"),
    ],
)
async def test_a_write_that_cannot_be_read_or_comes_from_elsewhere_is_recorded(
    gyre: Gyre, ada: httpx2.AsyncClient, body: bytes | None, headers: dict[str, str], code: str, who: str, says: str
) -> None:
    content = body if body is not None else in_pieces(LARGEST_BODY_BYTES + 1)
    answer = await ada.post(SUSPEND, content=content, headers=headers)
    assert answer.json()["error"]["code"] == code
    assert await refusals() == [(f"POST {SUSPEND}", who, code)]
    (entry,) = await entries()
    assert entry.reason == answer.json()["error"]["message"]
    assert says in entry.reason
    assert entry.request_id == answer.headers["x-request-id"]
    assert gyre.cluster.writes == []


@pytest.mark.parametrize("query", ["limit=9999", "limit=many", "sort=sideways", "page=0"])
async def test_a_query_that_cannot_be_meant_is_recorded_each_time(ada: httpx2.AsyncClient, query: str) -> None:
    for _ in range(2):
        assert (await ada.get(f"{LIST}?{query}")).json()["error"]["code"] == "VALIDATION_FAILED"
    assert await refusals() == [(f"GET {LIST}", "ada", "VALIDATION_FAILED")] * 2


async def test_who_is_nobody_and_what_is_asked_of_no_cluster_is_recorded(gyre: Gyre, ada: httpx2.AsyncClient) -> None:
    await gyre.http.get(LIST)
    await gyre.http.get("/api/events/stream", headers={"accept": "text/event-stream"})
    await ada.get(f"{LIST}?cluster=elsewhere")
    await ada.post(f"{SUSPEND}?cluster=elsewhere")
    assert await refusals() == [
        (f"GET {LIST}", "", "UNAUTHENTICATED"),
        ("GET /api/events/stream", "", "UNAUTHENTICATED"),
        (f"GET {LIST}", "ada", "CLUSTER_NOT_FOUND"),
        (f"POST {SUSPEND}", "ada", "CLUSTER_NOT_FOUND"),
    ]


async def test_an_address_that_is_none_a_method_that_is_not_taken_and_an_object_that_is_not_there_are_no_refusals(
    ada: httpx2.AsyncClient,
) -> None:
    statuses = [(await ada.get(path)).status_code for path in ("/api/nothing", f"{LIST}/prod/nothing")]
    assert [*statuses, (await ada.patch("/api/users", json={})).status_code] == [404, 404, 405]
    assert await refusals() == []


async def test_a_socket_of_another_website_or_of_nobody_is_recorded(gyre: Gyre, ada: httpx2.AsyncClient) -> None:
    with pytest.raises(websockets.InvalidStatus):
        async with gyre.socket(ada, origin="https://evil.example"):
            pass
    async with gyre.socket(None) as socket:
        assert (await closed(socket))[0] == 4401
    async with gyre.socket(ada, "?resourceType=nonsense") as socket:
        assert (await closed(socket))[0] == 4400
    async with gyre.socket(ada, "?cluster=elsewhere") as socket:
        assert (await closed(socket))[0] == 4400
    assert await refusals() == [
        (SOCKET, "", "FORBIDDEN"),
        (SOCKET, "", "UNAUTHENTICATED"),
        (SOCKET, "ada", "CLUSTER_NOT_FOUND"),
    ]


async def test_a_message_that_cannot_be_meant_is_recorded(gyre: Gyre, ada: httpx2.AsyncClient) -> None:
    async with connected(gyre, ada) as socket:
        for words in ("{", '{"type": "nonsense"}'):
            await socket.send(words)
            assert (await hear(socket))["error"]["code"] == "VALIDATION_FAILED"
        await socket.send("x" * (LONGEST_MESSAGE + 1))
        assert (await closed(socket))[0] == 4400
    assert await refusals() == [(SOCKET, "ada", "VALIDATION_FAILED")] * 3


async def test_what_is_beyond_a_persons_or_an_addresss_bound_is_recorded(gyre: Gyre, ada: httpx2.AsyncClient) -> None:
    user_id = (await gyre.people.signed_in("ada"))[0].user_id
    async with connected(gyre, ada) as socket:
        await say(socket, type="subscribe", id="one")
        gyre.services.hub._per_user[user_id] += MEMBERS_PER_USER
        assert (await say(socket, type="subscribe", id="two"))["error"]["code"] == "RATE_LIMITED"
        gyre.services.hub._per_user[user_id] -= MEMBERS_PER_USER
    with ExitStack() as others:
        for _ in range(OF_AN_ADDRESS):
            others.enter_context(gyre.services.limits.connection(None, RequestFacts(address="127.0.0.1")))
        with pytest.raises(websockets.InvalidStatus):
            async with gyre.socket(None):
                pass
    assert await refusals() == [(SOCKET, "ada", "RATE_LIMITED"), (SOCKET, "", "RATE_LIMITED")]


async def test_what_is_looked_at_with_secrets_or_rights_is_recorded(gyre: Gyre, ada: httpx2.AsyncClient) -> None:
    vic = await gyre.signed_in("vic", Role.VIEWER)
    await gyre.people.give("vic", rule("kustomizations", "shop", "view"), cluster="default")
    policy = (await ada.get("/api/rbac/policies")).json()["policies"][0]["id"]
    for path in (f"/api/rbac/policies/{policy}", "/api/users", "/api/rbac/bindings", "/api/audit", "/api/audit/export"):
        assert (await ada.get(path)).status_code == 200
        assert (await vic.get(path)).status_code == 403
    await vic.aclose()
    await settled()
    told = [(each.phase.value, each.action, each.username) for each in await AuditEntry.exclude(action="sign-in")]
    words = ("policy-view", "user-list", "binding-list", "audit-view", "audit-export")
    assert [each for each in told if each[0] == "noted"] == [("noted", word, "ada") for word in ("policy-list", *words)]
    assert [each for each in told if each[0] == "refused"] == [("refused", word, "vic") for word in words]
