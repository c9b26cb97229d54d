"""Opens the embedded cluster: its kinds, its namespaces, everyone's objects, and some days that have passed already."""

import asyncio
import random
from collections.abc import Iterable

from gyre.clock import Clock
from gyre.demo.builtin_kinds import NAMESPACE, NODE
from gyre.demo.crds import definitions
from gyre.demo.definitions import DEFINITION, serve_builtins
from gyre.demo.life.deployments import NODES
from gyre.demo.life.engine import Engine
from gyre.demo.outside import Outside
from gyre.demo.resources import Manifest
from gyre.demo.store import Store
from gyre.demo.story import acme, changes, platform, teams
from gyre.demo.story.happenings import Happenings
from gyre.demo.story.manifests import applied_by
from gyre.demo.story.past import PastClock

DAY = 86_400.0
SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public")
PLATFORM_DAYS_AGO, TEAMS_DAYS_AGO = 41.0, 23.0
APPLY_SECONDS = 7.0
SETTLE_SECONDS = 90.0
LIVED_SECONDS = 600.0
VERSIONS_A_SECOND = 100


class Story:
    """A store that lives. `run` goes on with it, for as long as it is awaited."""

    def __init__(self, clock: Clock, *, seed: int = 1) -> None:
        self._clock = PastClock(clock)
        self._random = random.Random(seed)  # noqa: S311 - a story, no secret
        self.store = Store(self._clock, first_version=int(clock.now().timestamp() * VERSIONS_A_SECOND))
        self.outside = Outside()
        self._open()
        self.engine = Engine(self.store, self.outside)
        self.engine.start()
        self.happenings = Happenings(self.store, self.engine, seed)

    def tell(self) -> None:
        """Everything up to now."""
        acme.describe(self.outside)
        platforms = [_owned(each, "flux-system") for each in platform.manifests()]
        others = [_owned(each, "tenants") for each in teams.manifests()]
        acme.track(self.outside, _by_owner([*platforms, *others]))
        self._apply(PLATFORM_DAYS_AGO, platforms)
        self._apply(TEAMS_DAYS_AGO, others)
        for days_ago, change in sorted(changes.CHANGES, key=lambda each: -each[0]):
            self._clock.put(days_ago * DAY)
            self.happenings.patch(*change)
            self._pass(SETTLE_SECONDS)
        self._clock.put(LIVED_SECONDS)
        self.engine.spread(self._random, LIVED_SECONDS)
        happens_in = 0.0
        while self._clock.behind > 0:
            happens_in -= self._pass(min(happens_in, self._clock.behind))
            if happens_in <= 0:
                happens_in = self.happenings.happen()
        self._clock.release()

    async def run(self) -> None:
        """Go on for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.engine.run())
            group.create_task(self._keep_happening())

    async def _keep_happening(self) -> None:
        while True:
            await self._clock.sleep(self.happenings.happen())

    def _open(self) -> None:
        self._clock.put(PLATFORM_DAYS_AGO * DAY)
        serve_builtins(self.store)
        for name in (*SYSTEM_NAMESPACES, *platform.NAMESPACES, *teams.NAMESPACES):
            self.store.create(NAMESPACE, "", {"metadata": {"name": name}, "status": {"phase": "Active"}})
        for name in NODES:
            ready = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
            self.store.create(NODE, "", {"metadata": {"name": name}, "status": {"conditions": [ready]}})
        for manifest in definitions():
            self.store.create(DEFINITION, "", manifest)

    def _apply(self, days_ago: float, manifests: Iterable[Manifest]) -> None:
        """Somebody applies these, one after another, and waits until all has settled."""
        self._clock.put(days_ago * DAY)
        for manifest in manifests:
            resource = self.store.resources.named(manifest["kind"])
            self.store.create(resource, manifest["metadata"]["namespace"], manifest)
            self._pass(APPLY_SECONDS)
        self._pass(SETTLE_SECONDS)

    def _pass(self, seconds: float) -> float:
        """Let so much time pass, and everything be done in it."""
        left = seconds
        self.engine.turn()
        while left > 0:
            due = self.engine.due_in()
            pause = left if due is None else min(left, max(due, 0.001))
            self._clock.move(pause)
            left -= pause
            self.engine.turn()
        return max(seconds, 0.001)


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
