"""Rows of Flux objects for tests that don't care where rows come from."""

from gyre.terms.naming import ClusterName
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
