"""Turns a filter and what someone sees into one test of an Event, and into a key equal for equal tests.

Rights are gyre.access': who may view the object sees what is told about it. Moments are not tested here, as lists are
in their order.
"""

from collections.abc import Iterable

import msgspec

from gyre.access.sight import Sight
from gyre.fleet.cache import Cache
from gyre.fleet.events.queries import EventFilter
from gyre.fleet.events.store import HeldEvent
from gyre.fleet.filters import MOST_VERDICTS, cluster_named, kinds_named, named_by
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


Where = tuple[str, str, str, str]
"""Cluster, group, Kind and namespace of the object: what many Events have in common."""


class EventTest:
    """A filter and a sight together, asked of one Event or of many at once; what is common is asked once."""

    def __init__(self, wanted: WantedEvents, sight: Sight) -> None:
        self._wanted = wanted
        self._sight = sight
        self._verdicts: dict[Where, bool] = {}

    def __call__(self, event: HeldEvent) -> bool:
        """Whether the Event is asked for and may be seen."""
        return bool(self.pick((event,)))

    def pick(self, events: Iterable[HeldEvent]) -> list[HeldEvent]:
        """Those that are asked for and may be seen, in their order.

        One test after the other over all is several times as fast as all tests on each.
        """
        wanted = self._wanted
        found = [event for event in events if self._admits(event)]
        for word in sorted(wanted.words, key=len, reverse=True):
            found = [event for event in found if word in event.text]
        if wanted.types:
            found = [event for event in found if event.row.type in wanted.types]
        if wanted.reasons:
            found = [event for event in found if event.row.reason in wanted.reasons]
        if wanted.names:
            found = [event for event in found if named_by(event.row.about.name, wanted.names)]
        return found

    def _admits(self, event: HeldEvent) -> bool:
        row, about = event.row, event.row.about
        where = (row.cluster, about.group, about.kind, about.namespace)
        verdict = self._verdicts.get(where)
        if verdict is None:
            if len(self._verdicts) >= MOST_VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[where] = self._passes(event)
        return verdict

    def _passes(self, event: HeldEvent) -> bool:
        wanted, row = self._wanted, event.row
        if wanted.clusters is not None and row.cluster not in wanted.clusters:
            return False
        if wanted.kinds is not None and event.kind not in wanted.kinds:
            return False
        if wanted.namespaces and not named_by(row.about.namespace, wanted.namespaces):
            return False
        return self._sight.sees(row.cluster, row.plural, row.about.namespace)
