"""How a controller's step becomes writes to the store."""

from collections.abc import Mapping
from dataclasses import replace

from gyre.demo.life import inventory
from gyre.demo.life.controllers import FLUX_KINDS
from gyre.demo.life.events import EventRecorder
from gyre.demo.life.steps import Step, Target, Told, Work
from gyre.demo.refusals import Refusal
from gyre.demo.resources import Manifest, ResourceType
from gyre.demo.store import Store

NOT_FOUND = 404


class Writer:
    """Writes to a store what controllers want written."""

    def __init__(self, store: Store, types: Mapping[str, ResourceType], events: EventRecorder) -> None:
        self._store = store
        self._types = types
        self._events = events

    def carry_out(self, work: Work, step: Step) -> None:
        """All of one step; refused when the object itself is gone."""
        resource = self._types[work.kind]
        for manifest in step.apply:
            self._apply(work, manifest)
        for target in step.delete:
            self._delete(target)
        if step.spec is not None:
            spec = step.spec
            self._store.edit(resource, work.namespace, work.name, lambda now: {**now, "spec": spec})
        self._store.write_status(resource, work.namespace, work.name, step.status)
        for told in step.told:
            self.tell(work.manifest, told)
        if step.finalizers is not None:
            patch = {"metadata": {"finalizers": list(step.finalizers) or None}}
            self._store.patch(resource, work.namespace, work.name, patch)

    def strokes(self, work: Work, step: Step) -> tuple[Step, Step | None]:
        """A step as Flux's controllers write it: the conditions first, all else of the status in a second request."""
        held = self._store.find(self._types[work.kind], work.namespace, work.name)
        before: Manifest = (held.read().get("status") or {}) if held else {}
        conditions, others = _parted(step.status)
        said, kept = _parted(before)
        if work.kind not in FLUX_KINDS or conditions == said or others == kept:
            return step, None
        first = replace(step, status=kept | conditions, told=(), finalizers=None)
        return first, replace(step, apply=(), delete=(), spec=None)

    def tell(self, about: Manifest, told: Told) -> None:
        """Record one Event."""
        self._events.record(about, told, self._store.clock.now())

    def expire_events(self) -> None:
        """Remove old Events."""
        self._events.expire(self._store.clock.now())

    def _apply(self, work: Work, manifest: Manifest) -> None:
        resource = self._types.get(manifest["kind"])
        if resource is None:
            return
        meta = manifest["metadata"]
        namespace = meta.get("namespace", "") if resource.namespaced else ""
        try:
            if self._store.find(resource, namespace, meta["name"]) is None:
                self._store.create(resource, namespace, manifest)
            else:
                self._store.edit(resource, namespace, meta["name"], lambda now: _laid_over(now, manifest))
            if "status" in manifest and resource.has_status:
                self._store.write_status(resource, namespace, meta["name"], manifest["status"])
        except Refusal as refusal:
            subject = inventory.subject(inventory.identity(manifest))
            message = f"{subject} dry-run failed ({refusal.reason}): {refusal.message}"
            self.tell(work.manifest, Told("ReconciliationFailed", message, warning=True))

    def _delete(self, target: Target) -> None:
        resource = self._types.get(target.kind)
        if resource is None:
            return
        try:
            self._store.delete(resource, target.namespace if resource.namespaced else "", target.name)
        except Refusal as refusal:
            if refusal.code != NOT_FOUND:
                raise


def _parted(status: Manifest) -> tuple[Manifest, Manifest]:
    """The conditions, and everything else."""
    conditions = {key: value for key, value in status.items() if key == "conditions"}
    return conditions, {key: value for key, value in status.items() if key != "conditions"}


def _laid_over(live: Manifest, wanted: Manifest) -> Manifest:
    result = inventory.overlaid(live, {key: value for key, value in wanted.items() if key != "status"})
    if not isinstance(result, dict):
        raise TypeError("an object stays an object")
    return result
