"""What a client may say over /api/ws: subscribe to views, end them, resume; anything else is answered, not closed."""

import asyncio

import pytest
from starlette.types import Scope

from gyre.events.hub import MEMBERS_PER_USER
from gyre.terms.people import Role
from rest_compat import conversation, live
from rest_compat.routes import API
from tests.rest_compat.conftest import Gyre
from tests.rest_compat.sockets import closed, connected, hear, say
from tests.support.cluster import EVENTS, FAILED, GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS, event, thing
from tests.support.deaf import Deaf
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_a_subscription_takes_the_place_of_everything_and_filters(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        answer = await say(socket, type="subscribe", resourceType="hr", namespace=["dev", "t*"])
        assert answer == {"type": "subscribed", "position": gyre.services.feed.cursor()}
        gyre.cluster.has(KUSTOMIZATIONS, thing("other", "dev"))
        gyre.cluster.has(HELM_RELEASES, thing("elsewhere", "prod"), thing("mine", "test"))
        heard = await hear(socket)
        assert (heard["type"], heard["name"]) == ("added", "mine")
    await ada.aclose()


async def test_several_named_subscriptions_are_told_apart_and_end_one_by_one(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        first = await say(socket, type="subscribe", id="red", resourceType="ks")
        second = await say(socket, type="subscribe", id="blue", resourceType="hr", status="Failed")
        assert [(each["id"], each["type"]) for each in (first, second)] == [
            ("red", "subscribed"),
            ("blue", "subscribed"),
        ]
        gyre.cluster.has(HELM_RELEASES, thing("fine"), thing("broken", conditions=[FAILED]))
        broken = await hear(socket)
        assert (broken["id"], broken["type"], broken["name"]) == ("blue", "added", "broken")
        gyre.cluster.has(HELM_RELEASES, thing("broken"))
        left = await hear(socket)
        assert (left["id"], left["type"], left["name"], "resource" in left) == ("blue", "left", "broken", False)

        assert await say(socket, type="unsubscribe", id="blue") == {"id": "blue", "type": "unsubscribed"}
        gyre.cluster.has(HELM_RELEASES, thing("more", conditions=[FAILED]))
        gyre.cluster.has(KUSTOMIZATIONS, thing("last"))
        last = await hear(socket)
        assert (last["id"], last["name"]) == ("red", "last")

        await say(socket, type="subscribe", id="red", resourceType="gitrepo")
        gyre.cluster.has(KUSTOMIZATIONS, thing("replaced"))
        gyre.cluster.has(GIT_REPOSITORIES, thing("source"))
        assert (await hear(socket))["name"] == "source"
    await ada.aclose()


async def test_who_unsubscribes_from_what_the_socket_began_with_hears_nothing_more(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as quiet, connected(gyre, ada) as other:
        assert await say(quiet, type="unsubscribe") == {"type": "unsubscribed"}
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert (await hear(other))["name"] == "new"
        assert await say(quiet, type="ping") == {"type": "pong"}
        assert len(gyre.services.hub._members) == 1
    await ada.aclose()


async def test_a_subscription_can_begin_with_what_was_missed_since_a_position(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    before = gyre.services.feed.cursor()
    gyre.cluster.has(KUSTOMIZATIONS, thing("a"), thing("b"))
    gyre.cluster.has(HELM_RELEASES, thing("c"))
    await until(lambda: len(gyre.services.feed.since(before)) == 3)
    async with connected(gyre, ada) as socket:
        answer = await say(socket, type="subscribe", resourceType="ks", after=before)
        assert answer == {"type": "subscribed", "position": before}
        assert [(await hear(socket))["name"] for _ in range(2)] == ["a", "b"]
    await ada.aclose()


async def test_a_socket_resumes_from_a_position_exactly_where_it_was(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada, "?resourceType=ks") as socket:
        gyre.cluster.has(KUSTOMIZATIONS, thing("a"), thing("b"), thing("c"))
        heard = [await hear(socket) for _ in range(3)]
        assert await say(socket, type="resume", position=heard[0]["position"]) == {
            "type": "resumed",
            "position": heard[0]["position"],
        }
        assert [await hear(socket) for _ in range(2)] == heard[1:]
        gyre.cluster.has(HELM_RELEASES, thing("not mine"))
        gyre.cluster.has(KUSTOMIZATIONS, thing("d"))
        assert (await hear(socket))["name"] == "d"

        assert (await say(socket, type="resume", position="abcdef.7"))["type"] == "resumed"
        assert (await hear(socket))["type"] == "resync"
    await ada.aclose()


async def test_one_socket_follows_so_many_views_and_no_more(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        for number in range(conversation.MOST_SUBSCRIPTIONS):
            assert (await say(socket, type="subscribe", id=str(number)))["type"] == "subscribed"
        refused = await say(socket, type="subscribe", id="more")
        assert (refused["type"], refused["error"]["code"]) == ("error", "VALIDATION_FAILED")
        assert (await say(socket, type="subscribe", id="7", resourceType="hr"))["type"] == "subscribed"
        assert len(gyre.services.hub._members) == conversation.MOST_SUBSCRIPTIONS
    await until(lambda: not gyre.services.hub._members)
    await ada.aclose()


async def test_a_subscription_beyond_the_users_bound_is_refused_and_the_others_stay(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        await say(socket, type="subscribe", id="one", resourceType="ks")
        user_id = (await gyre.people.signed_in("ada"))[0].user_id
        gyre.services.hub._per_user[user_id] += MEMBERS_PER_USER
        refused = await say(socket, type="subscribe", id="two")
        assert (refused["id"], refused["type"], refused["error"]["code"]) == ("two", "error", "RATE_LIMITED")
        gyre.services.hub._per_user[user_id] -= MEMBERS_PER_USER
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert (await hear(socket))["id"] == "one"
        assert (await say(socket, type="subscribe", id="two"))["type"] == "subscribed"
    await ada.aclose()


async def test_events_about_the_objects_in_view_are_told_when_asked_for(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as silent, connected(gyre, ada, "?namespace=prod&events=true") as socket:
        gyre.cluster.has(EVENTS, event("elsewhere", namespace="dev"), event("apps.1"))
        heard = await hear(socket)
        whole = gyre.cluster.served[EVENTS].objects["prod", "apps.1"]
        assert list(heard) == [
            "type",
            "change",
            "cluster",
            "resourceType",
            "namespace",
            "name",
            "eventPosition",
            "event",
        ]
        about = {"cluster": "default", "resourceType": "kustomizations", "namespace": "prod", "name": "apps"}
        assert heard.items() >= (about | {"type": "event", "change": "added", "event": whole}).items()
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert (await hear(socket))["name"] == (await hear(silent))["name"] == "new"

        gyre.cluster.has(EVENTS, event("apps.2"))
        assert (await hear(socket))["event"]["metadata"]["name"] == "apps.2"
        again = await say(
            socket, type="resume", position=gyre.services.feed.cursor(), eventPosition=heard["eventPosition"]
        )
        assert again == {
            "type": "resumed",
            "position": gyre.services.feed.cursor(),
            "eventPosition": heard["eventPosition"],
        }
        assert (await hear(socket))["event"]["metadata"]["name"] == "apps.2"
    await ada.aclose()


async def test_events_of_what_may_not_be_seen_are_not_told(gyre: Gyre) -> None:
    eve, ada = await gyre.signed_in("eve", Role.MEMBER), await gyre.signed_in("ada")
    async with connected(gyre, eve, "?events=true") as blind, connected(gyre, ada, "?events=true") as seeing:
        gyre.cluster.has(EVENTS, event("apps.1"))
        assert (await hear(seeing))["type"] == "event"
        assert await say(blind, type="ping") == {"type": "pong"}
    await ada.aclose()
    await eve.aclose()


async def test_a_change_is_encoded_once_for_all_who_see_the_same(gyre: Gyre) -> None:
    ada, bob = await gyre.signed_in("ada"), await gyre.signed_in("bob")
    async with connected(gyre, ada) as first, connected(gyre, bob) as second:
        assert len(gyre.services.hub._cohorts) == 1
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert await hear(first) == await hear(second)
        await say(first, type="subscribe", id="own", namespace="prod")
        await say(second, type="subscribe", id="another name", namespace="prod")
        assert len(gyre.services.hub._cohorts) == 1
    await ada.aclose()
    await bob.aclose()


@pytest.mark.parametrize("words", [b"\x00\xff", "x" * (conversation.LONGEST_MESSAGE + 1)])
async def test_a_message_in_another_form_closes_with_4400(gyre: Gyre, words: bytes | str) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as socket:
        await socket.send(words)
        assert (await closed(socket))[0] == 4400
    await ada.aclose()


async def test_subscribing_anew_gives_who_reads_nothing_no_more_time(
    gyre: Gyre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "SEND_SECONDS", 0.5)
    monkeypatch.setattr(conversation, "HEARTBEAT_SECONDS", 0.1)
    _, cookie = await gyre.people.signed_in("ada", Role.ADMIN)
    scope: Scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/api/ws",
        "query_string": b"",
        "headers": [(b"cookie", f"gyre_session={cookie}".encode())],
        "state": {"services": gyre.services},
    }
    words = [f'{{"type": "subscribe", "id": "{name}"}}' for name in ("red", "green", "blue")]
    deaf = Deaf(words, pause_seconds=conversation.SEND_SECONDS / 5)
    async with asyncio.timeout(10):
        await API(scope, deaf.receive, deaf.send)
    kinds = [message["type"] for message in deaf.sent]
    assert kinds[:2] == ["websocket.accept", "websocket.send"]
    assert kinds.count("websocket.send") > 1, "several views wait at once"
    assert (kinds[-1], deaf.sent[-1]["code"]) == ("websocket.close", live.TOO_SLOW)
    assert gyre.services.hub._members == set()
