"""Objects for tests of lists: taken in as from a cluster, so that every row is what the product would make of it."""

import json
from dataclasses import dataclass

from gyre.flux.intake import Taken, take
from gyre.terms.naming import ClusterName, Kind

KUSTOMIZATIONS = Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations")
READY_STATUS = {"Ready": ("True", "Succeeded"), "Failed": ("False", "BuildFailed"), "Progressing": ("Unknown", "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What decides where an object stands in lists."""

    cluster: str = "default"
    kind: Kind = KUSTOMIZATIONS
    namespace: str = "prod"
    name: str = "apps"
    word: str = "Ready"
    changed: str = "2026-01-01T00:00:00Z"
    created: str = "2026-01-01T00:00:00Z"
    reconciled: str | None = None
    message: str = "all is well"
    labels: tuple[tuple[str, str], ...] = ()
    waits_for: str = ""

    def taken(self, version: int) -> Taken:
        """The object at this resourceVersion."""
        status, reason = READY_STATUS[self.word]
        condition = {
            "type": "Ready",
            "status": status,
            "reason": reason,
            "message": self.message,
            "lastTransitionTime": self.changed,
        }
        document = {
            "apiVersion": f"{self.kind.group}/v1",
            "kind": self.kind.name,
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "uid": f"{self.cluster}-{self.kind.plural}-{self.namespace}-{self.name}",
                "resourceVersion": str(version),
                "creationTimestamp": self.created,
                "labels": dict(self.labels),
            },
            "spec": {"dependsOn": [{"name": self.waits_for}] if self.waits_for else []},
            "status": {"conditions": [condition], "lastHandledReconcileAt": self.reconciled},
        }
        return take(ClusterName(self.cluster), self.kind, "v1", json.dumps(document).encode())
