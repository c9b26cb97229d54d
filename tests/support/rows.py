"""Rows of Flux objects, and of Events about them, for tests that don't care where rows come from."""

from gyre.terms.events import EventRow, EventType
from gyre.terms.naming import ClusterName, Reference
from gyre.terms.rows import Row, Word

DEFAULT = ClusterName("default")


def row(name: str = "apps", *, namespace: str = "flux-system", cluster: ClusterName = DEFAULT, version: int = 1) -> Row:
    """The row of one Ready Kustomization."""
    return Row(
        cluster=cluster,
        group="kustomize.toolkit.fluxcd.io",
        kind="Kustomization",
        plural="kustomizations",
        version="v1",
        namespace=namespace,
        name=name,
        uid=f"uid-{namespace}-{name}",
        resource_version=str(version),
        generation=1,
        status=Word.READY,
        reason="ReconciliationSucceeded",
        message="Applied revision: main@sha1:1",
        suspended=False,
        revision="main@sha1:1",
        created_at="2026-01-01T00:00:00Z",
        changed_at=None,
        reconciled_at=None,
        labels=(),
        source=None,
        depends_on=(),
        owner=None,
    )


def event_row(name: str = "apps.1", *, cluster: ClusterName = DEFAULT) -> EventRow:
    """The row of one Event about a Kustomization."""
    return EventRow(
        cluster=cluster,
        namespace="flux-system",
        name=name,
        uid=f"uid-{name}",
        resource_version="1",
        type=EventType.NORMAL,
        reason="ReconciliationSucceeded",
        message="Reconciliation finished",
        count=1,
        first_at="2026-01-01T00:00:00Z",
        last_at="2026-01-01T00:00:00Z",
        controller="kustomize-controller",
        about=Reference("Kustomization", "apps", "flux-system", "kustomize.toolkit.fluxcd.io"),
        plural="kustomizations",
    )
