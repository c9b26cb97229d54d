"""A store whose objects live, by a clock that only moves when told; for tests of the simulated controllers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gyre.demo.builtin_kinds import EVENT, NAMESPACE, SECRET
from gyre.demo.crds import definitions
from gyre.demo.definitions import DEFINITION, serve_builtins
from gyre.demo.life.controllers import CONTROLLERS, Controller
from gyre.demo.life.engine import Engine
from gyre.demo.outside import Outside
from gyre.demo.store import Store
from tests.support.clocks import TurnedClock

API_VERSIONS = {
    "GitRepository": "source.toolkit.fluxcd.io/v1",
    "OCIRepository": "source.toolkit.fluxcd.io/v1",
    "Bucket": "source.toolkit.fluxcd.io/v1",
    "HelmRepository": "source.toolkit.fluxcd.io/v1",
    "HelmChart": "source.toolkit.fluxcd.io/v1",
    "ExternalArtifact": "source.toolkit.fluxcd.io/v1",
    "ArtifactGenerator": "source.extensions.fluxcd.io/v1beta1",
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "ImageRepository": "image.toolkit.fluxcd.io/v1",
    "ImagePolicy": "image.toolkit.fluxcd.io/v1",
    "ImageUpdateAutomation": "image.toolkit.fluxcd.io/v1",
    "Receiver": "notification.toolkit.fluxcd.io/v1",
    "Alert": "notification.toolkit.fluxcd.io/v1beta3",
    "Provider": "notification.toolkit.fluxcd.io/v1beta3",
    "FluxInstance": "fluxcd.controlplane.io/v1",
    "FluxReport": "fluxcd.controlplane.io/v1",
    "ResourceSet": "fluxcd.controlplane.io/v1",
    "ResourceSetInputProvider": "fluxcd.controlplane.io/v1",
}


class Living:
    """The store, its engine, what is outside, and shorthands in one namespace `shop`."""

    def __init__(self, controllers: Mapping[str, Controller] = CONTROLLERS) -> None:
        self.clock = TurnedClock()
        self.store = Store(self.clock)
        serve_builtins(self.store)
        for definition in definitions():
            self.store.create(DEFINITION, "", definition)
        self.store.create(NAMESPACE, "", {"metadata": {"name": "shop"}})
        self.outside = Outside()
        self.engine = Engine(self.store, self.outside, controllers)
        self.engine.start()

    def has(self, kind: str, name: str, spec: dict[str, Any], **metadata: Any) -> None:
        """Somebody applies an object."""
        manifest = {
            "apiVersion": API_VERSIONS[kind],
            "kind": kind,
            "metadata": {"name": name, **metadata},
            "spec": spec,
        }
        self.store.create(self.store.resources.named(kind), "shop", manifest)

    def has_secret(self, name: str, **data: str) -> None:
        """Somebody makes a Secret; the values are base64 already."""
        self.store.create(SECRET, "shop", {"metadata": {"name": name}, "data": data})

    def patch(self, kind: str, name: str, patch: dict[str, Any]) -> None:
        """Somebody patches an object."""
        self.store.patch(self.store.resources.named(kind), "shop", name, patch)

    def annotate(self, kind: str, name: str, **annotations: str | None) -> None:
        """Somebody annotates an object; underscores stand for what a keyword can't have."""
        keys = {
            "requested_at": "reconcile.fluxcd.io/requestedAt",
            "force_at": "reconcile.fluxcd.io/forceAt",
            "reset_at": "reconcile.fluxcd.io/resetAt",
            "generator": "source.extensions.fluxcd.io/reconcile",
            "operator": "fluxcd.controlplane.io/reconcile",
        }
        self.patch(kind, name, {"metadata": {"annotations": {keys[key]: value for key, value in annotations.items()}}})

    def delete(self, kind: str, name: str) -> None:
        """Somebody deletes an object."""
        self.store.delete(self.store.resources.named(kind), "shop", name)

    def passes(self, seconds: float) -> None:
        """Time passes, in small steps, and everything due is done."""
        end = self.clock.monotonic() + seconds
        while True:
            self.engine.turn()
            due = self.engine.due_in()
            left = end - self.clock.monotonic()
            if left <= 0:
                return
            pause = left if due is None else min(left, max(due, 0.001))
            self.clock.moment += timedelta(seconds=pause)

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """The object as it is now."""
        found = self.engine.get(kind, "shop", name)
        assert found is not None, f"there is no {kind} {name}"
        return found

    def names(self, kind: str) -> list[str]:
        """The names of all objects of a kind."""
        return [each["metadata"]["name"] for each in self.engine.list(kind)]

    def status(self, kind: str, name: str) -> dict[str, Any]:
        """Its status as it is now."""
        status: dict[str, Any] = self.get(kind, name).get("status") or {}
        return status

    def says(self, kind: str, name: str, type_: str = "Ready") -> tuple[str, str, str] | None:
        """Status, reason and message of a condition."""
        for each in self.status(kind, name).get("conditions", ()):
            if each["type"] == type_:
                return each["status"], each["reason"], each["message"]
        return None

    def events(self, name: str) -> list[tuple[str, str, str]]:
        """Type, reason and message of the Events about an object, oldest first."""
        found = [held.read() for held in self.store.list(EVENT) if held.read()["involvedObject"]["name"] == name]
        found.sort(key=lambda each: int(each["metadata"]["resourceVersion"]))
        return [(each["type"], each["reason"], each["message"]) for each in found]
