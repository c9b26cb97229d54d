"""What can be listened to.

A field says what is listened to; schema.live makes the frames that many share, and delivers them.
"""

from collections.abc import AsyncIterator
from typing import Annotated, cast

import strawberry

from resolvers import clusters, events, streams
from schema.types.arguments import WhichEvents, WhichObjects
from schema.types.changes import ResourceChange
from schema.types.clusters import ClusterStates
from schema.types.declare import object_type, subscription
from schema.types.events import EventChange
from schema.types.filters import event_filter_of, filter_of
from schema.types.overview import Overview
from schema.types.scalars import Position

Info = strawberry.Info


@object_type
class Subscription:
    """What can be listened to, over graphql-transport-ws or server-sent events."""

    @subscription("Every change of an object in your view, as it happens.")
    def resource_changes(
        self,
        info: Info,
        filter: WhichObjects = None,  # noqa: A002 # its name in the schema
        after: Annotated[
            Position | None,
            strawberry.argument(
                description="Begin with what was missed since this position; RESYNC when it is too long ago."
            ),
        ] = None,
    ) -> AsyncIterator[ResourceChange]:
        """Every change in the view."""
        return cast("AsyncIterator[ResourceChange]", streams.changes(info.context, filter_of(filter), after=after))

    @subscription("The overview, at once and then whenever it changes, four times a second at most.")
    def overview_changes(
        self,
        info: Info,
        filter: WhichObjects = None,  # noqa: A002 # its name in the schema
    ) -> AsyncIterator[Overview]:
        """The overview, renewed."""
        return cast("AsyncIterator[Overview]", streams.overviews(info.context, filter_of(filter)).shown_as(Overview.of))

    @subscription("Every change of a Kubernetes Event about an object in your view, as it happens.")
    def event_changes(
        self,
        info: Info,
        filter: WhichEvents = None,  # noqa: A002 # its name in the schema
        after: Annotated[
            Position | None,
            strawberry.argument(
                description="Begin with what was missed since this `position` of events; RESYNC if it is too long ago."
            ),
        ] = None,
    ) -> AsyncIterator[EventChange]:
        """Every change of the events in the view."""
        return cast("AsyncIterator[EventChange]", events.changes(info.context, event_filter_of(filter), after=after))

    @subscription("The clusters, at once and then whenever one changes, four times a second at most.")
    def cluster_changes(self, info: Info) -> AsyncIterator[ClusterStates]:
        """The clusters, renewed."""
        return cast("AsyncIterator[ClusterStates]", clusters.changes(info.context).shown_as(ClusterStates.of))
