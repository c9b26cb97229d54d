"""core/v1 Events as controllers record them: told again, the same Event counts up; after an hour they are gone."""

import hashlib
from collections import deque
from datetime import datetime, timedelta

from gyre.clock import rfc3339
from gyre.demo.life.controllers import COMPONENTS
from gyre.demo.life.steps import Told
from gyre.demo.refusals import Refusal
from gyre.demo.resources import Manifest, ResourceType
from gyre.demo.store import Store

KEPT = timedelta(hours=1)
MOST = 5_000  # an hour of a lively fleet; the oldest go first


class EventRecorder:
    """Writes Events to the store, and removes them when they are old."""

    def __init__(self, store: Store, event: ResourceType) -> None:
        self._store = store
        self._event = event
        self._known: dict[tuple[str, str, str], str] = {}
        self._ages: deque[tuple[datetime, str, str, tuple[str, str, str]]] = deque()

    def record(self, about: Manifest, told: Told, moment: datetime) -> None:
        """One Event about an object."""
        meta = about["metadata"]
        namespace = meta.get("namespace") or "default"
        same = (meta["uid"], told.reason, told.message)
        name = self._known.get(same)
        if name is None or not self._count_up(namespace, name, moment):
            name = f"{meta['name']}.{_suffix(same, moment)}"
            self._create(namespace, name, about, told, moment)
            self._known[same] = name
            self._ages.append((moment, namespace, name, same))
        while len(self._ages) > MOST:
            self._forget()

    def expire(self, moment: datetime) -> None:
        """Remove what was first told more than an hour ago."""
        while self._ages and self._ages[0][0] < moment - KEPT:
            self._forget()

    def _forget(self) -> None:
        _, namespace, name, same = self._ages.popleft()
        if self._known.get(same) == name:
            del self._known[same]
        if self._store.find(self._event, namespace, name) is not None:
            self._store.delete(self._event, namespace, name)

    def _count_up(self, namespace: str, name: str, moment: datetime) -> bool:
        held = self._store.find(self._event, namespace, name)
        if held is None:
            return False
        count = held.read().get("count", 1) + 1
        self._store.patch(self._event, namespace, name, {"count": count, "lastTimestamp": rfc3339(moment)})
        return True

    def _create(self, namespace: str, name: str, about: Manifest, told: Told, moment: datetime) -> None:
        meta, component = about["metadata"], COMPONENTS.get(about["kind"], "")
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": {
                "apiVersion": about["apiVersion"],
                "kind": about["kind"],
                "name": meta["name"],
                "namespace": meta.get("namespace", ""),
                "resourceVersion": meta.get("resourceVersion", ""),
                "uid": meta["uid"],
            },
            "reason": told.reason,
            "message": told.message,
            "type": "Warning" if told.warning else "Normal",
            "count": 1,
            "firstTimestamp": rfc3339(moment),
            "lastTimestamp": rfc3339(moment),
            "eventTime": None,
            "source": {"component": component},
            "reportingComponent": component,
            "reportingInstance": "",
        }
        try:
            self._store.create(self._event, namespace, event)
        except Refusal:
            return  # its namespace is going, and Events go with it


def _suffix(same: tuple[str, str, str], moment: datetime) -> str:
    return hashlib.sha256(f"{same} {moment.timestamp()}".encode()).hexdigest()[:16]
