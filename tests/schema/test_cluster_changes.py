"""How clusters stand, pushed to who sees them: that they come, change, go away, and leave."""

import asyncio
from collections.abc import Callable

import pytest

from gyre.terms.people import Role
from tests.schema.uploading import REMOVE, TEST, added, cluster, gyre, remote
from tests.support.cluster import KUSTOMIZATIONS, thing
from tests.support.graphql import Answer, Gyre, Socket
from tests.support.people import rule
from tests.support.remote import Remote

pytestmark = pytest.mark.anyio

__all__ = ["cluster", "gyre", "remote"]

STATES = """subscription { clusterChanges {
  position clusters { name sync problem kinds { plural count sync } registration { server test { worked } } }
} }"""


async def heard(socket: Socket, true: Callable[[dict[str, Answer]], bool]) -> dict[str, Answer]:
    """The clusters by name, in the first frame in which it is so."""
    async with asyncio.timeout(30):
        while True:
            told = (await socket.hear(30))["payload"]["data"]["clusterChanges"]
            clusters = {one["name"]: one for one in told["clusters"]}
            if true(clusters):
                return clusters


def counted(cluster: Answer, plural: str) -> int:
    return sum(kind["count"] for kind in cluster["kinds"] if kind["plural"] == plural)


async def test_how_clusters_stand_is_pushed_to_who_sees_them(gyre: Gyre, remote: Remote) -> None:
    ada, vic = await gyre.signed_in("ada"), await gyre.signed_in("vic", Role.VIEWER)
    mia = await gyre.signed_in("mia", Role.MEMBER)
    async with ada.socket() as admins, vic.socket() as viewers, mia.socket() as members:
        for socket in (admins, viewers, members):
            await socket.init()
            await socket.subscribe("1", STATES)
        assert list(await heard(admins, lambda told: "default" in told)) == ["default"]
        assert await heard(members, lambda told: not told) == {}

        await added(ada, remote)
        told = await heard(admins, lambda told: told.get("production", {}).get("sync") == "LIVE")
        assert counted(told["production"], "kustomizations") == 2
        assert told["production"]["registration"]["test"] == {"worked": True}
        told = await heard(viewers, lambda told: told.get("production", {}).get("sync") == "LIVE")
        assert told["production"]["registration"] is None

        await gyre.people.give(
            "mia", rule("kustomizations", "shop", "view"), cluster="production", clusters=("default",)
        )
        told = await heard(members, lambda told: "production" in told)
        assert list(told) == ["production"]
        assert counted(told["production"], "kustomizations") == 1

        remote.cluster.has(KUSTOMIZATIONS, thing("third", "shop"))
        await heard(admins, lambda told: counted(told["production"], "kustomizations") == 3)
        await heard(members, lambda told: counted(told["production"], "kustomizations") == 2)
        remote.cluster.go_away()
        told = await heard(admins, lambda told: told["production"]["sync"] == "STALE")
        assert told["production"]["problem"]
        assert told["default"]["sync"] == "LIVE"
        await ada.data(TEST, input={"id": "production"})
        await heard(admins, lambda told: told["production"]["registration"]["test"] == {"worked": False})
        remote.cluster.come_back()
        await heard(viewers, lambda told: told["production"]["sync"] == "LIVE")

        await ada.data(REMOVE, id="production")
        for socket, left in ((admins, ["default"]), (viewers, ["default"]), (members, [])):
            assert list(await heard(socket, lambda told: "production" not in told)) == left
