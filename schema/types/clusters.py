"""The clusters Gyre watches and how well it knows each.

The watching is gyre.fleet's.
"""

from typing import Self

from gyre.clock import rfc3339
from gyre.fleet.health import KindHealth
from gyre.terms.sync import Sync
from resolvers.catalogue import WatchedCluster
from schema.types.declare import described, object_type
from schema.types.scalars import DateTime


@object_type
class ClusterKind:
    """One kind in one cluster, as its watch stands."""

    name: str = described("The kind, as `HelmRelease`.")
    group: str = described("Its API group.")
    plural: str = described("Its plural.")
    version: str = described("The version the cluster serves and Gyre reads.")
    sync: Sync = described("How well it is known.")
    since: DateTime = described("Since when it is so.")
    problem: str | None = described("What is wrong, in words; null when nothing is.")
    count: int = described("How many objects of it you may see.")

    @classmethod
    def of(cls, watched: KindHealth) -> Self:
        """A kind as the fleet knows it."""
        return cls(
            name=watched.kind.name,
            group=watched.kind.group,
            plural=watched.kind.plural,
            version=watched.version,
            sync=watched.state.sync,
            since=DateTime(rfc3339(watched.state.since)),
            problem=watched.state.problem or None,
            count=watched.count,
        )


@object_type
class Cluster:
    """A cluster that Gyre watches."""

    name: str = described("Its name, unique in this Gyre.")
    sync: Sync = described("The worst state among its kinds.")
    since: DateTime = described("Since when it is so.")
    problem: str | None = described("What is wrong with the cluster as a whole; null when nothing is.")
    kubernetes_version: str | None = described("The version its API server tells; null while it was never reached.")
    kinds: list[ClusterKind] = described("The Flux kinds it serves.")
    events: ClusterKind = described(
        "Kubernetes Events, as their watch stands; whatever it is, objects are as they are."
    )

    @classmethod
    def of(cls, watched: WatchedCluster) -> Self:
        """A cluster as resolvers found it."""
        return cls(
            name=watched.health.name,
            sync=watched.health.state.sync,
            since=DateTime(rfc3339(watched.health.state.since)),
            problem=watched.health.state.problem or None,
            kubernetes_version=watched.health.kubernetes_version or None,
            kinds=[ClusterKind.of(kind) for kind in watched.kinds],
            events=ClusterKind.of(watched.events),
        )
