"""Events of the embedded cluster's controllers, through its real API: selected there, watched, kept, removed."""

from pathlib import Path

import pytest

from gyre.access.sight import Sight
from gyre.demo.builtin_kinds import EVENT, POD
from gyre.fleet.events.queries import EventFilter, Part
from gyre.terms.events import EventRow, EventType
from gyre.terms.naming import Reference
from tests.fleet.conftest import DEFAULT, watching
from tests.support.cluster import event
from tests.support.living_cluster import LivingCluster, living_cluster
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


def about_pod(cluster: LivingCluster) -> None:
    """A Pod, and what the kubelet tells of it."""
    told = event("web.1", of="web", namespace="shop", reason="BackOff")
    told["metadata"].pop("uid")
    told["involvedObject"] |= {"apiVersion": POD.version, "kind": POD.kind}
    cluster.store.create(EVENT, "shop", {"apiVersion": "v1", "kind": "Event", **told})


async def test_what_controllers_tell_of_flux_objects_is_kept_as_long_as_the_cluster_has_it(
    tmp_path: Path, everything: Sight
) -> None:
    async with (
        living_cluster(tmp_path, alive=True) as cluster,
        watching({DEFAULT: cluster.access}) as (fleet, _),
    ):
        await fleet.first_read()
        about_pod(cluster)
        cluster.has("GitRepository", "fleet", {"url": "https://git.example/fleet", "interval": "10m"})

        def told() -> tuple[EventRow, ...]:
            return fleet.events.page(EventFilter(), Part(), everything).rows

        await until(lambda: bool(told()))
        (row,) = told()
        assert (row.type, row.reason, row.count) == (EventType.NORMAL, "NewArtifact", 1)
        assert row.about == Reference("GitRepository", "fleet", "shop", "source.toolkit.fluxcd.io")
        assert (row.plural, row.controller) == ("gitrepositories", "source-controller")

        cluster.store.delete(EVENT, row.namespace, row.name)
        await until(lambda: not told())
