"""The reflector on a real API server: whatever breaks, it ends with what a fresh list says and tells nothing twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gyre.errors import ClusterUnreachable
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, open_client
from gyre.terms.sync import Sync
from tests.cluster.control_plane import ControlPlane
from tests.cluster.following import Follower, following
from tests.cluster.proxy import Proxy, open_proxy
from tests.cluster.writing import BUCKETS, CLUSTER, Writer, bucket

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]


@pytest.fixture
async def proxy(plane: ControlPlane) -> AsyncIterator[Proxy]:
    async with open_proxy(plane.port) as proxy:
        yield proxy


@pytest.fixture
async def follower(plane: ControlPlane, proxy: Proxy) -> AsyncIterator[Follower]:
    path = plane.kubeconfig("gyre", "system:masters", port=proxy.port)
    async with open_client(from_kubeconfig(path), cluster=CLUSTER) as client, following(client, BUCKETS) as follower:
        yield follower


@pytest.fixture
def writer(admin: KubeClient, namespace: str) -> Writer:
    return Writer(admin, BUCKETS, namespace)


async def test_every_change_is_told_once(follower: Follower, writer: Writer, admin: KubeClient) -> None:
    for number in range(5):
        await writer.create(bucket(f"b{number}"))
        await writer.patch(f"b{number}", {"spec": {"interval": "2m"}})
    await writer.delete("b0")

    await follower.equals_a_fresh_list(admin)

    assert set(writer.versions) <= set(follower.told)
    assert follower.told_once
    assert follower.replacements == 1


async def test_a_watch_cut_in_the_middle_of_an_event_loses_and_repeats_nothing(
    follower: Follower, writer: Writer, admin: KubeClient, proxy: Proxy
) -> None:
    for number in range(8):
        proxy.cut_after = 150_000 - number * 9_000  # each event is about 200 kB: always in the middle of one
        await writer.create(bucket(f"b{number}", notes="x" * 200_000))
        await follower.until(lambda number=number: len(follower.told) > number)  # type: ignore[misc]  # bound at once

    await follower.equals_a_fresh_list(admin)

    assert proxy.cuts == 8
    assert [version for version in follower.told if version in writer.versions] == writer.versions
    assert follower.told_once
    assert follower.replacements == 1
    assert Sync.STALE in [one.state.sync for one in follower.states]


async def test_changes_while_the_network_is_away_are_told_after_it(
    follower: Follower, writer: Writer, admin: KubeClient, proxy: Proxy
) -> None:
    await writer.create(bucket("before"))
    proxy.refusing = True
    proxy.drop_all()
    await follower.until(lambda: follower.sync is Sync.STALE)
    await writer.create(bucket("meanwhile"))
    await writer.delete("before")
    proxy.refusing = False

    await follower.is_live()
    await follower.equals_a_fresh_list(admin)

    assert set(writer.versions) <= set(follower.told)
    assert follower.told_once
    assert follower.replacements == 1


async def test_an_api_server_that_is_killed_and_comes_back_is_followed_again(
    plane: ControlPlane, follower: Follower, writer: Writer, admin: KubeClient
) -> None:
    for number in range(20):
        await writer.create(bucket(f"before-{number}"))
    await asyncio.to_thread(plane.api_server.kill)  # the last of them may not have been told yet
    await follower.until(lambda: follower.sync is Sync.STALE)
    problem = follower.states[-1].state.problem
    await asyncio.to_thread(plane.api_server.start, plane.ready)
    for number in range(20):
        await writer.create(bucket(f"after-{number}"))

    await follower.is_live()
    await follower.equals_a_fresh_list(admin)

    assert "default: the API server can't be reached" in problem
    assert len(writer.versions) == 40
    assert set(writer.versions) <= follower.known
    assert follower.told_once


async def test_a_place_that_etcd_has_forgotten_is_read_anew(
    plane: ControlPlane, follower: Follower, writer: Writer, admin: KubeClient, proxy: Proxy
) -> None:
    await writer.create(bucket("before"))
    await follower.until(lambda: set(writer.versions) <= set(follower.told))
    proxy.refusing = True
    proxy.drop_all()
    await follower.until(lambda: follower.sync is Sync.STALE)
    for number in range(20):
        await writer.create(bucket(f"b{number}"))
    await writer.delete("before")
    await asyncio.to_thread(plane.compact)
    await asyncio.to_thread(plane.restart_api_server)
    proxy.refusing = False

    await follower.until(lambda: follower.replacements == 2)
    await follower.is_live()
    await follower.equals_a_fresh_list(admin)

    assert follower.told_once


async def test_an_etcd_that_stands_still_stops_nothing_for_ever(
    plane: ControlPlane, follower: Follower, writer: Writer, admin: KubeClient
) -> None:
    await writer.create(bucket("before"))
    with plane.etcd.paused():
        writing = asyncio.create_task(writer.create(bucket("meanwhile")))
        await asyncio.sleep(3)
        assert not writing.done()
        with pytest.raises(ClusterUnreachable):
            await admin.ask(Call(path=f"/api/v1/namespaces/{writer.namespace}", seconds=1))
    await writing

    await follower.equals_a_fresh_list(admin)

    assert set(writer.versions) <= set(follower.told)
    assert follower.told_once
    assert follower.replacements == 1


async def test_a_namespace_that_is_deleted_takes_its_objects_with_it(
    plane: ControlPlane, follower: Follower, writer: Writer, admin: KubeClient
) -> None:
    for number in range(30):
        await writer.create(bucket(f"b{number}"))
    await follower.until(lambda: set(writer.versions) <= set(follower.told))
    mine = {uid for uid, _ in writer.versions}
    with plane.controller_manager():
        await admin.ask(Call(path=f"/api/v1/namespaces/{writer.namespace}", method="DELETE"))
        await follower.until(lambda: not mine & set(follower.objects))

    await follower.equals_a_fresh_list(admin)

    assert follower.told_once
    assert follower.replacements == 1
