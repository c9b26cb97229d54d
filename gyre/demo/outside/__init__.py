"""The world outside the embedded cluster: Git hosts, chart repositories, image registries, as far as Flux asks them.

Somebody's doings there (a commit, a release) come from gyre.demo.story; what Flux makes of them from gyre.demo.life.
Whatever nobody described is there and works, so that anyone's own manifests become ready.
"""

from collections.abc import Iterable

from gyre.demo.outside.git import Repository
from gyre.demo.outside.registries import Chart, ChartRepository, Image

GENERIC_TAGS = ("1.0.0", "1.1.0", "1.2.0")


class Outside:
    """Everything outside, found by its address."""

    def __init__(self) -> None:
        self._repositories: dict[str, Repository] = {}
        self._chart_repositories: dict[str, ChartRepository] = {}
        self._images: dict[str, Image] = {}

    def has(
        self,
        repositories: Iterable[Repository] = (),
        chart_repositories: Iterable[ChartRepository] = (),
        images: Iterable[Image] = (),
    ) -> None:
        """Describe some of it."""
        self._repositories.update((each.url, each) for each in repositories)
        self._chart_repositories.update((each.url, each) for each in chart_repositories)
        self._images.update((each.name, each) for each in images)

    def repository(self, url: str) -> Repository:
        """The Git repository, OCI artifact or bucket at this address."""
        return self._repositories.setdefault(url, Repository(url))

    def chart_repository(self, url: str) -> ChartRepository:
        """The Helm repository at this address."""
        return self._chart_repositories.setdefault(url, ChartRepository(url))

    def image(self, name: str) -> Image:
        """The image of this name, without tag."""
        return self._images.setdefault(name, Image(name, list(GENERIC_TAGS)))

    def pullable(self, reference: str) -> bool:
        """Whether a Pod could start this image."""
        name, _, tag = reference.partition("@")[0].rpartition(":")
        described = self._images.get(name)
        return described is None or tag in described.tags


__all__ = ["Chart", "ChartRepository", "Image", "Outside", "Repository"]
