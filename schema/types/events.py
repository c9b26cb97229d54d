"""Kubernetes Events about Flux objects, their pages and their changes.

An Event is a gyre.terms EventRow as it is: its attributes have the same names, so that nothing is copied.
"""

from collections.abc import Iterable
from typing import Self, cast

import strawberry

from gyre.fleet.events.reading import EventPage
from gyre.terms.changes import ChangeType
from gyre.terms.events import EventRow, EventType
from schema.types.declare import computed, described, object_type
from schema.types.rows import PageInfo, ReadError, Reference
from schema.types.scalars import DateTime, Position


@object_type
class Event:
    """What was told about a Flux object: a Kubernetes Event, kept until Kubernetes removes it."""

    id: strawberry.ID = described("Stable identity: cluster, namespace and name of the Event.")
    cluster: str = described("The cluster it is in.")
    namespace: str = described("The namespace of the Event itself.")
    name: str = described("The name of the Event itself.")
    uid: str = described("The uid Kubernetes gave it.")
    type: EventType = described("Whether somebody should look.")
    reason: str = described("The reason, one word.")
    message: str = described("What was told, word for word, secrets masked.")
    count: int = described("How often it was told.")
    first_at: DateTime = described("When it was first told.")
    last_at: DateTime = described("When it was last told.")
    controller: str = described("Who told it, as `kustomize-controller`; empty when unknown.")
    about: Reference = described("The object it is about, which may be gone.")


@object_type
class EventEdge:
    """An event with its cursor."""

    node: Event = described("The event.")
    cursor: str = described("`after` for the older ones that follow it.")


@object_type
class EventConnection:
    """One page of events, the newest first."""

    nodes: list[Event] = described("The events.")
    page_info: PageInfo = described("Where the page stands in the whole.")
    total_count: int = described("How many events match, of those about objects you may see.")
    position: Position = described("The place in the order of events the page was read at: `after` of eventChanges.")
    errors: list[ReadError] = described("What could not be read, or not afresh, or not be kept as it is too much.")

    page: strawberry.Private[EventPage]

    @computed("The events, each with its cursor.")
    def edges(self) -> list[EventEdge]:
        """The events, each with its cursor."""
        pairs = zip(self.nodes, self.page.cursors, strict=True)
        return [EventEdge(node=node, cursor=cursor) for node, cursor in pairs]

    @classmethod
    def of(cls, page: EventPage) -> Self:
        """A page as the fleet read it."""
        info = PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.start_cursor,
            end_cursor=page.end_cursor,
        )
        return cls(
            nodes=_events_of(page.rows),
            page_info=info,
            total_count=page.total,
            position=Position(page.position),
            errors=ReadError.each(page.problems),
            page=page,
        )


@object_type
class EventChange:
    """One change of one event in your view."""

    type: ChangeType = described("What happened: MODIFIED is told again, DELETED removed by Kubernetes or at a bound.")
    position: Position = described("Its place in the order of events: continue with it as `after`.")
    cluster: str | None = described("The cluster it happened in; null for RESYNC.")
    event: Event | None = described("The event as it is now, or as it last was; null for RESYNC.")


def _events_of(rows: Iterable[EventRow]) -> list[Event]:
    """Domain rows where the schema says Event: the same attributes, read by name."""
    return cast("list[Event]", list(rows))
