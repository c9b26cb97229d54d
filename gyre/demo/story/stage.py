"""An empty cluster with its engine and the world around it, and time that can be made to pass."""

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
from gyre.demo.story.past import PastClock

DAY = 86_400.0
APPLY_SECONDS = 2.0
SETTLE_SECONDS = 90.0
VERSIONS_A_SECOND = 100
SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public")


class Stage:
    """What a story is told on."""

    def __init__(self, clock: Clock, *, days_ago: float) -> None:
        self.clock = PastClock(clock)
        self.clock.put(days_ago * DAY)
        self.store = Store(self.clock, first_version=int(clock.now().timestamp() * VERSIONS_A_SECOND))
        serve_builtins(self.store)
        for manifest in definitions():
            self.store.create(DEFINITION, "", manifest)
        for name in NODES:
            ready = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
            self.store.create(NODE, "", {"metadata": {"name": name}, "status": {"conditions": [ready]}})
        self.has_namespaces(SYSTEM_NAMESPACES)
        self.outside = Outside()
        self.engine = Engine(self.store, self.outside)
        self.engine.start()

    def has_namespaces(self, names: Iterable[str]) -> None:
        """Make namespaces."""
        for name in names:
            self.store.create(NAMESPACE, "", {"metadata": {"name": name}, "status": {"phase": "Active"}})

    def apply(self, days_ago: float, manifests: Iterable[Manifest]) -> None:
        """Somebody applies these, one after another, and waits until all has settled."""
        self.clock.put(days_ago * DAY)
        for manifest in manifests:
            resource = self.store.resources.named(manifest["kind"])
            self.store.create(resource, manifest["metadata"]["namespace"], manifest)
            self.passes(APPLY_SECONDS)
        self.passes(SETTLE_SECONDS)

    def passes(self, seconds: float) -> float:
        """Let so much time pass, and everything be done in it."""
        left = seconds
        self.engine.turn()
        while left > 0:
            due = self.engine.due_in()
            pause = left if due is None else min(left, max(due, 0.001))
            self.clock.move(pause)
            left -= pause
            self.engine.turn()
        return max(seconds, 0.001)
