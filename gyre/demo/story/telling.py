"""Tells the story of Acme on a cluster: everyone's objects, some days that have passed, and how it goes on."""

import asyncio
import random
from collections.abc import Iterable

from gyre.clock import Clock
from gyre.demo.resources import Manifest
from gyre.demo.story import acme, changes, fleet, platform, teams
from gyre.demo.story.happenings import Happenings
from gyre.demo.story.manifests import applied_by
from gyre.demo.story.stage import DAY, SETTLE_SECONDS, Stage
from gyre.demo.story.traffic import Traffic

PLATFORM_DAYS_AGO, TEAMS_DAYS_AGO = 41.0, 23.0
LIVED_SECONDS = 360.0


class Story:
    """A store that lives. `run` goes on with it, for as long as it is awaited."""

    def __init__(self, clock: Clock, *, seed: int = 1) -> None:
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - a story, no secret
        self._stage = Stage(clock, days_ago=PLATFORM_DAYS_AGO)
        self._copies: tuple[fleet.Copied, ...] = ()
        self.store = self._stage.store
        self.engine = self._stage.engine
        self.happenings = Happenings(self.store, self.engine, seed)

    def tell(self, objects: int = 0) -> None:
        """Everything up to now. `objects` Flux objects in all, when that is more than the story has by itself."""
        stage = self._stage
        stage.has_namespaces((*platform.NAMESPACES, *teams.NAMESPACES))
        acme.describe(stage.outside)
        platforms = [_owned(each, "flux-system") for each in platform.manifests()]
        others = [_owned(each, "tenants") for each in teams.manifests()]
        acme.track(stage.outside, _by_owner([*platforms, *others]))
        stage.apply(PLATFORM_DAYS_AGO, platforms)
        stage.apply(TEAMS_DAYS_AGO, others)
        for days_ago, change in sorted(changes.CHANGES, key=lambda each: -each[0]):
            stage.clock.put(days_ago * DAY)
            self.happenings.patch(*change)
            stage.passes(SETTLE_SECONDS)
        self._live()
        missing = objects - fleet.count_flux_objects(self.store)
        if missing > 0:
            self._copies = fleet.grow(stage, missing, seed=self._seed)
            self.happenings.keep_to_what_is_there()
        stage.clock.release()

    async def run(self, changes_per_second: float = 0.0) -> None:
        """Go on for ever; with a number of changes a second, exactly so many come, and nothing else happens."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.engine.run())
            if changes_per_second > 0:
                traffic = Traffic(self.engine, [key for each in self._copies for key in each.keys], seed=self._seed)
                group.create_task(traffic.run(self.store.clock, changes_per_second))
            else:
                group.create_task(self._keep_happening())

    async def _keep_happening(self) -> None:
        while True:
            await self.store.clock.sleep(self.happenings.happen())

    def _live(self) -> None:
        """The last minutes, as they were lived."""
        stage = self._stage
        stage.clock.put(LIVED_SECONDS)
        stage.engine.spread(self._random, LIVED_SECONDS)
        happens_in = 0.0
        while stage.clock.behind > 0:
            happens_in -= stage.passes(min(happens_in, stage.clock.behind))
            if happens_in <= 0:
                happens_in = self.happenings.happen()


def _owned(manifest: Manifest, owner: str) -> Manifest:
    """The object with labels that name what applied it; Secrets and the root of all were applied by hand."""
    meta = manifest["metadata"]
    if manifest["kind"] == "Secret" or (manifest["kind"], meta["name"]) == ("Kustomization", "flux-system"):
        return manifest
    return {**manifest, "metadata": {**meta, "labels": applied_by(owner) | (meta.get("labels") or {})}}


def _by_owner(manifests: Iterable[Manifest]) -> dict[str, list[Manifest]]:
    found: dict[str, list[Manifest]] = {}
    for each in manifests:
        owner = (each["metadata"].get("labels") or {}).get("kustomize.toolkit.fluxcd.io/name")
        if owner:
            found.setdefault(owner, []).append(each)
    return found
