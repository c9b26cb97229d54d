"""The clusters Gyre watches, how well it knows each, and how administrators register them.

The watching is gyre.fleet's. No field here holds what opens a cluster.
"""

from typing import Self

import strawberry

from gyre.clock import rfc3339
from gyre.fleet.health import KindHealth
from gyre.fleet.registry import ClusterDraft, Outcome, Registered
from gyre.terms.sync import Sync
from resolvers.clusters import Clusters, WatchedCluster
from schema.types.actions import MutationError
from schema.types.declare import described, input_type, object_type, optional
from schema.types.enums import ClusterSource
from schema.types.scalars import DateTime, Position


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
class ClusterTest:
    """What came of trying a cluster."""

    worked: bool = described("Whether Gyre can watch it.")
    code: str | None = described("The code of what was in the way; null when it worked.")
    message: str = described("Which Kubernetes answered, or what was in the way.")
    at: DateTime = described("When it was tried.")

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """An outcome as the registry has it."""
        return cls(
            worked=outcome.worked,
            code=outcome.code or None,
            message=outcome.message,
            at=DateTime(rfc3339(outcome.at)),
        )


@object_type
class ClusterRegistration:
    """How a cluster is registered, for administrators. What opens it is never answered."""

    server: str | None = described("Host and port of its API; null while its credentials were not read.")
    context: str | None = described("The context of its kubeconfig; null for the operator's clusters.")
    added_by: str | None = described("Who added it; null for the operator's clusters.")
    added_at: DateTime | None = described("When it was added.")
    changed_at: DateTime | None = described("When its registration last changed.")
    test: ClusterTest | None = described("What came of the last test; null when there was none.")

    @classmethod
    def of(cls, known: Registered) -> Self:
        """A cluster as the registry has it."""
        return cls(
            server=known.server or None,
            context=known.context or None,
            added_by=known.added_by or None,
            added_at=DateTime(rfc3339(known.added_at)) if known.added_at else None,
            changed_at=DateTime(rfc3339(known.changed_at)) if known.changed_at else None,
            test=ClusterTest.of(known.test) if known.test else None,
        )


@object_type
class Cluster:
    """A cluster that Gyre watches."""

    id: strawberry.ID = described("Its id; that of an operator's cluster is its name.")
    name: str = described("Its name, unique in this Gyre.")
    source: ClusterSource = described("Who it comes from.")
    impersonate: bool = described("Whether writes go to it in the name of whoever makes them.")
    sync: Sync = described("The worst state among its kinds.")
    since: DateTime = described("Since when it is so.")
    problem: str | None = described("What is wrong with the cluster as a whole; null when nothing is.")
    connected: bool = described("Whether its API answers, whatever single kinds do.")
    kubernetes_version: str | None = described("The version its API server tells; null while it was never reached.")
    kinds: list[ClusterKind] = described("The Flux kinds it serves.")
    events: ClusterKind = described(
        "Kubernetes Events, as their watch stands; whatever it is, objects are as they are."
    )
    registration: ClusterRegistration | None = described("How it is registered; null for who is no administrator.")

    @classmethod
    def of(cls, watched: WatchedCluster) -> Self:
        """A cluster as resolvers found it."""
        health = watched.health
        return cls(
            id=strawberry.ID(watched.id),
            name=health.name,
            source=watched.source,
            impersonate=watched.impersonate,
            sync=health.state.sync,
            since=DateTime(rfc3339(health.state.since)),
            problem=health.state.problem or None,
            connected=health.connected,
            kubernetes_version=health.kubernetes_version or None,
            kinds=[ClusterKind.of(kind) for kind in watched.kinds],
            events=ClusterKind.of(watched.events),
            registration=ClusterRegistration.of(watched.registered) if watched.registered else None,
        )


@object_type
class ClusterStates:
    """The clusters you may see something of, as of one position."""

    clusters: list[Cluster] = described("The clusters, the operator's first.")
    position: Position = described("The position in the order of changes that this is as of.")

    @classmethod
    def of(cls, found: Clusters) -> Self:
        """The clusters as resolvers found them."""
        return cls(clusters=[Cluster.of(one) for one in found.clusters], position=Position(found.position))


@input_type
class AddClusterInput:
    """A cluster to be watched."""

    name: str = described("Its name: 1 to 63 letters, digits and . _ -.")
    kubeconfig: str = described("A kubeconfig, as YAML or JSON, in which nothing runs and no file is named.")
    context: str | None = optional("The context to use; by default its current one.")
    impersonate: bool = strawberry.field(
        description="Have writes go to it in the name of whoever makes them.", default=False
    )

    def draft(self) -> ClusterDraft:
        """As the resolver takes it."""
        return ClusterDraft(kubeconfig=self.kubeconfig, context=self.context, impersonate=self.impersonate)


@input_type
class UpdateClusterInput:
    """A change of how a cluster is reached; what is left out stays."""

    id: strawberry.ID = described("Its id or name.")
    kubeconfig: str | None = optional("Another kubeconfig.")
    context: str | None = optional("The context of that kubeconfig to use; by default its current one.")
    impersonate: bool | None = optional("Whether writes go to it in the name of whoever makes them.")

    def draft(self) -> ClusterDraft:
        """As the resolver takes it."""
        return ClusterDraft(kubeconfig=self.kubeconfig, context=self.context, impersonate=self.impersonate)


@input_type
class TestClusterInput:
    """What to try: a cluster as it is registered, or a kubeconfig of which nothing is kept."""

    id: strawberry.ID | None = optional("The id or name of a registered cluster.")
    kubeconfig: str | None = optional("A kubeconfig to try instead.")
    context: str | None = optional("The context of that kubeconfig to use; by default its current one.")

    def draft(self) -> ClusterDraft:
        """As the resolver takes it."""
        return ClusterDraft(kubeconfig=self.kubeconfig, context=self.context)


@object_type
class ClusterPayload:
    """The answer to adding or changing a cluster."""

    cluster: Cluster | None = optional("The cluster after the change; null when it was refused.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)


@object_type
class RemoveClusterPayload:
    """The answer to removing a cluster."""

    name: str | None = optional("The name of the cluster that was removed; null when it was refused.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)


@object_type
class TestClusterPayload:
    """The answer to testing a cluster."""

    test: ClusterTest | None = optional("What came of it; null when it was refused before anything was tried.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)
