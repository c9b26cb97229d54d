"""A cluster of one's own, named by GYRE_TEST_KUBECONFIG: read by Gyre as it reads any, never written.

Everything else here runs on the programs that these tests start themselves.
"""

import os
from collections.abc import AsyncIterator

import pytest

from gyre.flux.kinds import GROUPS
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import KubeClient, open_client
from gyre.kube.discovery import Discovery, discover
from gyre.kube.reading import server_version
from tests.cluster.following import following
from tests.cluster.writing import CLUSTER

KUBECONFIG = os.environ.get("GYRE_TEST_KUBECONFIG", "")

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.anyio,
    pytest.mark.skipif(not KUBECONFIG, reason="GYRE_TEST_KUBECONFIG names no cluster"),
]


@pytest.fixture
async def client() -> AsyncIterator[KubeClient]:
    async with open_client(from_kubeconfig(KUBECONFIG), cluster=CLUSTER) as client:
        yield client


@pytest.fixture
async def discovery(client: KubeClient) -> Discovery:
    return await discover(client, GROUPS)


async def test_it_says_which_version_it_is(client: KubeClient) -> None:
    assert (await server_version(client, because="a test asks")).git_version.startswith("v1.")


async def test_its_flux_kinds_are_found(discovery: Discovery) -> None:
    assert discovery.served
    assert discovery.problems == ()


async def test_each_kind_is_followed_and_ends_as_a_fresh_list_says(client: KubeClient, discovery: Discovery) -> None:
    for served in discovery.served:
        async with following(client, served) as follower:
            await follower.equals_a_fresh_list(client)
            assert follower.told_once
