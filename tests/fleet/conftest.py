"""A little cluster, and the fleet that watches it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gyre.access.sight import Sight, sight_of
from gyre.clock import SystemClock
from gyre.events.bus import open_bus
from gyre.events.feed import Feed, open_feed
from gyre.fleet.fleet import Fleet, open_fleet
from gyre.kube.access import Access
from gyre.terms.naming import ClusterName
from gyre.terms.people import Grant, Principal, Role, Rule
from tests.support.cluster import GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, open_cluster

DEFAULT = ClusterName("default")


@dataclass
class Gyre:
    """The fleet, its feed, and the cluster it watches."""

    fleet: Fleet
    feed: Feed
    cluster: LittleCluster


@asynccontextmanager
async def watching(clusters: dict[ClusterName, Access]) -> AsyncIterator[tuple[Fleet, Feed]]:
    async with (
        open_bus(None) as bus,
        open_feed(bus) as feed,
        open_fleet(clusters, feed, SystemClock()) as fleet,
    ):
        yield fleet, feed


@pytest.fixture
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES) as cluster:
        yield cluster


@pytest.fixture
async def gyre(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, feed):
        await fleet.first_read()
        yield Gyre(fleet, feed, cluster)


@pytest.fixture
def everything() -> Sight:
    return sight_of(Principal(user_id="1", username="ada", role=Role.ADMIN, grants=()))


def seeing(*namespaces: str, resources: tuple[str, ...] = ("*",), cluster: str = "*") -> Sight:
    """Who sees these namespaces only."""
    rule = Rule(policy="team", resources=resources, namespaces=namespaces, actions=("view",))
    grant = Grant(cluster=ClusterName(cluster), rule=rule)
    return sight_of(Principal(user_id="2", username="eve", role=Role.MEMBER, grants=(grant,)))
