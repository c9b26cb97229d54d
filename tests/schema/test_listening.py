"""Every subscription for everyone who may listen: each is told of what they see, and of nothing beside it.

Who may not listen at all: test_decisions. That an open one follows the rights: test_rights and test_websocket.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from gyre.terms.people import Role
from tests.schema.test_decisions import SUBSCRIPTIONS, World, world
from tests.support.cluster import EVENTS, event, thing
from tests.support.graphql import Answer, Signed, Socket
from tests.support.may import MINE, OBJECTS, SEES, Where
from tests.support.people import rule, scope
from tests.support.waiting import until
from tests.support.world import EVERYONE

pytestmark = pytest.mark.anyio

__all__ = ["world"]

RULE_OF_MINE = ("kustomizations", "shop", "view")
TOKENS = ("token-to-view-one", "token-of-a-member")
DOCUMENTS = {
    "resourceChanges": "subscription { resourceChanges { type row { kind namespace } } }",
    "eventChanges": "subscription { eventChanges { type event { about { kind namespace } } } }",
    "overviewChanges": "subscription { overviewChanges { total } }",
    "clusterChanges": "subscription { clusterChanges { clusters { name kinds { count } } } }",
}


async def asking(world: World, who: str) -> Signed:
    people = world.gyre.people
    if who == "token-to-view-one":
        await people.signed_in(who, Role.ADMIN)
        return replace(world.gyre.nobody, token=(await people.token(who, scope(*RULE_OF_MINE, "default"))).secret)
    if who == "token-of-a-member":
        await people.signed_in(who, Role.MEMBER)
        await people.give(who, rule(*RULE_OF_MINE), cluster="default")
        return replace(world.gyre.nobody, token=(await people.token(who)).secret)
    return await world.again(who)


@asynccontextmanager
async def listening(world: World, who: Signed) -> AsyncIterator[Socket]:
    """To everything, once all of it has begun."""
    user = (await who.data("{ viewer { id } }"))["viewer"]["id"]
    async with who.socket() as socket:
        await socket.init()
        for name, document in DOCUMENTS.items():
            await socket.subscribe(name, document)
        seats = world.gyre.services.hub._per_user
        await until(lambda: seats[user] == len(DOCUMENTS))
        yield socket


def touch(world: World, where: Where, number: int) -> None:
    """Another state of an object, and an Event about it."""
    kind, name = OBJECTS[where]
    world.cluster.has(kind, thing(name, where[1], spec={"path": f"./{number}", "interval": "10m"}))
    told = event(f"{where[0]}.{where[1]}.{number}".lower(), kind, of=name, namespace=where[1])
    world.cluster.has(EVENTS, told)


class Heard:
    """What one socket was told, by subscription."""

    def __init__(self) -> None:
        self.of: dict[str, list[Any]] = {name: [] for name in DOCUMENTS}

    def add(self, message: Answer) -> None:
        told = message["payload"]["data"][message["id"]]
        if message["id"] == "resourceChanges":
            self.of["resourceChanges"].append((told["type"], told["row"]["kind"], told["row"]["namespace"]))
        elif message["id"] == "eventChanges":
            about = told["event"]["about"]
            self.of["eventChanges"].append((told["type"], about["kind"], about["namespace"]))
        elif message["id"] == "overviewChanges":
            self.of["overviewChanges"].append(told["total"])
        else:
            clusters = {each["name"]: sum(kind["count"] for kind in each["kinds"]) for each in told["clusters"]}
            self.of["clusterChanges"].append(clusters)

    async def hear(self, socket: Socket, changes: int) -> None:
        """Listen until so many changes of each kind came, and how things stand."""
        while (
            min(len(self.of["resourceChanges"]), len(self.of["eventChanges"])) < changes
            or not self.of["overviewChanges"]
            or not self.of["clusterChanges"]
        ):
            self.add(await socket.hear())

    async def drain(self, socket: Socket) -> None:
        """What came before the answer to a ping."""
        await socket.say(type="ping")
        while (message := await socket.hear())["type"] != "pong":
            self.add(message)


def test_every_subscription_and_everyone_is_here() -> None:
    assert set(DOCUMENTS) == set(SUBSCRIPTIONS)
    assert {*SEES, "anonymous", "disabled", "must-change"} == set(EVERYONE)


@pytest.mark.parametrize("who", [*SEES, *TOKENS])
async def test_each_is_told_of_what_they_see_and_of_nothing_beside_it(world: World, who: str) -> None:
    sees = SEES.get(who, MINE)
    seen = [where for where in OBJECTS if where in sees]
    order = [*(where for where in OBJECTS if where not in sees), *seen]
    witness = await world.gyre.signed_in("witness", Role.ADMIN)
    async with AsyncExitStack() as stack:
        socket = await stack.enter_async_context(listening(world, await asking(world, who)))
        beside = await stack.enter_async_context(listening(world, witness))
        for where in order:
            touch(world, where, world.cluster.version)
        heard, all_of_it = Heard(), Heard()
        await all_of_it.hear(beside, len(order))
        await heard.hear(socket, len(seen))
        await heard.drain(socket)
    assert sorted(all_of_it.of["resourceChanges"]) == sorted(("MODIFIED", *where) for where in order)
    assert sorted(heard.of["resourceChanges"]) == sorted(("MODIFIED", *where) for where in seen)
    assert heard.of["eventChanges"] == [("ADDED", *where) for where in seen]
    assert set(heard.of["overviewChanges"]) == {len(seen)}
    expected = {"default": len(seen)} if seen else {}
    assert [each for each in heard.of["clusterChanges"] if each != expected] == []
