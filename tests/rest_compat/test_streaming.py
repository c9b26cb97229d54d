"""`/api/events/stream`: what the WebSocket tells, as server-sent events that can be gone on with."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from gyre.events.hub import MEMBERS_PER_USER
from gyre.terms.people import Role
from rest_compat import streaming
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.cluster import EVENTS, HELM_RELEASES, KUSTOMIZATIONS, event, thing
from tests.support.people import scope
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

PATH = "/api/events/stream"
Message = dict[str, Any]


class Stream:
    """One open stream, read as an EventSource does."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self.last_id = ""
        self.retry = ""
        self.comments = 0
        self._lines = answer.aiter_lines()

    async def hear(self, seconds: float = 10) -> Message:
        """The next event's data."""
        async with asyncio.timeout(seconds):
            while True:
                line = await anext(self._lines)
                name, _, value = line.partition(": ")
                if name == "data":
                    assert await anext(self._lines) == ""
                    return json.loads(value)  # type: ignore[no-any-return]
                if name == "id":
                    self.last_id = value
                elif name == "retry":
                    self.retry = value
                else:
                    assert line in (":", "")
                    self.comments += line == ":"

    async def ended(self, seconds: float = 10) -> bool:
        """Whether it ends."""
        async with asyncio.timeout(seconds):
            return [line async for line in self._lines if line] == []


@asynccontextmanager
async def opened(client: httpx2.AsyncClient, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    """A stream that told where it begins."""
    async with client.stream("GET", f"{PATH}{query}", headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        stream = Stream(answer)
        assert (await stream.hear())["type"] == "connected"
        yield stream


async def test_each_change_is_one_event_as_the_socket_tells_it(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with opened(ada) as stream, gyre.socket(ada) as socket:
        await socket.recv()
        headers = stream.answer.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
        assert stream.retry == "3000"
        gyre.cluster.has(KUSTOMIZATIONS, thing("new", spec={"path": "./ünï"}))
        heard = await stream.hear()
        assert heard == json.loads(await socket.recv())
        assert (heard["type"], heard["name"], stream.last_id) == ("added", "new", heard["position"])
        assert len(gyre.services.hub._cohorts) == 1
    await until(lambda: not gyre.services.hub._members)
    await ada.aclose()


async def test_it_is_narrowed_by_its_query(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with opened(ada, "?resourceType=hr&namespace=prod&cluster=default&label=app") as stream:
        gyre.cluster.has(KUSTOMIZATIONS, thing("other", metadata={"labels": {"app": "x"}}))
        gyre.cluster.has(HELM_RELEASES, thing("bare"), thing("mine", metadata={"labels": {"app": "x"}}))
        assert (await stream.hear())["name"] == "mine"
    await ada.aclose()


async def test_who_comes_back_gets_what_came_after_the_last_event_read(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with opened(ada) as stream:
        gyre.cluster.has(KUSTOMIZATIONS, thing("a"), thing("b"), thing("c"))
        assert (await stream.hear())["name"] == "a"
        last = stream.last_id
        assert [(await stream.hear())["name"] for _ in range(2)] == ["b", "c"]
    async with opened(ada, "?after=0", **{"last-event-id": last}) as stream:
        assert [(await stream.hear())["name"] for _ in range(2)] == ["b", "c"]
    async with opened(ada, f"?after={last}") as stream:
        assert (await stream.hear())["name"] == "b"
    async with opened(ada, **{"last-event-id": "abcdef.7"}) as stream:
        assert (await stream.hear())["type"] == "resync"
    await ada.aclose()


async def test_events_come_when_asked_for_and_are_gone_on_with_too(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with opened(ada, "?events=true") as stream:
        gyre.cluster.has(EVENTS, event("apps.1"))
        heard = await stream.hear()
        assert (heard["type"], heard["event"]["metadata"]["name"]) == ("event", "apps.1")
        last = stream.last_id
        gyre.cluster.has(EVENTS, event("apps.2"))
        assert (await stream.hear())["event"]["metadata"]["name"] == "apps.2"
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert (await stream.hear())["name"] == "new"
    async with opened(ada, "?events=true", **{"last-event-id": last}) as stream:
        told = [await stream.hear(), await stream.hear()]
        assert {each["event"]["metadata"]["name"] if "event" in each else each["name"] for each in told} == {
            "apps.2",
            "new",
        }
    await ada.aclose()


async def test_silence_is_broken_by_a_comment(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.05)
    ada = await gyre.signed_in("ada")
    async with opened(ada) as stream:
        await asyncio.sleep(0.5)
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert (await stream.hear())["name"] == "new"
        assert stream.comments >= 1
    await ada.aclose()


async def test_signing_out_ends_it_with_the_reason(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with opened(ada) as stream:
        assert (await ada.post("/api/auth/logout")).status_code == 200
        assert (await stream.hear())["error"]["code"] == "UNAUTHENTICATED"
        assert await stream.ended()
    await ada.aclose()


async def test_other_rights_are_told_as_resync_and_hold_from_then_on(gyre: Gyre) -> None:
    ada, eve = await gyre.signed_in("ada"), await gyre.signed_in("eve", Role.VIEWER)
    async with opened(eve) as stream, opened(ada) as seeing:
        await gyre.people.users.set_role("eve", Role.MEMBER)
        assert (await stream.hear())["type"] == "resync"
        gyre.cluster.has(KUSTOMIZATIONS, thing("secret"))
        assert (await seeing.hear())["name"] == "secret"
        await gyre.people.users.set_role("eve", Role.VIEWER)
        assert (await stream.hear())["type"] == "resync"
    await ada.aclose()
    await eve.aclose()


async def test_a_token_hears_what_its_scope_leaves_until_it_is_revoked(gyre: Gyre) -> None:
    await (await gyre.signed_in("ada")).aclose()
    made = await gyre.people.token("ada", scope("kustomizations", "shop", "view"))
    said = {"authorization": f"Bearer {made.secret}"}
    async with opened(gyre.http, **said) as stream:
        gyre.cluster.has(KUSTOMIZATIONS, thing("secret", "prod"), thing("apps", "shop"))
        heard = await stream.hear()
        assert (heard["namespace"], heard["name"]) == ("shop", "apps")
        await gyre.people.directory.tokens.revoke(made.token.id, "by ada")
        assert (await stream.hear())["error"]["code"] == "UNAUTHENTICATED"
        assert await stream.ended()
    again = await gyre.http.get(PATH, headers=said)
    assert refusal(again) == (401, "UNAUTHENTICATED")
    assert again.json()["error"]["details"] == {"reason": "TOKEN_REVOKED"}


@pytest.mark.parametrize(
    ("query", "headers", "refused"),
    [
        ("?after=nonsense", {}, (400, "VALIDATION_FAILED")),
        ("", {"last-event-id": "nonsense"}, (400, "VALIDATION_FAILED")),
        ("", {"last-event-id": "0!nonsense"}, (400, "VALIDATION_FAILED")),
        ("?events=maybe", {}, (400, "VALIDATION_FAILED")),
        ("?events=true&status=Ready", {}, (400, "VALIDATION_FAILED")),
        ("?status=Broken", {}, (400, "VALIDATION_FAILED")),
        ("?resourceType=pods", {}, (404, "UNKNOWN_KIND")),
        ("?cluster=other", {}, (404, "CLUSTER_NOT_FOUND")),
    ],
)
async def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    gyre: Gyre, query: str, headers: dict[str, str], refused: tuple[int, str]
) -> None:
    ada = await gyre.signed_in("ada")
    assert refusal(await ada.get(f"{PATH}{query}", headers=headers)) == refused
    assert not gyre.services.hub._members
    await ada.aclose()


async def test_nobody_gets_a_stream_without_a_session_nor_beyond_the_bound(gyre: Gyre) -> None:
    assert refusal(await gyre.http.get(PATH)) == (401, "UNAUTHENTICATED")
    ada = await gyre.signed_in("ada")
    gyre.services.hub._per_user[(await gyre.people.signed_in("ada"))[0].user_id] = MEMBERS_PER_USER
    too_many = await ada.get(PATH)
    assert refusal(too_many) == (429, "RATE_LIMITED")
    assert too_many.headers["retry-after"] == "60"
    await ada.aclose()


async def test_its_head_alone_is_no_stream_and_it_is_never_compressed(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    head = await ada.head(PATH)
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    async with opened(ada, **{"accept-encoding": "gzip"}) as stream:
        assert "content-encoding" not in stream.answer.headers
    await ada.aclose()
