"""The health check, the probes and the metrics: open to everyone."""

from pathlib import Path

import pytest

from gyre import __version__
from gyre.terms.naming import ClusterName, Kind
from gyre.terms.people import Role
from resolvers.health import DATABASE_SILENT_SECONDS
from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.support.cluster import GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_the_health_check_is_answered_as_documented_without_a_session(gyre: Gyre) -> None:
    answer = await gyre.http.get("/api/health")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "healthy", "version": __version__, "clusters": [{"name": "default", "connected": True}]},
    )


async def test_clusters_are_left_out_for_strangers_where_the_settings_say_so(tmp_path: Path) -> None:
    async with open_gyre(tmp_path, health_details=False) as gyre:
        told = (await gyre.http.get("/api/health")).json()
        assert told == {"status": "healthy", "version": __version__}
        async with await gyre.signed_in("ada") as ada:
            assert (await ada.get("/api/health")).json() == {
                **told,
                "clusters": [{"name": "default", "connected": True}],
            }
        async with await gyre.signed_in("mia", Role.MEMBER) as mia:
            assert (await mia.get("/api/health")).json() == told


async def test_a_cluster_is_connected_whatever_one_of_its_kinds_does(gyre: Gyre) -> None:
    gyre.cluster.served[KUSTOMIZATIONS].refuses = 403
    gyre.cluster.forget_history()

    def stale() -> list[Kind]:
        kinds = (KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES)
        return [kind for kind in kinds if gyre.services.fleet.stale_since(ClusterName("default"), kind)]

    await until(lambda: stale() == [KUSTOMIZATIONS])
    health = (await gyre.http.get("/api/health")).json()

    assert (health["status"], health["clusters"]) == ("healthy", [{"name": "default", "connected": True}])


@pytest.mark.parametrize(("path", "status"), [("/livez", "alive"), ("/readyz", "ready")])
async def test_the_probes_are_answered_without_a_session(gyre: Gyre, path: str, status: str) -> None:
    answer = await gyre.http.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": status})
    assert (await gyre.http.head(path)).status_code == 200


async def test_a_process_whose_database_is_silent_is_alive_but_neither_ready_nor_healthy(gyre: Gyre) -> None:
    gyre.people.version.looked_at -= DATABASE_SILENT_SECONDS + 10
    assert refusal(await gyre.http.get("/readyz")) == (503, "UNAVAILABLE")
    health = await gyre.http.get("/api/health")
    assert (health.status_code, health.json()["status"]) == (503, "unhealthy")
    assert (await gyre.http.get("/livez")).status_code == 200


async def test_metrics_are_in_the_format_of_prometheus(gyre: Gyre) -> None:
    answer = await gyre.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "\ngyre_hub_members 0.0\n" in answer.text
    assert "process_resident_memory_bytes" in answer.text
