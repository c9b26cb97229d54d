"""A little cluster that also has Events, and the fleet that watches both."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gyre.access.sight import Sight
from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.reading import EventPage
from tests.fleet.conftest import DEFAULT, Gyre, watching
from tests.support.cluster import EVENTS, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, open_cluster


@pytest.fixture
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, EVENTS) as cluster:
        yield cluster


@pytest.fixture
async def gyre(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with watching({DEFAULT: cluster.access(tmp_path)}) as (fleet, feed):
        await fleet.first_read()
        yield Gyre(fleet, feed, cluster)


def page(gyre: Gyre, sight: Sight, part: Part | None = None, **asked: Any) -> EventPage:
    return gyre.fleet.events.page(EventFilter(**asked), part or Part(), sight)


def names(gyre: Gyre, sight: Sight, part: Part | None = None, **asked: Any) -> list[str]:
    return [row.name for row in page(gyre, sight, part, **asked).rows]
