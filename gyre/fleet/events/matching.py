"""Turns a filter and what someone sees into one test of an Event, and into a key equal for equal tests.

Rights are gyre.access': who may view the object sees what is told about it. Moments are not tested here, as lists are
in their order.
"""

import msgspec

from gyre.access.sight import Sight
from gyre.fleet.cache import Cache
from gyre.fleet.events.queries import EventFilter
from gyre.fleet.events.store import HeldEvent
from gyre.fleet.filters import cluster_named, kinds_named, named_by
from gyre.terms.events import EventType
from gyre.terms.naming import ClusterName, Kind


class WantedEvents(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with its names understood; None and empty ones ask nothing."""

    clusters: frozenset[ClusterName] | None
    kinds: frozenset[Kind] | None
    namespaces: frozenset[str]
    names: frozenset[str]
    types: frozenset[EventType]
    reasons: frozenset[str]
    words: tuple[str, ...]


def understand(asked: EventFilter, cache: Cache, sight: Sight) -> WantedEvents:
    """What the names in a filter mean; a cluster one may not see is one that does not exist."""
    kinds = [kind for name in asked.kinds for kind in kinds_named(name, cache)]
    clusters = [cluster_named(name, cache, sight) for name in asked.clusters]
    return WantedEvents(
        clusters=frozenset(clusters) if clusters else None,
        kinds=frozenset(kinds) if kinds else None,
        namespaces=frozenset(asked.namespaces),
        names=frozenset(asked.names),
        types=frozenset(asked.types),
        reasons=frozenset(asked.reasons),
        words=tuple(sorted(set(asked.text.casefold().split()))),
    )


class EventTest:
    """A filter and a sight together, asked of one Event."""

    def __init__(self, wanted: WantedEvents, sight: Sight) -> None:
        self._wanted = wanted
        self._sight = sight

    def __call__(self, event: HeldEvent) -> bool:
        """Whether the Event is asked for and may be seen."""
        row = event.row
        return (
            self._sight.sees(row.cluster, row.plural, row.about.namespace)
            and self._of_object(event)
            and self._of_event(event)
        )

    def _of_object(self, event: HeldEvent) -> bool:
        wanted, row = self._wanted, event.row
        if wanted.clusters is not None and row.cluster not in wanted.clusters:
            return False
        if wanted.kinds is not None and event.kind not in wanted.kinds:
            return False
        if wanted.namespaces and not named_by(row.about.namespace, wanted.namespaces):
            return False
        return not wanted.names or named_by(row.about.name, wanted.names)

    def _of_event(self, event: HeldEvent) -> bool:
        wanted, row = self._wanted, event.row
        if wanted.types and row.type not in wanted.types:
            return False
        if wanted.reasons and row.reason not in wanted.reasons:
            return False
        return all(word in event.text for word in wanted.words)
