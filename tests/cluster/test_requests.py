"""How often Gyre asks a real API server, by that server's own audit log."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from gyre.flux.kinds import GROUPS
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import KubeClient, open_client, path_of
from gyre.kube.discovery import discover
from tests.cluster.control_plane import ControlPlane
from tests.cluster.following import following
from tests.cluster.writing import BUCKETS, CLUSTER, Writer, bucket

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]


async def test_each_kind_costs_one_list_and_one_watch(plane: ControlPlane, namespace: str, admin: KubeClient) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    path = plane.kubeconfig("counted", "system:masters")
    async with open_client(from_kubeconfig(path), cluster=CLUSTER) as client, AsyncExitStack() as stack:
        served = (await discover(client, GROUPS)).served
        followers = [await stack.enter_async_context(following(client, one)) for one in served]
        buckets = next(follower for follower in followers if follower.served.kind == BUCKETS.kind)
        for number in range(20):
            await writer.create(bucket(f"b{number}"))
        await buckets.until(lambda: set(writer.versions) <= set(buckets.told))
        await asyncio.sleep(1)  # the audit log is written behind

        asked = Counter((it.verb, it.resource) for it in plane.audited("counted"))

    discovery = {("get", "/apis"): 1, ("list", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"): 1}
    lists = {("list", path_of(one.kind, one.version)): 1 for one in served}
    watches = {("watch", path_of(one.kind, one.version)): 1 for one in served}
    assert len(served) >= 19
    assert asked == {**discovery, **lists, **watches}
