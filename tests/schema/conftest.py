"""A little cluster, and the GraphQL face on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.cluster import EVENTS, GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, open_cluster
from tests.support.graphql import DEFAULT, Gyre, gyre_on


@pytest.fixture
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES, EVENTS) as cluster:
        yield cluster


@pytest.fixture
async def gyre(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path) as gyre:
        yield gyre
