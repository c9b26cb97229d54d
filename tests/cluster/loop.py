"""Makes Flux objects, acts on them as Gyre does, and waits for what the fleet sees of them.

The controllers that make it so: see flux.py.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gyre.clock import SystemClock
from gyre.flux import patches
from gyre.flux.inventory import entries
from gyre.flux.kinds import FluxKind, by_name
from gyre.flux.parsing import parse
from gyre.kube.client import Call, KubeClient, path_of
from gyre.kube.writing import patch
from gyre.operations.waiting import Requested, until_handled
from gyre.terms.people import Action, Allowed
from gyre.terms.rows import Row, Word
from tests.cluster.agreeing import agree
from tests.cluster.git_server import Repository
from tests.cluster.watched import ADA, Watched, ref_of
from tests.cluster.writing import CLUSTER

CLOCK = SystemClock()
SLOWLY = 120.0


def kind_of(name: str) -> FluxKind:
    """The kind of this name, which is one of Flux's."""
    known = by_name(name)
    assert known is not None, name
    return known


class Loop:
    """A namespace in which Flux reconciles, and the fleet that sees it."""

    def __init__(self, admin: KubeClient, watched: Watched, namespace: str) -> None:
        self.admin = admin
        self.watched = watched
        self.namespace = namespace

    async def create(self, kind: str, name: str, **spec: Any) -> None:
        """Make a Flux object, as its owner would."""
        known = kind_of(kind)
        version = self.watched.fleet.version_of(CLUSTER, known.kind) or ""
        document = {
            "apiVersion": f"{known.kind.group}/{version}",
            "kind": known.kind.name,
            "metadata": {"name": name},
            "spec": spec,
        }
        await self.admin.ask(Call(path=self.path(kind), method="POST", body=json.dumps(document).encode()))

    def path(self, kind: str) -> str:
        """Where the API server has the objects of this kind in this namespace."""
        known = kind_of(kind).kind
        return path_of(known, self.watched.fleet.version_of(CLUSTER, known) or "", namespace=self.namespace)

    def row(self, kind: str, name: str) -> Row | None:
        return self.watched.row(kind, self.namespace, name)

    async def until(self, kind: str, name: str, what: Callable[[Row], bool]) -> Row:
        """The row as soon as it is so, and as `kubectl get` has it; a failure shows what it was instead."""
        try:
            await self.watched.until(lambda: (row := self.row(kind, name)) is not None and what(row), seconds=SLOWLY)
        except TimeoutError:
            pytest.fail(f"{kind} {name} stayed {self.row(kind, name)}")
        row = self.row(kind, name)
        assert row is not None
        await self.agrees(kind, name)
        return row

    async def agrees(self, kind: str, name: str) -> None:
        """What Gyre says of it now is what `kubectl get` shows and what its controller said."""
        await agree(self.admin, f"{self.path(kind)}/{name}", lambda: self.row(kind, name))

    async def act(self, kind: str, name: str, merge: patches.Patch) -> None:
        """Write as Gyre writes."""
        ref = ref_of(kind, self.namespace, name)
        allowed = Allowed(
            principal=ADA,
            action=Action.RECONCILE,
            cluster=CLUSTER,
            resource=ref.kind.plural,
            namespace=self.namespace,
            because="a test",
        )
        version = self.watched.fleet.version_of(CLUSTER, ref.kind) or ""
        raw = await patch(self.watched.fleet.writer(allowed), allowed, ref, version, merge)
        await self.watched.fleet.merge(CLUSTER, ref.kind, version, raw)
        await self.agrees(kind, name)

    async def reconcile(self, kind: str, name: str, *, force: bool = False, reset: bool = False) -> Row:
        """Ask the controller to look now, and wait until it has."""
        known = kind_of(kind)
        now = CLOCK.now()
        await self.act(kind, name, patches.reconcile(known, now, force=force, reset=reset))
        stamp = json.loads(self.body(kind, name))["metadata"]["annotations"][patches.REQUESTED_AT]
        requested = Requested(ref_of(kind, self.namespace, name), stamp)
        row = await until_handled(self.watched.fleet, self.watched.feed, requested, seconds=SLOWLY)
        await self.agrees(kind, name)
        return row

    def body(self, kind: str, name: str) -> bytes:
        held = self.watched.fleet.find(ref_of(kind, self.namespace, name))
        assert held is not None
        return held.body

    def inventory(self, kind: str, name: str) -> list[tuple[str, str, str]]:
        """Kind, namespace and name of each object that this one applied."""
        return [(entry.kind, entry.namespace, entry.name) for entry in entries(parse(self.body(kind, name)))]

    async def config_map(self, name: str) -> dict[str, str] | None:
        """The data of a ConfigMap in the cluster; None when it is not there."""
        path = f"/api/v1/namespaces/{self.namespace}/configmaps"
        items = json.loads(await self.admin.ask(Call(path=path)))["items"]
        return next((item["data"] for item in items if item["metadata"]["name"] == name), None)


class GitLoop(Loop):
    """The loop whose source is a Git repository."""

    def __init__(self, admin: KubeClient, watched: Watched, namespace: str, repository: Repository) -> None:
        super().__init__(admin, watched, namespace)
        self.repository = repository

    async def source(self) -> None:
        await self.create(
            "GitRepository", "config", url=self.repository.url, interval="10m", ref={"branch": "main"}, timeout="20s"
        )

    async def kustomization(self, name: str, path: str, **spec: Any) -> None:
        reference = {"kind": "GitRepository", "name": "config"}
        wanted = {"interval": "10m", "retryInterval": "2s", "prune": True, "timeout": "10s", **spec}
        await self.create(
            "Kustomization", name, path=path, sourceRef=reference, targetNamespace=self.namespace, **wanted
        )


def config_map(name: str, **data: str) -> str:
    """A manifest."""
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})


def is_ready(revision: str) -> Callable[[Row], bool]:
    """Ready with this revision."""
    return lambda row: row.status is Word.READY and row.revision == revision
