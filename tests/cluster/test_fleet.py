"""The fleet on a real API server: after any storm it is what a fresh list says, and asking it costs nothing there."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from gyre.errors import ClusterUnreachable, GyreError
from gyre.fleet.queries import RowFilter, RowQuery
from gyre.kube.client import Call, KubeClient
from gyre.terms.changes import Change, ChangeType
from tests.cluster.control_plane import ControlPlane
from tests.cluster.following import PATIENCE_SECONDS, following
from tests.cluster.watched import EVERYTHING, Watched, open_watched
from tests.cluster.writing import BUCKETS, Writer, bucket

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]


@pytest.fixture
async def watched(plane: ControlPlane) -> AsyncIterator[Watched]:
    async with open_watched(plane) as watched:
        yield watched


def told_twice(changes: list[Change]) -> list[tuple[str, str]]:
    """The versions of objects that were told more than once."""
    counted = Counter((it.row.uid, it.row.resource_version) for it in changes if it.type is not ChangeType.DELETED)
    return [version for version, count in counted.items() if count > 1]


def told(changes: list[Change]) -> set[tuple[str, str]]:
    """Every version of an object that was told as there."""
    return {(it.row.uid, it.row.resource_version) for it in changes if it.type is not ChangeType.DELETED}


class Storm:
    """Writes all the time, whatever happens to the network and the API server."""

    def __init__(self, writer: Writer, chance: random.Random) -> None:
        self.writer = writer
        self._chance = chance
        self._names: list[str] = []
        self._next = 0

    async def blow(self) -> None:
        while True:
            with suppress(GyreError):
                await self._write()
            await asyncio.sleep(0.01)

    async def wrote(self, count: int) -> None:
        """Return when so many writes were answered."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.writer.versions) < count:  # noqa: ASYNC110  # nobody else waits for it
                await asyncio.sleep(0.1)

    async def _write(self) -> None:
        dice = self._chance.random()
        if dice < 0.4 or not self._names:
            self._next += 1
            name = f"storm-{self._next}"
            self._names.append(name)
            await self.writer.create(bucket(name, notes="x" * self._chance.randrange(20_000)))
        elif dice < 0.9:
            interval = f"{self._chance.randrange(1, 50)}m"
            await self.writer.patch(self._chance.choice(self._names), {"spec": {"interval": interval}})
        else:
            await self.writer.delete(self._names.pop(self._chance.randrange(len(self._names))))


async def test_without_a_forgotten_place_every_change_is_told_once(
    watched: Watched, namespace: str, admin: KubeClient
) -> None:
    chance = random.Random(7)  # noqa: S311  # the same storm every time
    writer = Writer(admin, BUCKETS, namespace)
    storm = asyncio.create_task(Storm(writer, chance).blow())
    rounds = 0
    async with asyncio.timeout(PATIENCE_SECONDS):  # a busy machine takes more than the twelve
        while rounds < 12 or watched.proxy.cuts < 5 or len(writer.versions) <= 50:
            watched.proxy.cut_after = chance.randrange(500, 60_000)
            await asyncio.sleep(chance.uniform(0.3, 1.0))
            rounds += 1
    watched.proxy.cut_after = None
    storm.cancel()
    await asyncio.wait([storm])

    await watched.is_live()
    await watched.equals_a_fresh_list(admin)

    assert watched.proxy.cuts >= 5
    assert len(writer.versions) > 50
    assert set(writer.versions) <= told(watched.changes)
    assert told_twice(watched.changes) == []


async def test_after_a_storm_with_a_killed_api_server_and_a_compacted_etcd_it_is_what_a_fresh_list_says(
    watched: Watched, plane: ControlPlane, namespace: str, admin: KubeClient
) -> None:
    chance = random.Random(11)  # noqa: S311  # the same storm every time
    writer = Writer(admin, BUCKETS, namespace)
    blowing = Storm(writer, chance)
    storm = asyncio.create_task(blowing.blow())
    for least in (30, 60):
        await asyncio.sleep(2)
        await blowing.wrote(least)
        watched.proxy.refusing = True
        watched.proxy.drop_all()
        await asyncio.sleep(1)
        await asyncio.to_thread(plane.compact)
        await asyncio.to_thread(plane.restart_api_server)
        await asyncio.sleep(1)
        watched.proxy.refusing = False
    storm.cancel()
    await asyncio.wait([storm])

    await watched.is_live()
    await watched.equals_a_fresh_list(admin)

    assert len(writer.versions) > 50
    assert told_twice(watched.changes) == []
    deleted = Counter(it.row.uid for it in watched.changes if it.type is ChangeType.DELETED)
    assert [uid for uid, count in deleted.items() if count > 1] == []


async def test_an_etcd_that_stands_still_costs_the_fleet_nothing(
    watched: Watched, plane: ControlPlane, namespace: str, admin: KubeClient
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    await writer.create(bucket("before"))
    with plane.etcd.paused():
        writing = asyncio.create_task(writer.create(bucket("meanwhile")))
        with pytest.raises(ClusterUnreachable):
            await admin.ask(Call(path=f"/api/v1/namespaces/{namespace}", seconds=1))
        assert not writing.done()
    await writing

    await watched.equals_a_fresh_list(admin)

    assert len(writer.versions) == 2
    assert set(writer.versions) <= told(watched.changes)
    assert told_twice(watched.changes) == []


async def test_a_namespace_that_is_deleted_leaves_the_fleet_with_all_that_was_in_it(
    watched: Watched, plane: ControlPlane, namespace: str, admin: KubeClient
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    for number in range(10):
        await writer.create(bucket(f"b{number}"))
    mine = {uid for uid, _ in writer.versions}
    await watched.until(lambda: set(writer.versions) <= told(watched.changes))

    with plane.controller_manager():
        await admin.ask(Call(path=f"/api/v1/namespaces/{namespace}", method="DELETE"))
        await watched.until(lambda: not mine & set(watched.rows()))

    await watched.equals_a_fresh_list(admin)
    deleted = [it.row.uid for it in watched.changes if it.type is ChangeType.DELETED]
    assert sorted(deleted) == sorted(mine)
    assert told_twice(watched.changes) == []


async def test_five_thousand_objects_at_once_are_all_told_and_all_in_the_fleet(
    watched: Watched, namespace: str, admin: KubeClient
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    async with following(admin, BUCKETS) as follower:
        await writer.create_many("many", 5000)
        await follower.equals_a_fresh_list(admin)

    await watched.equals_a_fresh_list(admin)

    assert len(writer.versions) == 5000
    assert set(writer.versions) <= set(follower.told)
    assert follower.told_once
    assert follower.replacements == 1
    assert set(writer.versions) <= told(watched.changes)
    assert told_twice(watched.changes) == []
    assert watched.fleet.page(RowQuery(limit=1, filter=RowFilter(namespaces=(namespace,))), EVERYTHING).total == 5000


async def test_pages_searches_and_counts_ask_the_cluster_nothing(
    watched: Watched, plane: ControlPlane, namespace: str, admin: KubeClient
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    await writer.create(bucket("one"))
    await watched.equals_a_fresh_list(admin)
    await asyncio.sleep(1)  # the audit log is written behind
    before = Counter((it.verb, it.resource) for it in plane.audited("fleet"))

    for number in range(200):
        watched.fleet.page(RowQuery(limit=50, filter=RowFilter(text=f"o{number % 3}")), EVERYTHING)
        watched.fleet.overview(EVERYTHING)
        assert [row.name for row in watched.fleet.page(RowQuery(filter=RowFilter(text="one")), EVERYTHING).rows] == [
            "one"
        ]
    await asyncio.sleep(1)

    after = Counter((it.verb, it.resource) for it in plane.audited("fleet"))
    assert {what for what in after - before if "fluxcd" in what[1]} == set()
