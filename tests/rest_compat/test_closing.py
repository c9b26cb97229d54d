"""Each code that /api/ws is closed with, by what a client or an operator does."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import websockets
from starlette.applications import Starlette

from gyre.events import hub
from gyre.events.hub import MEMBERS_PER_USER
from gyre.terms.people import Role
from rest_compat import live
from rest_compat.conversation import MOST_SUBSCRIPTIONS
from rest_compat.routes import in_front_of
from tests.rest_compat.conftest import Gyre, application
from tests.rest_compat.sockets import closed, connected, hear, say
from tests.support.cluster import KUSTOMIZATIONS, thing
from tests.support.people import PASSWORD
from tests.support.serving import serving

pytestmark = pytest.mark.anyio


async def test_who_must_change_their_password_is_closed_with_4403(gyre: Gyre) -> None:
    await gyre.people.users.add("new", PASSWORD, role=Role.ADMIN, must_change_password=True)
    new = await gyre.signed_in("new")
    async with gyre.socket(new) as socket:
        assert await closed(socket) == (4403, "Change your password first; nothing else is answered before.")
    await new.aclose()


async def test_one_view_more_than_a_user_may_follow_is_closed_with_4429(gyre: Gyre) -> None:
    ada, bob = await gyre.signed_in("ada"), await gyre.signed_in("bob")
    async with AsyncExitStack() as stack:
        for _ in range(MEMBERS_PER_USER // MOST_SUBSCRIPTIONS):
            socket = await stack.enter_async_context(connected(gyre, ada))
            for number in range(MOST_SUBSCRIPTIONS):
                assert (await say(socket, type="subscribe", id=str(number)))["type"] == "subscribed"
        async with gyre.socket(ada) as over:
            assert await closed(over) == (4429, "You have 200 live subscriptions open; close some.")
        async with connected(gyre, bob):
            pass
        assert await say(socket, type="unsubscribe", id="0") == {"id": "0", "type": "unsubscribed"}
        async with connected(gyre, ada) as within:
            assert await say(within, type="ping") == {"type": "pong"}
    await ada.aclose()
    await bob.aclose()


async def test_when_gyre_can_take_no_more_it_is_closed_with_4503(gyre: Gyre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MEMBERS", 1)
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as first:
        async with gyre.socket(ada) as second:
            assert await closed(second) == (4503, "Too many live subscriptions are open; try again later.")
        gyre.cluster.has(KUSTOMIZATIONS, thing("new"))
        assert (await hear(first))["name"] == "new"
    await ada.aclose()


async def test_when_the_hub_ends_it_is_closed_with_1001(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with connected(gyre, ada) as first, connected(gyre, ada) as second:
        await say(second, type="subscribe", id="red")
        gyre.services.hub.close()
        for socket in (first, second):
            assert await closed(socket) == (live.GOING_AWAY, "Gyre is stopping; connect again.")
    await ada.aclose()


async def test_when_the_server_ends_first_it_is_closed_with_1012(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    async with AsyncExitStack() as server:
        address = await server.enter_async_context(serving(application(gyre.services)))
        origin, who = websockets.Origin(f"http://{address}"), {"cookie": ada.headers["cookie"]}
        async with websockets.connect(
            f"ws://{address}/api/ws", additional_headers=who, origin=origin, proxy=None
        ) as socket:
            assert (await hear(socket))["type"] == "connected"
            await server.aclose()
            assert (await closed(socket))[0] == live.RESTARTING
    await ada.aclose()


async def test_what_nobody_foresaw_is_closed_with_1011_and_tells_nothing_of_the_inside() -> None:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"services": None}  # a process that was put together wrongly

    async with (
        serving(in_front_of(Starlette(lifespan=lifespan))) as address,
        websockets.connect(f"ws://{address}/api/ws", proxy=None) as socket,
    ):
        assert await closed(socket) == (live.INTERNAL, "Something went wrong inside Gyre; connect again.")
