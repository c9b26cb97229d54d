"""The WebSocket /api/ws: one JSON message a change, nothing missed in silence, an end with a reason."""

import asyncio
from typing import Any

import pytest
import websockets

from gyre.events.hub import MEMBERS_PER_USER
from gyre.events.members import BACKLOG
from gyre.terms.people import Role
from rest_compat import conversation, live
from tests.rest_compat.conftest import Gyre
from tests.rest_compat.sockets import closed, connected, hear
from tests.support.cluster import FAILED, HELM_RELEASES, KUSTOMIZATIONS, thing
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_each_change_is_one_message_with_the_whole_object(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        gyre.cluster.has(KUSTOMIZATIONS, thing("new", "prod", spec={"path": "./ünï"}))
        added = await hear(socket)
        new = gyre.cluster.served[KUSTOMIZATIONS].objects["prod", "new"]
        gyre.cluster.has(KUSTOMIZATIONS, thing("new", "prod", conditions=[FAILED]))
        modified = await hear(socket)
        gyre.cluster.lacks(KUSTOMIZATIONS, "prod", "new")
        deleted = await hear(socket)

    assert list(added) == ["type", "cluster", "resourceType", "namespace", "name", "position", "resource"]
    where = {"cluster": "default", "resourceType": "kustomizations", "namespace": "prod", "name": "new"}
    assert added.items() >= (where | {"type": "added", "resource": new}).items()
    assert modified.items() >= (where | {"type": "modified"}).items()
    assert modified["resource"]["status"]["conditions"] == [FAILED]
    assert deleted.items() >= (where | {"type": "deleted"}).items()
    assert len({message["position"] for message in (added, modified, deleted)}) == 3
    await ada.aclose()


async def test_who_returns_with_a_position_gets_exactly_what_was_missed(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with gyre.socket(ada) as socket:
        position = (await hear(socket))["position"]
    before = gyre.services.feed.cursor()
    gyre.cluster.has(KUSTOMIZATIONS, thing("a"), thing("b"))
    await until(lambda: len(gyre.services.feed.since(before)) == 2)

    async with connected(gyre, ada, f"?after={position}") as socket:
        gyre.cluster.has(KUSTOMIZATIONS, thing("c"))
        heard = [await hear(socket) for _ in range(3)]
    assert [message["name"] for message in heard] == ["a", "b", "c"]

    async with connected(gyre, ada, f"?after={heard[1]['position']}") as socket:
        assert (await hear(socket))["name"] == "c"
    await ada.aclose()


async def test_who_returns_too_late_is_told_to_read_again(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada, "?after=abcdef.7") as socket:
        message = await hear(socket)
    assert message == {"type": "resync", "position": gyre.services.feed.cursor()}
    await ada.aclose()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=Failed", "broken"),
        ("label=app=web", "labelled"),
        ("q=kustomize%20build", "broken"),
        ("namespace=dev,test", "elsewhere"),
        ("resourceType=hr,gitrepo", "release"),
    ],
)
async def test_the_address_narrows_a_socket_as_it_does_a_list(gyre: Gyre, query: str, name: str) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada, f"?{query}") as socket:
        gyre.cluster.has(
            KUSTOMIZATIONS,
            thing("plain"),
            thing("broken", conditions=[FAILED]),
            thing("labelled", metadata={"labels": {"app": "web"}}),
            thing("elsewhere", "dev"),
        )
        gyre.cluster.has(HELM_RELEASES, thing("release"))
        gyre.cluster.has(KUSTOMIZATIONS, thing("plain", conditions=[FAILED], metadata={"labels": {"app": "web"}}))
        assert (await hear(socket))["name"] == name
    await ada.aclose()


async def test_a_socket_can_be_of_one_kind_and_namespace(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada, "?resourceType=hr&namespace=prod&cluster=default") as socket:
        gyre.cluster.has(KUSTOMIZATIONS, thing("other", "prod"))
        gyre.cluster.has(HELM_RELEASES, thing("elsewhere", "dev"), thing("mine", "prod"))
        assert (await hear(socket))["name"] == "mine"
    await ada.aclose()


async def test_who_may_see_nothing_hears_nothing(gyre: Gyre) -> None:
    eve, ada = await gyre.signed_in("eve", Role.MEMBER), await gyre.signed_in("ada")
    async with connected(gyre, eve) as blind, connected(gyre, ada) as seeing:
        gyre.cluster.has(KUSTOMIZATIONS, thing("secret"))
        assert (await hear(seeing))["name"] == "secret"
        await blind.send('{"type": "ping"}')
        assert await hear(blind) == {"type": "pong"}
    await ada.aclose()
    await eve.aclose()


async def test_without_a_session_it_is_closed_with_4401(gyre: Gyre) -> None:
    async with gyre.socket(None) as socket:
        assert await closed(socket) == (4401, "Sign in first.")


@pytest.mark.parametrize("more", [{"origin": "https://evil.example"}, {"origin": None}])
async def test_a_page_of_another_website_gets_no_socket(gyre: Gyre, more: dict[str, Any]) -> None:
    ada = await gyre.signed_in("ada")
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with gyre.socket(ada, **more):
            pass
    assert refused.value.response.status_code == 403
    await ada.aclose()


@pytest.mark.parametrize(
    "query", ["?after=nonsense", "?resourceType=pods", "?cluster=other", "?namespace=a&namespace=b", "?namespace=%00"]
)
async def test_what_cannot_be_meant_is_closed_with_4400_and_the_reason(gyre: Gyre, query: str) -> None:
    ada = await gyre.signed_in("ada")
    async with gyre.socket(ada, query) as socket:
        code, reason = await closed(socket)
    assert code == 4400
    assert reason
    await ada.aclose()


async def test_signing_out_closes_the_socket_with_4401(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        assert (await ada.post("/api/auth/logout")).status_code == 200
        assert await closed(socket) == (4401, "The session has ended; sign in again.")
    await ada.aclose()


async def test_other_rights_are_told_as_resync_and_hold_from_then_on(gyre: Gyre) -> None:
    ada, eve = await gyre.signed_in("ada"), await gyre.signed_in("eve", Role.VIEWER)
    async with connected(gyre, ada) as seeing, connected(gyre, eve) as socket:
        await gyre.people.users.set_role("eve", Role.MEMBER)
        assert (await hear(socket))["type"] == "resync"
        gyre.cluster.has(KUSTOMIZATIONS, thing("secret"))
        assert (await hear(seeing))["name"] == "secret"
        await socket.send('{"type": "ping"}')
        assert await hear(socket) == {"type": "pong"}
    await ada.aclose()
    await eve.aclose()


async def test_silence_is_broken_by_a_heartbeat(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "HEARTBEAT_SECONDS", 0.05)
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        assert await hear(socket) == await hear(socket) == {"type": "heartbeat"}
    await ada.aclose()


async def test_a_client_that_does_not_read_costs_no_memory_and_is_closed_in_the_end(
    gyre: Gyre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SEND_SECONDS", 0.5)
    monkeypatch.setattr(conversation, "HEARTBEAT_SECONDS", 0.2)
    ada = await gyre.signed_in("ada")
    async with gyre.socket(ada, max_queue=1) as slow:
        await asyncio.sleep(0.2)
        filling = "x" * 100_000
        for number in range(BACKLOG // 4):
            gyre.cluster.has(KUSTOMIZATIONS, thing("big", "prod", spec={"path": f"{filling}{number}"}))
            await asyncio.sleep(0.005)
        await until(lambda: not gyre.services.hub._members)
        assert (await closed(slow))[0] == live.TOO_SLOW
    await ada.aclose()


async def test_one_user_has_so_many_sockets_and_no_more(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    gyre.services.hub._per_user[(await gyre.people.signed_in("ada"))[0].user_id] = MEMBERS_PER_USER
    async with gyre.socket(ada) as socket:
        assert (await closed(socket))[0] == 4429
    await ada.aclose()


async def test_every_socket_that_ended_left_the_hub(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada), connected(gyre, ada):
        assert len(gyre.services.hub._members) == 2
    await until(lambda: not gyre.services.hub._members)
    assert gyre.services.hub._cohorts == {}
    assert gyre.services.hub._per_user == {}
    await ada.aclose()
