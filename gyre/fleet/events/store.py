"""The Events kept, by cluster and by the object they are about, bounded: the newest stay.

How they get here is gyre.fleet.events.keeping's, how they are read gyre.fleet.events.views'.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Final

import msgspec

from gyre.fleet.journal import Journal
from gyre.flux.events import EVENT, VERSION, TakenEvent
from gyre.terms.events import EventRow
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.sync import Sync, SyncState

PER_CLUSTER = 10_000
"""Events kept of one cluster, two kilobytes each; an hour of a lively fleet has a few thousand."""

PER_OBJECT = 100
"""Events kept of one object, so that one that fails every second does not take the place of all others."""

REMEMBERED = 10_000
"""Events given up at a bound that are remembered a cluster, so that it is known when there are none any more."""

Place = tuple[str, str, str, str]
"""When it was last told, cluster, namespace, name: where an Event stands in every list, the oldest first."""

Key = tuple[str, str]
"""Namespace and name of the Event itself."""

About = tuple[str, str, str, str]
"""Group, Kind, namespace and name of the object it is about."""


class HeldEvent(msgspec.Struct, frozen=True, gc=False, eq=False):
    """One Event as it is kept. `text` is what a search looks in; the same Event told again is another HeldEvent."""

    row: EventRow
    body: bytes
    kind: Kind
    place: Place
    text: str

    @property
    def key(self) -> Key:
        """Which Event it is, on its cluster."""
        return self.row.namespace, self.row.name

    @property
    def about(self) -> About:
        """What it is about, on its cluster."""
        about = self.row.about
        return about.group, about.kind, about.namespace, about.name


PLACE: Final = attrgetter("place")


def held(taken: TakenEvent) -> HeldEvent:
    """What was read, ready to be kept and searched."""
    row = taken.row
    about = row.about
    kind = Kind(about.group, about.kind, row.plural)
    said = f"{row.plural}\n{row.cluster}\n{row.reason}\n{row.message}\n{row.controller}"
    text = f"{about.kind}/{about.namespace}/{about.name}\n{said}".casefold()
    return HeldEvent(row, taken.body, kind, (when(row.last_at), row.cluster, row.namespace, row.name), text)


def when(moment: str) -> str:
    """Times of different precision compare as text once the zone is off: `…:00` is before `…:00.5`."""
    return moment[:-1]


class EventShelf:
    """The Events of one cluster."""

    def __init__(self, cluster: ClusterName, since: datetime) -> None:
        self.cluster = cluster
        self.kind = EVENT
        self.version = VERSION
        self.state = SyncState(sync=Sync.SYNCING, since=since)
        self.synced = False
        self.unreadable = 0
        self.events: dict[Key, HeldEvent] = {}
        self.ordered: list[HeldEvent] = []
        self._by_object: dict[About, dict[Key, HeldEvent]] = {}
        self._given_up: dict[Key, About] = {}

    @property
    def told_state(self) -> SyncState:
        """The state of the watch; where that has no problem, the Events that can't be read are one."""
        if self.state.problem or not self.unreadable:
            return self.state
        problem = f"{self.unreadable} times an Event came that can't be read; the log says which"
        return SyncState(sync=self.state.sync, since=self.state.since, problem=problem)

    def of(self, about: About) -> Collection[HeldEvent]:
        """The Events about one object."""
        return self._by_object.get(about, {}).values()

    def truncated(self, about: About | None = None) -> bool:
        """Whether Kubernetes has more Events, about this object or about any, than are kept."""
        return bool(self._given_up) if about is None else about in self._given_up.values()

    def put(self, new: HeldEvent) -> HeldEvent | None:
        """Keep the Event; what was kept of it before."""
        old = self.drop(new.key)
        self._given_up.pop(new.key, None)
        self.events[new.key] = new
        self._by_object.setdefault(new.about, {})[new.key] = new
        insort(self.ordered, new, key=PLACE)
        return old

    def drop(self, key: Key) -> HeldEvent | None:
        """Keep the Event no more; what was kept of it."""
        self._given_up.pop(key, None)
        old = self.events.pop(key, None)
        if old is not None:
            del self.ordered[bisect_left(self.ordered, old.place, key=PLACE)]
            same = self._by_object[old.about]
            del same[key]
            if not same:
                del self._by_object[old.about]
        return old

    def too_many(self, about: About) -> Iterator[HeldEvent]:
        """What is beyond the bounds now that one about this object came."""
        same = self._by_object.get(about, {})
        if len(same) > PER_OBJECT:
            yield min(same.values(), key=PLACE)
        elif len(self.ordered) > PER_CLUSTER:
            yield self.ordered[0]

    def give_up(self, key: Key, about: About) -> None:
        """Remember that Kubernetes has an Event that is not kept here."""
        self._given_up[key] = about
        if len(self._given_up) > REMEMBERED:
            del self._given_up[next(iter(self._given_up))]

    def forget_given_up(self) -> None:
        """All there is, is being read again."""
        self._given_up.clear()


class EventStore:
    """The Events of all clusters."""

    def __init__(self) -> None:
        self.journal: Journal[HeldEvent] = Journal()
        self._shelves: dict[ClusterName, EventShelf] = {}

    @property
    def shelves(self) -> Mapping[ClusterName, EventShelf]:
        """The Events of each cluster."""
        return self._shelves

    def open_cluster(self, cluster: ClusterName, since: datetime) -> EventShelf:
        """Make room for the Events of a cluster."""
        return self._shelves.setdefault(cluster, EventShelf(cluster, since))

    def close_cluster(self, cluster: ClusterName) -> None:
        """Forget a cluster and all its Events."""
        shelf = self._shelves.pop(cluster)
        for event in shelf.ordered:
            self.journal.note(event, None)

    def put(self, shelf: EventShelf, new: HeldEvent) -> HeldEvent | None:
        """Keep the Event; what was kept of it before."""
        old = shelf.put(new)
        self.journal.note(old, new)
        return old

    def drop(self, shelf: EventShelf, key: Key) -> HeldEvent | None:
        """Keep the Event no more; what was kept of it."""
        old = shelf.drop(key)
        if old is not None:
            self.journal.note(old, None)
        return old

    def everything(self) -> Iterator[HeldEvent]:
        """Every Event, cluster by cluster, each from the oldest on."""
        for shelf in self._shelves.values():
            yield from shelf.ordered

    def about(self, ref: Ref) -> list[HeldEvent]:
        """The Events about this object, from the oldest on."""
        shelf = self._shelves.get(ref.cluster)
        return sorted(shelf.of(about(ref)), key=PLACE) if shelf else []


def about(ref: Ref) -> About:
    """An object as its Events name it."""
    return ref.kind.group, ref.kind.name, ref.namespace, ref.name
