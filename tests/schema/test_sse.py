import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from gyre.events.hub import MEMBERS_PER_USER
from gyre.terms.people import Role
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import Gyre, Signed
from tests.support.people import rule, scope
from tests.support.waiting import until

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
    headers = {"accept": "text/event-stream", **who.headers}
    return gyre.http.stream("GET", f"http://{gyre.address}/graphql", params={"query": query}, headers=headers)


async def told(heard: AsyncGenerator[tuple[str, Any], None]) -> tuple[str, str | None]:
    """The next change: its type and the name of its object."""
    _, said = await asyncio.wait_for(anext(heard), 10)
    change = said["data"]["resourceChanges"]
    return change["type"], change["row"]["name"] if change["row"] else None


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


async def test_other_rights_are_told_as_resync_and_hold_from_then_on(gyre: Gyre, cluster: LittleCluster) -> None:
    eve = await gyre.signed_in("eve", Role.MEMBER)
    binding = await gyre.people.give("eve", rule("kustomizations", "shop", "view"))
    async with listening(gyre, eve, CHANGES) as response, aclosing(events(response)) as heard:
        cluster.has(KUSTOMIZATIONS, thing("secret", "prod"), thing("apps", "shop"))
        assert await told(heard) == ("ADDED", "apps")
        await gyre.people.directory.bindings.delete(binding)
        assert await told(heard) == ("RESYNC", None)
        cluster.has(KUSTOMIZATIONS, thing("unseen", "shop"))
        await until(lambda: gyre.seen("Kustomization", "unseen"))
        await gyre.people.users.set_role("eve", Role.VIEWER)
        assert await told(heard) == ("RESYNC", None)
        cluster.has(KUSTOMIZATIONS, thing("seen", "prod"))
        assert await told(heard) == ("ADDED", "seen")


async def test_a_token_in_a_get_hears_what_its_scope_leaves_until_it_is_revoked(
    gyre: Gyre, cluster: LittleCluster
) -> None:
    ada = await gyre.signed_in("ada")
    made = await gyre.people.token("ada", scope("kustomizations", "shop", "view"))
    robot = replace(ada, cookie="", token=made.secret)
    async with listening(gyre, robot, CHANGES) as response, aclosing(events(response)) as heard:
        assert response.status_code == 200
        cluster.has(KUSTOMIZATIONS, thing("secret", "prod"), thing("apps", "shop"))
        assert await told(heard) == ("ADDED", "apps")
        await gyre.people.directory.tokens.revoke(made.token.id, "by ada")
        async with asyncio.timeout(10):
            left = [event async for event in heard]
    error = {"message": "The session has ended; sign in again.", "extensions": {"code": "UNAUTHENTICATED"}}
    assert left == [("next", {"errors": [error]}), ("complete", None)]
    async with listening(gyre, robot, CHANGES) as response:
        refused = json.loads(await response.aread())["errors"][0]["extensions"]
        assert (response.status_code, refused["details"]) == (401, {"reason": "TOKEN_REVOKED"})


async def test_one_user_has_so_many_streams_and_no_more(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    user = (await ada.data("{ viewer { id } }"))["viewer"]["id"]
    gyre.services.hub._per_user[user] = MEMBERS_PER_USER - 1
    async with listening(gyre, ada, CHANGES) as last, listening(gyre, ada, CHANGES) as too_many:
        assert last.status_code == 200
        assert (too_many.status_code, too_many.headers.get("retry-after")) == (429, "60")
        assert json.loads(await too_many.aread())["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert len(gyre.services.hub._members) == 1


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
