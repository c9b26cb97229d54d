"""A Helm release on Flux's own controllers as Gyre sees it: installed, upgraded, failed, rolled back, forced."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from gyre.flux.parsing import inside, mappings, parse
from gyre.kube.client import KubeClient
from gyre.terms.rows import Row, Word
from tests.cluster.charts import BAD, ChartRepository, serve_folder
from tests.cluster.control_plane import ControlPlane
from tests.cluster.loop import Loop
from tests.cluster.watched import Watched, open_watched

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

CONTROLLERS = ("source-controller", "helm-controller")


class HelmLoop(Loop):
    """The loop whose source is a chart repository."""

    def __init__(self, admin: KubeClient, watched: Watched, namespace: str, charts: ChartRepository) -> None:
        super().__init__(admin, watched, namespace)
        self.charts = charts

    async def install(self, **spec: object) -> None:
        """Publish the first version and release whatever is the newest."""
        self.charts.publish("web", "0.1.0")
        await self.create("HelmRepository", "charts", url=self.charts.url, interval="10m")
        source = {"kind": "HelmRepository", "name": "charts"}
        chart = {"spec": {"chart": "web", "version": ">=0.1.0", "sourceRef": source, "interval": "10m"}}
        wanted = {"interval": "10m", "timeout": "20s", "releaseName": "web", "chart": chart, **spec}
        await self.create("HelmRelease", "web", **wanted)

    async def publish(self, version: str, template: str = "") -> None:
        """Publish another version and let the controllers find it."""
        self.charts.publish("web", version, *([template] if template else []))
        await self.reconcile("HelmRepository", "charts")
        await self.reconcile("HelmChart", f"{self.namespace}-web")

    def history(self) -> list[tuple[object, object]]:
        """Chart version and status of each release, the newest first."""
        status = inside(parse(self.body("HelmRelease", "web")), "status")
        return [(it.get("chartVersion"), it.get("status")) for it in mappings(status.get("history"))]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    folder = tmp_path_factory.mktemp("charts")
    with serve_folder(folder) as port:
        yield folder, port


@pytest.fixture
async def loop(
    plane: ControlPlane, admin: KubeClient, namespace: str, served: tuple[Path, int]
) -> AsyncIterator[HelmLoop]:
    folder, port = served
    async with open_watched(plane) as watched:
        yield HelmLoop(admin, watched, namespace, ChartRepository(folder / namespace, port))


def is_released(version: str) -> Callable[[Row], bool]:
    return lambda row: row.status is Word.READY and row.revision == version


async def test_a_chart_is_installed_and_upgraded_and_its_objects_are_listed(loop: HelmLoop) -> None:
    await loop.install()

    first = await loop.until("HelmRelease", "web", is_released("0.1.0"))
    assert await loop.config_map("web") == {"color": "blue", "version": "0.1.0"}
    assert first.reason == "InstallSucceeded"
    await loop.until("HelmRelease", "web", lambda _: loop.inventory("HelmRelease", "web") != [])
    assert loop.inventory("HelmRelease", "web") == [("ConfigMap", loop.namespace, "web")]
    chart = await loop.until("HelmChart", f"{loop.namespace}-web", lambda row: row.status is Word.READY)
    assert chart.revision == "0.1.0"
    assert first.source is not None
    assert (first.source.kind, first.source.name) == ("HelmChart", f"{loop.namespace}-web")

    await loop.publish("0.2.0")
    second = await loop.until("HelmRelease", "web", is_released("0.2.0"))

    assert await loop.config_map("web") == {"color": "blue", "version": "0.2.0"}
    assert second.reason == "UpgradeSucceeded"
    assert loop.history() == [("0.2.0", "deployed"), ("0.1.0", "superseded")]


async def test_a_chart_that_can_not_be_applied_fails_is_rolled_back_and_heals(loop: HelmLoop) -> None:
    remediation = {"retries": 0, "remediateLastFailure": True, "strategy": "rollback"}
    await loop.install(upgrade={"remediation": remediation})
    await loop.until("HelmRelease", "web", is_released("0.1.0"))

    await loop.publish("0.2.0", BAD)
    failed = await loop.until("HelmRelease", "web", lambda row: row.reason == "RetriesExceeded")
    assert (failed.status, failed.revision) == (Word.FAILED, "0.2.0")
    await loop.until("HelmRelease", "web", lambda row: row.revision == "0.1.0" and row.status is Word.FAILED)

    assert failed.message == "Failed to upgrade after 1 attempt(s)"
    assert await loop.config_map("web") == {"color": "blue", "version": "0.1.0"}
    assert loop.history()[0] == ("0.1.0", "deployed")

    await loop.publish("0.3.0")
    await loop.until("HelmRelease", "web", is_released("0.3.0"))
    assert await loop.config_map("web") == {"color": "blue", "version": "0.3.0"}


async def test_a_release_can_be_forced_and_its_failures_reset(loop: HelmLoop) -> None:
    await loop.install()
    await loop.until("HelmRelease", "web", is_released("0.1.0"))

    forced = await loop.reconcile("HelmRelease", "web", force=True, reset=True)

    assert (forced.status, forced.reason, forced.revision) == (Word.READY, "UpgradeSucceeded", "0.1.0")
    assert loop.history() == [("0.1.0", "deployed"), ("0.1.0", "superseded")]
    status = inside(parse(loop.body("HelmRelease", "web")), "status")
    assert status["lastHandledForceAt"] == status["lastHandledResetAt"] == status["lastHandledReconcileAt"]


async def test_a_chart_that_is_not_there_is_the_sources_failure_and_the_releases(loop: HelmLoop) -> None:
    await loop.create("HelmRepository", "charts", url=f"{loop.charts.url}/nowhere", interval="10m", timeout="5s")
    source = {"kind": "HelmRepository", "name": "charts"}
    chart = {"spec": {"chart": "web", "version": "1.0.0", "sourceRef": source}}
    await loop.create("HelmRelease", "web", interval="10m", chart=chart)

    repository = await loop.until("HelmRepository", "charts", lambda row: row.status is Word.FAILED)
    release = await loop.until("HelmRelease", "web", lambda row: row.reason == "SourceNotReady")

    chart_of_it = await loop.until("HelmChart", f"{loop.namespace}-web", lambda row: row.status is Word.FAILED)

    assert ": 404 " in repository.message
    assert release.status is Word.FAILED
    assert chart_of_it.reason == "NoSourceArtifact"
