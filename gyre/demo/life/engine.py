"""Carries out what the controllers want: queues, timers, retries, and the writes to the store.

Synchronous and deterministic: `turn` does everything that is due by the store's clock. What the controllers decide is
theirs; what happens outside the cluster is gyre.demo.story's.
"""

import asyncio
import heapq
import logging
import random
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from itertools import count

from gyre.demo.builtin_kinds import DEPLOYMENT, EVENT, POD
from gyre.demo.journal import Change, ChangeType
from gyre.demo.life.controllers import CONTROLLERS, FLUX_KINDS, Controller, Key, essence, listens_to
from gyre.demo.life.events import EventRecorder
from gyre.demo.life.steps import REQUESTED_AT, Step, Steps, Told, Work
from gyre.demo.life.writing import Writer
from gyre.demo.outside import Outside
from gyre.demo.refusals import Refusal
from gyre.demo.resources import Manifest, ResourceType
from gyre.demo.store import Store

SWITCHES = ("source.extensions.fluxcd.io/reconcile", "fluxcd.controlplane.io/reconcile")
REST_SECONDS = 1.0
_LOG = logging.getLogger(__name__)
POD_NAME_PARTS = 3


class Engine:
    """The simulated controllers of one store. It is the World that they see."""

    def __init__(self, store: Store, outside: Outside, controllers: Mapping[str, Controller] = CONTROLLERS) -> None:
        self.outside = outside
        self._controllers = controllers
        self.flux_changes = 0
        self._store = store
        self._types: dict[str, ResourceType] = {each.kind: each for each in store.resources}
        self._writer = Writer(store, self._types, EventRecorder(store, EVENT))
        self._heap: list[tuple[float, int, Key]] = []
        self._due: dict[Key, tuple[float, int]] = {}
        self._numbers = count()
        self._running: dict[Key, tuple[Work, Steps]] = {}
        self._half_done: dict[Key, Step] = {}
        self._again: set[Key] = set()
        self._seen: dict[Key, tuple[object, ...]] = {}
        self._listeners: dict[Key, set[Key]] = {}
        self._listening: dict[Key, tuple[Key, ...]] = {}
        self._quiet: set[Key] = set()
        self._paced: deque[Key] = deque()
        self._busy = False
        self._woken = asyncio.Event()

    # What the controllers see of the world.

    def now(self) -> datetime:
        """The moment."""
        return self._store.clock.now()

    def get(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """One object, None also when its kind is not served."""
        resource = self._types.get(kind)
        held = self._store.find(resource, namespace if resource.namespaced else "", name) if resource else None
        return held.read() if held else None

    def list(self, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind."""
        resource = self._types.get(kind)
        return [held.read() for held in self._store.list(resource, namespace)] if resource else []

    def serves(self, kind: str) -> bool:
        """Whether objects of this kind can be kept."""
        return kind in self._types

    # Running.

    def start(self) -> None:
        """Follow what happens in the store from now on, and take up what is there."""
        for kind in (*FLUX_KINDS, DEPLOYMENT.kind):
            resource = self._types.get(kind)
            if resource is not None:
                self._store.follow(resource, self._heard)
        self._store.follow(POD, self._heard_of_pod)

    def take_in(self, key: Key, signs: tuple[object, ...], others: tuple[Key, ...]) -> None:
        """Know an object that is as its controller left it: what would wake it, and whom it listens to. It rests."""
        self._seen[key] = signs
        self._quiet.add(key)
        self._listening[key] = others
        for other in others:
            self._listeners.setdefault(other, set()).add(key)

    def enqueue(self, key: Key, seconds: float = 0.0) -> None:
        """Reconcile this object then; an earlier time that is set already stays."""
        at = self._store.clock.monotonic() + seconds
        if key in self._due and self._due[key][0] <= at:
            return
        number = next(self._numbers)
        self._due[key] = (at, number)
        heapq.heappush(self._heap, (at, number, key))
        self._woken.set()

    def spread(self, chance: random.Random, seconds: float) -> None:
        """Set all timers anew, anywhere within so much time: after a pause not everything is due at once."""
        for key in sorted(self._due):
            self._due.pop(key)
            self.enqueue(key, chance.uniform(0, seconds))

    def due_in(self) -> float | None:
        """Seconds until something is due, None when nothing is."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
        return max(0.0, self._heap[0][0] - self._store.clock.monotonic()) if self._heap else None

    def turn(self) -> None:
        """Do everything that is due now."""
        while self.due_in() == 0:
            _, _, key = heapq.heappop(self._heap)
            self._due.pop(key, None)
            self._advance(key)
        self._writer.expire_events()

    async def run(self) -> None:
        """Turn for ever."""
        while True:
            self.turn()
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), min(self.due_in() or REST_SECONDS, REST_SECONDS))
            except TimeoutError:
                continue

    # Traffic: work on objects that rest, one change at a time.

    def pace(self, key: Key) -> None:
        """Reconcile a resting object, by and by, as `paced_change` is called."""
        if key not in self._paced:
            self._paced.append(key)

    @property
    def paced(self) -> int:
        """How many resting objects are being worked on."""
        return len(self._paced)

    def paced_change(self) -> bool:
        """Work on until one Flux object changed; False when there is nothing to work on."""
        before = self.flux_changes
        while self._paced and self.flux_changes == before:
            key = self._paced.popleft()
            if self._step(key) is not None:
                self._paced.append(key)
        return self.flux_changes != before

    # Inside.

    def _advance(self, key: Key) -> None:
        """Take steps until one needs time; then wait that long, or finish."""
        while True:
            pause = self._step(key)
            if pause is None:
                break
            if pause > 0:
                self.enqueue(key, pause)
                break
        if key in self._again and key not in self._running:
            self._again.discard(key)
            self.enqueue(key)

    def _step(self, key: Key) -> float | None:
        """One step of a reconciliation, begun when there is none: how long it takes, None at the end."""
        if key not in self._running and not self._begin(key):
            return None
        work, steps = self._running[key]
        self._busy = True
        try:
            step = self._half_done.pop(key, None) or next(steps, None)
            if step is None:
                self._running.pop(key, None)
                return None
            first, rest = self._writer.strokes(work, step)
            self._writer.carry_out(work, first)
        except Refusal as refusal:
            self._end_badly(key, work, refusal.message)
            return None
        except Exception as problem:  # noqa: BLE001 - a manifest that nobody foresaw must not end the cluster
            _LOG.exception("a simulated controller failed on %s %s/%s", *key)
            self._end_badly(key, work, f"panic: {problem!r}")
            return None
        finally:
            self._busy = False
        return self._after(key, step, rest)

    def _after(self, key: Key, step: Step, rest: Step | None) -> float | None:
        """How long it is until the next step; what a step still has to write is written without a pause."""
        if rest is not None:
            self._half_done[key] = rest
            return 0.0
        if step.again_in is not None and key not in self._quiet:
            self.enqueue(key, step.again_in)
            self._running.pop(key, None)
            return None
        return step.seconds

    def _end_badly(self, key: Key, work: Work, message: str) -> None:
        self._running.pop(key, None)
        self._half_done.pop(key, None)
        if self.get(*key) is not None:
            self._writer.tell(work.manifest, Told("ReconciliationFailed", message, warning=True))

    def _begin(self, key: Key) -> bool:
        manifest = self.get(*key)
        controller = self._controllers.get(key[0])
        if manifest is None or controller is None:
            return False
        work = Work(manifest, self)
        self._running[key] = (work, controller(work))
        return True

    def _heard(self, change: Change) -> None:
        manifest = change.held.read()
        key = _key(manifest)
        self.flux_changes += key[0] != DEPLOYMENT.kind
        if change.type is ChangeType.DELETED:
            self._forget(key)
            return
        before, now = self._seen.get(key), signs_of(manifest)
        self._seen[key] = now
        if not self._busy:
            self._quiet.discard(key)
        if before is None or before[:-1] != now[:-1]:
            self._listen(key, manifest)
            self._wake(key)
        if before is None or before[-1] != now[-1]:
            for listener in sorted(self._listeners.get(key, ())):
                self._wake(listener)

    def _wake(self, key: Key) -> None:
        if key in self._quiet:
            self.pace(key)
        elif key in self._running:
            self._again.add(key)
        else:
            self.enqueue(key)

    def _heard_of_pod(self, change: Change) -> None:
        """A Pod that is deleted by someone is made anew by what its Deployment's controller does."""
        parts = change.held.name.rsplit("-", POD_NAME_PARTS - 1)
        if change.type is ChangeType.DELETED and not self._busy and len(parts) == POD_NAME_PARTS:
            self.enqueue((DEPLOYMENT.kind, change.held.namespace, parts[0]), 0.2)

    def _listen(self, key: Key, manifest: Manifest) -> None:
        for other in self._listening.pop(key, ()):
            self._listeners[other].discard(key)
        self._listening[key] = others = tuple(listens_to(manifest))
        for other in others:
            self._listeners.setdefault(other, set()).add(key)

    def _forget(self, key: Key) -> None:
        self._seen.pop(key, None)
        self._due.pop(key, None)
        self._running.pop(key, None)
        self._half_done.pop(key, None)
        self._again.discard(key)
        self._quiet.discard(key)
        for other in self._listening.pop(key, ()):
            self._listeners[other].discard(key)
        for listener in sorted(self._listeners.get(key, ())):
            self._wake(listener)


def _key(manifest: Manifest) -> Key:
    meta = manifest["metadata"]
    return manifest["kind"], meta.get("namespace", ""), meta["name"]


def signs_of(manifest: Manifest) -> tuple[object, ...]:
    """What makes an object reconcile when it changes, and last what its listeners wait for."""
    meta = manifest["metadata"]
    annotations = meta.get("annotations") or {}
    switches = tuple(annotations.get(switch) for switch in SWITCHES)
    deleting = "deletionTimestamp" in meta
    return meta.get("generation"), annotations.get(REQUESTED_AT), switches, deleting, essence(manifest)
