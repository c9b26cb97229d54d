"""What a client may ask lists for.

How rows are chosen by it, and what is too long to be meant, is gyre.fleet's.
"""

import strawberry

from gyre.fleet.events import queries as events
from gyre.fleet.queries import NO_FILTER, LabelWanted, Order, RowFilter, SortKey
from gyre.terms.events import EventType
from gyre.terms.rows import Word
from schema.types.declare import described, input_type, optional
from schema.types.enums import SortDirection
from schema.types.scalars import DateTime


@input_type
class LabelInput:
    """A label that must be there."""

    key: str = described("The label's key.")
    value: str | None = optional("The value it must have; left out, any value will do.")


@input_type
class ResourceFilter:
    """Which objects; every condition given must hold, and an empty list counts as not given."""

    clusters: list[str] | None = optional("In one of these clusters.")
    kinds: list[str] | None = optional("Of one of these kinds: Kind, plural, singular or short name, in any case.")
    namespaces: list[str] | None = optional(
        "In one of these namespaces; `*` and `?` stand for any text and any character."
    )
    statuses: list[Word] | None = optional("With one of these statuses.")
    labels: list[LabelInput] | None = optional("With all of these labels.")
    text: str | None = optional("Every word of it occurs in name, namespace, kind, message or revision, in any case.")


@input_type
class EventFilter:
    """Which events; every condition given must hold, and an empty list counts as not given."""

    clusters: list[str] | None = optional("In one of these clusters.")
    kinds: list[str] | None = optional("About objects of one of these kinds, by any of its names.")
    namespaces: list[str] | None = optional(
        "About objects in one of these namespaces; `*` and `?` as in ResourceFilter."
    )
    names: list[str] | None = optional("About objects of one of these names; `*` and `?` as in ResourceFilter.")
    types: list[EventType] | None = optional("Of one of these types.")
    reasons: list[str] | None = optional("With one of these reasons, exactly.")
    text: str | None = optional("Every word of it occurs in object, reason, message or controller, in any case.")
    since: DateTime | None = optional("Told at this moment or later.")


@input_type
class ResourceSort:
    """The order of rows."""

    by: SortKey = strawberry.field(description="What to sort by.", default=SortKey.NAME)
    direction: SortDirection = strawberry.field(description="Which end comes first.", default=SortDirection.ASC)


def filter_of(given: ResourceFilter | None) -> RowFilter:
    """The filter as the resolvers take it."""
    if given is None:
        return NO_FILTER
    return RowFilter(
        clusters=tuple(given.clusters or ()),
        kinds=tuple(given.kinds or ()),
        namespaces=tuple(given.namespaces or ()),
        statuses=tuple(given.statuses or ()),
        labels=tuple(LabelWanted(label.key, label.value) for label in given.labels or ()),
        text=given.text or "",
    )


def event_filter_of(given: EventFilter | None) -> events.EventFilter:
    """The filter of events as the resolvers take it."""
    if given is None:
        return events.NO_EVENT_FILTER
    return events.EventFilter(
        clusters=tuple(given.clusters or ()),
        kinds=tuple(given.kinds or ()),
        namespaces=tuple(given.namespaces or ()),
        names=tuple(given.names or ()),
        types=tuple(given.types or ()),
        reasons=tuple(given.reasons or ()),
        text=given.text or "",
        since=given.since or "",
    )


def order_of(given: ResourceSort | None) -> Order:
    """The order as the resolvers take it."""
    if given is None:
        return Order()
    return Order(by=given.by, descending=given.direction is SortDirection.DESC)
