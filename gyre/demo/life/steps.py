"""What a simulated controller writes: steps with the work between them, made from one object and its surroundings.

A controller is a generator of steps. It writes nothing itself: gyre.demo.life.engine carries the steps out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson

from gyre.clock import rfc3339
from gyre.demo.life import conditions
from gyre.demo.life.conditions import READY, RECONCILING, STALLED
from gyre.demo.outside import Outside
from gyre.demo.resources import Manifest

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
FORCE_AT = "reconcile.fluxcd.io/forceAt"
RESET_AT = "reconcile.fluxcd.io/resetAt"
FINALIZER = "finalizers.fluxcd.io"
DEPENDENCY_SECONDS = 5.0  # --requeue-dependency as many set it; the default of 30 s is slow to look at


class World(Protocol):
    """What a controller can see beside its own object."""

    @property
    def outside(self) -> Outside:
        """What is outside the cluster."""
        ...

    def now(self) -> datetime:
        """The moment."""
        ...

    def get(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """One object, None also when its kind is not served."""
        ...

    def list(self, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind."""
        ...

    def serves(self, kind: str) -> bool:
        """Whether objects of this kind can be kept."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """One core/v1 Event about the object."""

    reason: str
    message: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Another object, by name."""

    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write: the object's whole status, what is told, what happens to others; then so much work.

    The last step of a reconciliation says when the next is due by itself (`again_in`), or None.
    """

    status: Manifest
    told: tuple[Told, ...] = ()
    apply: tuple[Manifest, ...] = ()
    delete: tuple[Target, ...] = ()
    finalizers: tuple[str, ...] | None = None
    spec: Manifest | None = None
    seconds: float = 0.0
    again_in: float | None = None


Steps = Iterator[Step]


class Work:
    """One reconciliation of one object: what it is, what is said of it, what is told and done along the way."""

    def __init__(self, manifest: Manifest, world: World) -> None:
        meta = manifest["metadata"]
        self.manifest = manifest
        self.world = world
        self.kind: str = manifest["kind"]
        self.namespace: str = meta.get("namespace", "")
        self.name: str = meta["name"]
        self.generation: int = meta.get("generation", 1)
        self.annotations: dict[str, str] = meta.get("annotations") or {}
        self.finalizers: tuple[str, ...] = tuple(meta.get("finalizers") or ())
        self.deleting = "deletionTimestamp" in meta
        self.spec: Manifest = manifest.get("spec") or {}
        self.status: Manifest = manifest.get("status") or {}
        self.observes_generation = True
        self._told: list[Told] = []
        self._apply: list[Manifest] = []
        self._delete: list[Target] = []

    @property
    def now(self) -> str:
        """The moment as Kubernetes writes it."""
        return rfc3339(self.world.now())

    @property
    def requested(self) -> bool:
        """Whether someone asked for a reconciliation that was not answered yet."""
        asked = self.annotations.get(REQUESTED_AT)
        return asked is not None and asked != self.status.get("lastHandledReconcileAt")

    @property
    def changed(self) -> bool:
        """Whether the spec is newer than what was last reconciled."""
        return self.generation != self.observed_generation

    @property
    def observed_generation(self) -> int:
        """The generation that was reconciled last, 0 for none."""
        if self.observes_generation:
            return int(self.status.get("observedGeneration", 0))
        ready = conditions.find(self.status, READY)
        return int(ready.get("observedGeneration", 0)) if ready else 0

    def mark(self, type_: str, status: str, reason: str, message: str) -> None:
        """Set a condition for the generation that is being reconciled."""
        condition = {
            "type": type_,
            "status": status,
            "reason": reason,
            "message": message,
            "observedGeneration": self.generation,
        }
        conditions.put(self.status, condition, at=self.now)

    def drop(self, *types: str) -> None:
        """Remove conditions."""
        conditions.drop(self.status, *types)

    def is_true(self, type_: str) -> bool:
        """Whether a condition is True."""
        return conditions.is_true(self.status, type_)

    def has(self, type_: str) -> bool:
        """Whether there is such a condition."""
        return conditions.find(self.status, type_) is not None

    def reconciling(self, message: str, reason: str = "Progressing") -> None:
        """Say that work is under way: what had given up has not any more."""
        self.drop(STALLED)
        self.mark(RECONCILING, "True", reason, message)

    def progress(self, message: str, *, drift: bool) -> None:
        """Say that work is under way; Ready becomes Unknown when there is news, or when it was not known before."""
        self.reconciling(message)
        ready = conditions.find(self.status, READY)
        if drift or ready is None or ready["status"] == "Unknown":
            self.mark(READY, "Unknown", "Progressing", message)

    def tell(self, reason: str, message: str, *, warning: bool = False) -> None:
        """Record an Event with the next step."""
        self._told.append(Told(reason, message, warning))

    def apply(self, *manifests: Manifest) -> None:
        """Create or update other objects with the next step."""
        self._apply.extend(manifests)

    def delete(self, *targets: Target) -> None:
        """Delete other objects with the next step."""
        self._delete.extend(targets)

    def answer_request(self) -> None:
        """Note that the request for reconciliation was handled."""
        if REQUESTED_AT in self.annotations:
            self.status["lastHandledReconcileAt"] = self.annotations[REQUESTED_AT]

    def observe(self) -> None:
        """Note that this generation was reconciled, where the kind keeps that."""
        if self.observes_generation:
            self.status["observedGeneration"] = self.generation

    def step(
        self,
        seconds: float = 0.0,
        *,
        again_in: float | None = None,
        finalizers: tuple[str, ...] | None = None,
        spec: Manifest | None = None,
    ) -> Step:
        """What was gathered since the last step, to be written now."""
        made = Step(
            status=orjson.loads(orjson.dumps(self.status)),
            told=tuple(self._told),
            apply=tuple(self._apply),
            delete=tuple(self._delete),
            finalizers=finalizers,
            spec=spec,
            seconds=seconds,
            again_in=again_in,
        )
        self._told, self._apply, self._delete = [], [], []
        return made

    def adopt(self) -> Step | None:
        """The step that adds Flux's finalizer, when it is missing."""
        if FINALIZER in self.finalizers:
            return None
        self.finalizers = (*self.finalizers, FINALIZER)
        return self.step(finalizers=self.finalizers)

    def let_go(self) -> Step:
        """The step that removes the finalizer, so that the object can go."""
        return self.step(finalizers=tuple(name for name in self.finalizers if name != FINALIZER))

    def stall(self, reason: str, message: str) -> None:
        """Give up: only a new spec can help."""
        self.mark(STALLED, "True", reason, message)
        self.drop(RECONCILING)
        self.mark(READY, "False", reason, message)
        self.observe()
