"""What the fleet knows follows the cluster, whatever happens to it."""

import asyncio
from collections.abc import Callable

import pytest

from gyre.access.sight import Sight
from gyre.fleet.queries import RowQuery
from tests.fleet.conftest import DEFAULT, Gyre
from tests.support.cluster import FAILED, HELM_RELEASES, KUSTOMIZATIONS, thing

pytestmark = pytest.mark.anyio

SECONDS = 10.0


async def until(fulfilled: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not fulfilled():  # noqa: ASYNC110 # what is waited for has no event: it is what a reader sees
            await asyncio.sleep(0.005)


def names(gyre: Gyre, sight: Sight) -> list[str]:
    return [f"{row.plural}/{row.namespace}/{row.name}" for row in gyre.fleet.page(RowQuery(), sight).rows]


async def test_what_is_created_changed_and_deleted_is_seen_at_once(gyre: Gyre, everything: Sight) -> None:
    assert names(gyre, everything) == []
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps"), thing("infra"))
    gyre.cluster.has(HELM_RELEASES, thing("web"))
    await until(lambda: len(names(gyre, everything)) == 3)
    assert names(gyre, everything) == ["kustomizations/prod/apps", "kustomizations/prod/infra", "helmreleases/prod/web"]
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps", conditions=[FAILED]))
    await until(lambda: gyre.fleet.page(RowQuery(), everything).rows[0].reason == "BuildFailed")
    gyre.cluster.lacks(KUSTOMIZATIONS, "prod", "infra")
    await until(lambda: len(names(gyre, everything)) == 2)
    assert names(gyre, everything) == ["kustomizations/prod/apps", "helmreleases/prod/web"]
    (health,) = gyre.fleet.clusters(everything)
    assert (health.name, health.state.sync.value, health.state.problem, health.kubernetes_version) == (
        DEFAULT,
        "LIVE",
        "",
        "v1.36.3",
    )
