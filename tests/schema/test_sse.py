import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2
import pytest

from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import Gyre, Signed

pytestmark = pytest.mark.anyio

CHANGES = "subscription { resourceChanges { type row { name } } }"


async def events(response: httpx2.Response) -> AsyncGenerator[tuple[str, object], None]:
    """Each event with its data; heartbeats are left out."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            data = line.removeprefix("data:").strip()
            yield name, json.loads(data) if data else None


def listening(gyre: Gyre, who: Signed, query: str) -> "httpx2._client.StreamContextManager":  # type: ignore[name-defined]
    headers = {"accept": "text/event-stream", "cookie": who.cookie}
    return gyre.http.stream("GET", f"http://{gyre.address}/graphql", params={"query": query}, headers=headers)


async def test_changes_come_as_events(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await gyre.signed_in("ada")
    async with listening(gyre, ada, CHANGES) as response, aclosing(events(response)) as heard:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["x-accel-buffering"] == "no"
        cluster.has(KUSTOMIZATIONS, thing("apps"))
        first = await asyncio.wait_for(anext(heard), 10)
    assert first == ("next", {"data": {"resourceChanges": {"type": "ADDED", "row": {"name": "apps"}}}})


async def test_the_end_of_the_session_ends_the_stream(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with listening(gyre, ada, CHANGES) as response:
        await ada.data("mutation { logout { errors { code } } }")
        async with asyncio.timeout(10):
            heard = [event async for event in events(response)]
    error = {"message": "The session has ended; sign in again.", "extensions": {"code": "UNAUTHENTICATED"}}
    assert heard == [("next", {"errors": [error]}), ("complete", None)]


async def test_a_query_is_one_event_and_the_end(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.post({"query": "{ viewer { username } }"}, accept="text/event-stream")
    assert answer.text == 'event: next\ndata: {"data":{"viewer":{"username":"ada"}}}\n\nevent: complete\ndata:\n\n'


async def test_what_is_refused_is_refused_before_the_stream_begins(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    mutation = await ada.post({"query": "mutation { logout { errors { code } } }"}, accept="text/event-stream")
    assert (mutation.status_code, mutation.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    nobody = await gyre.nobody.post({"query": CHANGES}, accept="text/event-stream")
    assert (nobody.status_code, nobody.json()["errors"][0]["extensions"]["code"]) == (200, "UNAUTHENTICATED")
    assert await ada.data("{ viewer { username } }") == {"viewer": {"username": "ada"}}


async def test_who_names_events_beside_json_gets_json_for_all_but_subscriptions(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    both = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"

    query = await ada.post({"query": "{ viewer { username } }"}, accept=both)
    mutation = await ada.post({"query": "mutation { logout { errors { code } } }"}, accept=both)

    assert query.json() == {"data": {"viewer": {"username": "ada"}}}
    assert mutation.json() == {"data": {"logout": {"errors": []}}}


async def test_nothing_is_changed_by_a_get_whatever_it_accepts(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    asked = {"query": "mutation { logout { errors { code } } }"}
    headers = {"accept": "application/json, text/event-stream", "cookie": ada.cookie}

    answer = await gyre.http.get(f"http://{gyre.address}/graphql", params=asked, headers=headers)

    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert (await ada.post({"query": "{ viewer { username } }"})).json() == {"data": {"viewer": {"username": "ada"}}}
