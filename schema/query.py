"""What can be asked.

Each field reads its input, asks a resolver and maps the answer; who may see what is decided there.
"""

from typing import Annotated

import strawberry

from gyre.fleet.events.queries import Part
from gyre.fleet.queries import RowQuery
from resolvers import catalogue, clusters, events, overviews, resources, writes
from resolvers.targets import Target
from schema.audit_query import AuditQuery
from schema.people_query import PeopleQuery
from schema.types.arguments import (
    EventsAfter,
    EventsOffset,
    InCluster,
    KindName,
    Name,
    Namespace,
    WhichEvents,
    WhichObjects,
)
from schema.types.clusters import Cluster
from schema.types.declare import computed, object_type
from schema.types.events import EventConnection
from schema.types.filters import ResourceSort, event_filter_of, filter_of, order_of
from schema.types.kinds import Kind
from schema.types.overview import Overview
from schema.types.people import Viewer
from schema.types.registry import resource_of
from schema.types.resource import Resource
from schema.types.rows import ResourceRowConnection
from schema.types.scalars import Position
from schema.types.writes import DeletionPreview, LiveManifest

Info = strawberry.Info
NotBefore = Annotated[
    Position | None,
    strawberry.argument(description="Wait up to two seconds for this position, so that your own write is seen."),
]


@object_type
class Query(PeopleQuery, AuditQuery):
    """What can be asked."""

    @computed("You; null when nobody is signed in.")
    async def viewer(self, info: Info) -> Viewer | None:
        """Who is signed in."""
        principal = info.context.principal
        return Viewer.of(principal) if principal else None

    @computed("The kinds of Flux objects, and what can be done with each.")
    async def kinds(self, info: Info) -> list[Kind]:
        """The kinds of Flux objects."""
        return [Kind.of(known) for known in catalogue.kinds(info.context)]

    @computed("The plurals that a rule may name, beside `*`: those of Flux, then those of workloads.")
    async def rule_resources(self, info: Info) -> list[str]:
        """What a rule may name."""
        return list(catalogue.rule_resources(info.context))

    @computed("The clusters you may see something of, and how well Gyre knows each.")
    async def clusters(self, info: Info) -> list[Cluster]:
        """The clusters."""
        return [Cluster.of(cluster) for cluster in clusters.clusters(info.context)]

    @computed("One cluster, by its name or its id. CLUSTER_NOT_FOUND also when you may see nothing of it.")
    async def cluster(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Its name.")] = None,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Or its id.")] = None,  # noqa: A002
    ) -> Cluster:
        """One cluster."""
        return Cluster.of(clusters.cluster(info.context, name=name, cluster_id=id))

    @computed("One page of the objects you may see, as rows.")
    async def resources(  # GraphQL arguments are always given by name
        self,
        info: Info,
        filter: WhichObjects = None,  # noqa: A002 # the argument's name in the schema
        sort: Annotated[
            ResourceSort | None, strawberry.argument(description="The order; by name when left out.")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many rows; 1,000 at most.")] = 50,
        after: Annotated[str | None, strawberry.argument(description="Only rows behind this cursor.")] = None,
        offset: Annotated[
            int | None, strawberry.argument(description="Pass over so many rows; not with `after`.")
        ] = None,
        not_before: NotBefore = None,
    ) -> ResourceRowConnection:
        """One page of rows."""
        query = RowQuery(filter=filter_of(filter), order=order_of(sort), limit=first, after=after, offset=offset or 0)
        page = await resources.page(info.context, query, not_before=not_before)
        return ResourceRowConnection.of(page)

    @computed("One object, whole. RESOURCE_NOT_FOUND when it does not exist or you may not see it.")
    async def resource(  # GraphQL arguments are always given by name
        self,
        info: Info,
        kind: KindName,
        namespace: Namespace,
        name: Name,
        cluster: InCluster = "default",
        not_before: NotBefore = None,
    ) -> Resource:
        """One object."""
        target = Target(cluster=cluster, kind=kind, namespace=namespace, name=name)
        return resource_of(await resources.one(info.context, target, not_before=not_before))

    @computed("What goes with an object when it is deleted; for who may delete it.")
    async def deletion_preview(
        self, info: Info, kind: KindName, namespace: Namespace, name: Name, cluster: InCluster = "default"
    ) -> DeletionPreview:
        """What goes with an object."""
        target = Target(cluster=cluster, kind=kind, namespace=namespace, name=name)
        return DeletionPreview.of(await writes.deletion_preview(info.context, target))

    @computed("One object with its secrets, read from the cluster now; for who may edit it, and it is recorded.")
    async def live_manifest(
        self, info: Info, kind: KindName, namespace: Namespace, name: Name, cluster: InCluster = "default"
    ) -> LiveManifest:
        """One object with its secrets."""
        target = Target(cluster=cluster, kind=kind, namespace=namespace, name=name)
        return LiveManifest(found=await writes.unmasked(info.context, target))

    @computed("Counts of what you may see, and what fails now.")
    async def overview(self, info: Info, filter: WhichObjects = None) -> Overview:  # noqa: A002 # its name in the schema
        """Counts, and what fails."""
        return Overview.of(await overviews.overview(info.context, filter_of(filter)))

    @computed("One page of the Kubernetes Events about objects you may see, the newest first.")
    async def events(  # GraphQL arguments are always given by name
        self,
        info: Info,
        filter: WhichEvents = None,  # noqa: A002 # the argument's name in the schema
        first: Annotated[int, strawberry.argument(description="How many events; 1,000 at most.")] = 50,
        after: EventsAfter = None,
        offset: EventsOffset = None,
    ) -> EventConnection:
        """One page of events."""
        part = Part(limit=first, after=after, offset=offset or 0)
        return EventConnection.of(await events.page(info.context, event_filter_of(filter), part))
