"""Helm charts and container images as registries outside the cluster hold them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gyre.demo.outside.workloads import USUAL_SETTINGS, App, manifests
from gyre.demo.resources import Manifest

Render = Callable[[str, Manifest, str], tuple[Manifest, ...]]
"""What a chart renders to: release name, values and namespace."""
Objection = Callable[[str, Manifest], str]
"""Why a release with this version and these values fails; empty when it succeeds."""


def _no_objection(_version: str, _values: Manifest) -> str:
    return ""


@dataclass(slots=True)
class Chart:
    """One chart: its versions (chart version → app version), and how releases of it turn out."""

    name: str
    versions: dict[str, str]
    render: Render | None = None
    objection: Objection = _no_objection

    def objects(self, release: str, values: Manifest, namespace: str, version: str) -> tuple[Manifest, ...]:
        """What a release consists of."""
        if self.render is not None:
            return self.render(release, values, namespace)
        image = f"ghcr.io/acme/{self.name}:{self.versions.get(version, version)}"
        replicas = values.get("replicaCount", 1)
        app = App(
            name=release,
            image=image,
            replicas=replicas if isinstance(replicas, int) else 1,
            settings=dict(USUAL_SETTINGS),
        )
        return manifests(app, namespace)


@dataclass(slots=True)
class ChartRepository:
    """One Helm repository. `charts` None: any chart is there, in any version asked for."""

    url: str
    charts: dict[str, Chart] | None = None
    edition: int = 1
    unreachable: str = ""

    def chart(self, name: str) -> Chart | None:
        """The chart of this name."""
        if self.charts is not None:
            return self.charts.get(name)
        return Chart(name, {"1.0.0": "1.0.0"})


@dataclass(slots=True)
class Image:
    """One image and its tags, oldest first."""

    name: str
    tags: list[str] = field(default_factory=list)
