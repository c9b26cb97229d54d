"""The fleet as the rooms above use it: every cluster's objects, as they were last seen, and how well they are known.

Who may look is decided by gyre.access; each question here comes with the Sight of who asks.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import msgspec

from gyre.access.sight import Sight
from gyre.clock import Clock
from gyre.errors import ClusterUnreachable, NoSuchCluster, NotSynced
from gyre.events.feed import Feed
from gyre.events.tasks import Tasks, owned_tasks
from gyre.fleet.cache import Cache, Held
from gyre.fleet.counting import ByWord, Counts, Tallies
from gyre.fleet.events.keeping import EventKeeper
from gyre.fleet.events.reading import Events
from gyre.fleet.events.store import EventStore
from gyre.fleet.filters import Wanted, cluster_named, kind_written, kinds_named, understand
from gyre.fleet.health import ClusterHealth, Health, KindHealth, Problem
from gyre.fleet.hiding import shown
from gyre.fleet.keeper import Keeper
from gyre.fleet.matching import Matcher
from gyre.fleet.orders import cursor_of, index_of, place_of, read_cursor
from gyre.fleet.pointers import Pointers
from gyre.fleet.queries import NO_FILTER, Order, RowFilter, RowQuery, SortKey
from gyre.fleet.supervisor import Desk, Supervisor
from gyre.fleet.views import Views
from gyre.flux.intake import take
from gyre.kube.access import Access
from gyre.kube.client import KubeClient
from gyre.kube.impersonating import impersonation
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Allowed
from gyre.terms.rows import Row, Word
from gyre.terms.sync import Sync

CATCH_UP_SECONDS = 2.0
"""How long a read waits for the position of a write."""

MOST_FAILING = 50
"""Failing objects an overview names; how many there are it says in its counts."""

NEWEST_CHANGE = Order(SortKey.CHANGED_AT, descending=True)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the sorted rows. `total` counts all that were asked for and may be seen, `start` those before."""

    held: tuple[Held, ...]
    total: int
    start: int
    order: Order
    position: str
    problems: tuple[Problem, ...]
    sight: Sight

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of this page, what they point to hidden where it may not be seen."""
        return tuple(shown(held.row, self.sight) for held in self.held)

    @property
    def has_next(self) -> bool:
        """Whether rows follow."""
        return self.start + len(self.held) < self.total

    @property
    def has_previous(self) -> bool:
        """Whether rows came before."""
        return self.start > 0

    @property
    def cursors(self) -> tuple[str, ...]:
        """A cursor for each row, to go on after it."""
        return tuple(cursor_of(self.order, held) for held in self.held)

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first row."""
        return cursor_of(self.order, self.held[0]) if self.held else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last row."""
        return cursor_of(self.order, self.held[-1]) if self.held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts over everything asked for and seen, and what fails now, the latest first."""

    counts: Counts
    failing: tuple[Row, ...]
    position: str
    problems: tuple[Problem, ...]

    @property
    def total(self) -> int:
        """How many objects there are."""
        return self.counts.total

    @property
    def by_status(self) -> ByWord:
        """How many of each status; statuses without objects are left out."""
        return self.counts.by_status

    @property
    def by_kind(self) -> Mapping[Kind, ByWord]:
        """How many of each kind, by status."""
        return self.counts.by_kind

    @property
    def by_namespace(self) -> Mapping[str, ByWord]:
        """How many in each namespace, by status."""
        return self.counts.by_namespace

    @property
    def by_cluster(self) -> Mapping[ClusterName, ByWord]:
        """How many on each cluster, by status."""
        return self.counts.by_cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """An object after one's own write, and the position from which on every read shows it."""

    row: Row
    position: str


class Fleet:
    """All clusters and what was last seen there."""

    def __init__(self, feed: Feed, clock: Clock, tasks: Tasks) -> None:
        cache = Cache()
        self._cache = cache
        self._feed = feed
        self._tasks = tasks
        self._views = Views(cache)
        self._tallies = Tallies(cache, self._views)
        self._pointers = Pointers(cache)
        self._health = Health(cache)
        self._keeper = Keeper(cache, feed)
        self._event_store = EventStore()
        self.events = Events(self._event_store, cache, self._health, feed.events)
        self._desk = Desk(
            cache=cache,
            keeper=self._keeper,
            events=self._event_store,
            event_keeper=EventKeeper(self._event_store, cache, feed.events),
            health=self._health,
            feed=feed,
            clock=clock,
        )
        self._supervisors: dict[ClusterName, Supervisor] = {}
        self._running: dict[ClusterName, asyncio.Task[None]] = {}
        self._in_their_names: dict[ClusterName, str] = {}

    async def add(self, cluster: ClusterName, access: Access, *, in_their_names: str | None = None) -> None:
        """Watch one more cluster from now on.

        Writes go there as Gyre's own account does, or in the names of those who make them, with this before each.
        """
        self._cache.open_cluster(cluster)
        # Before anything is awaited: who asks meanwhile finds it not read yet, instead of half made.
        supervisor = self._supervisors[cluster] = Supervisor(cluster, access, self._desk)
        if in_their_names is not None:
            self._in_their_names[cluster] = in_their_names
        await self._feed.begin(cluster)
        await self._feed.events.begin(cluster)
        self._running[cluster] = self._tasks.start(supervisor.run(), name=f"{cluster} supervisor")

    async def remove(self, cluster: ClusterName) -> None:
        """Watch a cluster no more, and forget what was seen there."""
        self._registered(cluster)
        task = self._running[cluster]
        task.cancel()
        await asyncio.wait([task])  # whoever gives up waiting may begin again from here
        del self._running[cluster], self._supervisors[cluster]
        self._in_their_names.pop(cluster, None)
        self._cache.close_cluster(cluster)
        self._event_store.close_cluster(cluster)
        self._health.close_cluster(cluster)
        await self._feed.end(cluster)
        await self._feed.events.end(cluster)

    def stirred(self, cluster: ClusterName) -> None:
        """Tell who listens that this cluster is registered otherwise than before."""
        self._feed.standing.stirred(cluster)

    async def first_read(self) -> None:
        """Return when everything that can be read has been read once: time for gc.freeze()."""
        for supervisor in tuple(self._supervisors.values()):
            await supervisor.settled.wait()

    def names(self, sight: Sight) -> tuple[ClusterName, ...]:
        """The clusters on which anything might be seen."""
        return tuple(name for name in self._cache.clusters if sight.sees_cluster(name))

    def clusters(self, sight: Sight) -> tuple[ClusterHealth, ...]:
        """The same, and how well each is known: work for every kind there is on each."""
        return tuple(map(self._health.of_cluster, self.names(sight)))

    def kinds(self, cluster: ClusterName, sight: Sight) -> tuple[KindHealth, ...]:
        """The kinds a cluster serves, how well each is known, and how many objects of each may be seen."""
        self._registered(cluster)
        here = understand(RowFilter(clusters=(cluster,)), self._cache, sight)
        counts = self._tallies.read(here, sight).by_kind
        return tuple(
            KindHealth(
                cluster=cluster,
                kind=shelf.kind,
                version=shelf.version,
                state=shelf.told_state,
                count=sum(counts.get(shelf.kind, {}).values()),
            )
            for shelf in self._cache.shelves(cluster)
        )

    def cluster_named(self, name: str, sight: Sight) -> ClusterName:
        """The cluster of this name; NoSuchCluster also for one on which nothing might be seen."""
        return cluster_named(name, self._cache, sight)

    def kind_named(self, name: str) -> Kind:
        """The kind of this plural, singular, Kind or short name; NoSuchKind names near ones."""
        return kinds_named(name, self._cache)[0]

    def kind_of(self, group: str, name: str) -> Kind:
        """The kind that a manifest says it is of; NoSuchKind for one that is not of Flux here."""
        return kind_written(group, name, self._cache)

    def version_of(self, cluster: ClusterName, kind: Kind) -> str | None:
        """The version in which a cluster serves this kind; None when it does not, as far as known."""
        self._registered(cluster)
        shelf = self._cache.shelf(cluster, kind)
        return shelf.version if shelf else None

    def page(self, query: RowQuery, sight: Sight) -> Page:
        """One page of what is asked for and may be seen."""
        query.check()
        wanted = understand(query.filter, self._cache, sight)
        problems = self._problems(wanted, sight)
        rows = self._views.read(wanted, query.order, sight)
        start = min(query.offset, len(rows))
        if query.after is not None:
            place = read_cursor(query.order, query.after)
            start = index_of(query.order, rows, place)
            if start < len(rows) and place_of(query.order, rows[start]) == place:
                start += 1
        return Page(
            held=tuple(rows[start : start + query.limit]),
            total=len(rows),
            start=start,
            order=query.order,
            position=self._feed.cursor(),
            problems=problems,
            sight=sight,
        )

    def find(self, ref: Ref) -> Held | None:
        """The object as it was last seen, None when there is none; NotSynced when that can't be known."""
        self._registered(ref.cluster)
        shelf = self._cache.shelf(ref.cluster, ref.kind)
        if shelf is None and self._health.discovered(ref.cluster):
            return None
        if shelf is None or not shelf.synced:
            problems = self._health.problems(ref.cluster)
            why = next((problem.message for problem in problems if problem.kind in (None, ref.kind)), "")
            raise NotSynced(why, details={"cluster": ref.cluster, "kind": ref.kind.name})
        return shelf.objects.get((ref.namespace, ref.name))

    def dependents(self, ref: Ref, sight: Sight) -> tuple[Row, ...]:
        """What takes its content from an object or waits for it, as far as it may be seen."""
        found = (held.row for held in self._pointers.at(ref))
        return tuple(row for row in found if sight.sees(row.cluster, row.plural, row.namespace))

    def stale_since(self, cluster: ClusterName, kind: Kind) -> datetime | None:
        """Since when what is known of this kind may be out of date; None when it is live."""
        shelf = self._cache.shelf(cluster, kind)
        return shelf.state.since if shelf and shelf.synced and shelf.state.sync is Sync.STALE else None

    def edition(self, clusters: Iterable[str]) -> str:
        """Equal as long as a read of these clusters' objects answers the same, its position included; cheap to ask."""
        known = [self._health.edition(ClusterName(name)) for name in clusters if name in self._cache.clusters]
        return "\n".join((self._feed.cursor(), *known))

    def overview(self, sight: Sight, asked: RowFilter = NO_FILTER) -> Overview:
        """What there is, counted, and what fails."""
        asked.check()
        wanted = understand(asked, self._cache, sight)
        problems = self._problems(wanted, sight)
        return Overview(
            counts=self._tallies.read(wanted, sight),
            failing=self._failing(wanted, sight),
            position=self._feed.cursor(),
            problems=problems,
        )

    def counts(self, sight: Sight) -> Mapping[Kind, ByWord]:
        """How many objects of each kind may be seen, by status."""
        return self._tallies.read(understand(NO_FILTER, self._cache, sight), sight).by_kind

    def matcher(self, asked: RowFilter, sight: Sight) -> Matcher:
        """The test that tells of any row whether it is asked for and may be seen."""
        asked.check()
        return Matcher(understand(asked, self._cache, sight), sight)

    async def caught_up(self, cursor: str) -> bool:
        """Wait up to two seconds until everything up to this position is known here."""
        return await self._feed.wait_for(cursor, CATCH_UP_SECONDS)

    async def merge(self, cluster: ClusterName, kind: Kind, version: str, raw: bytes) -> Merged:
        """Take in what the API server answered to a write, so that whoever wrote reads it at once."""
        self._registered(cluster)
        shelf = self._cache.shelf(cluster, kind)
        held = await self._keeper.put(shelf, raw) if shelf else None
        row = held.row if held else take(cluster, kind, version, raw).row
        return Merged(row=row, position=self._feed.cursor())

    async def removed(self, cluster: ClusterName, kind: Kind, raw: bytes) -> str:
        """Take in that an object was deleted by a write (`raw`: as it was last); the position after it."""
        self._registered(cluster)
        shelf = self._cache.shelf(cluster, kind)
        if shelf:
            await self._keeper.remove(shelf, raw)
        return self._feed.cursor()

    def client(self, cluster: ClusterName, *, because: str) -> KubeClient:
        """A way to ask the cluster itself, with Gyre's own rights; every such call says why."""
        self._registered(cluster)
        client = self._supervisors[cluster].client
        if client is None:
            raise ClusterUnreachable(f"{cluster} is not connected yet", details={"cluster": cluster})
        log.debug("%s: asked directly because %s", cluster, because)
        return client

    def server(self, cluster: ClusterName) -> str:
        """Host and port of the cluster's API, as its credentials say; empty while they were never read."""
        client = self._supervisors[cluster].client
        return client.server if client else ""

    def writer(self, allowed: Allowed) -> KubeClient:
        """The way to make the change that was allowed; NotAllowed for whose name the cluster must not be told."""
        client = self.client(allowed.cluster, because=allowed.because)
        prefix = self._in_their_names.get(allowed.cluster)
        return client if prefix is None else client.on_behalf_of(impersonation(allowed.principal, prefix))

    def _registered(self, cluster: ClusterName) -> None:
        if cluster not in self._cache.clusters:
            raise NoSuchCluster(f"There is no cluster {cluster!r} here.", details={"cluster": cluster})

    def _problems(self, wanted: Wanted, sight: Sight) -> tuple[Problem, ...]:
        """What of the asked can't be relied on; NotSynced when nothing of it has ever been read."""
        clusters = [
            name
            for name in self._cache.clusters
            if (wanted.clusters is None or name in wanted.clusters) and sight.sees_cluster(name)
        ]
        problems = tuple(
            problem
            for name in clusters
            for problem in self._health.problems(name)
            if problem.kind is None or wanted.kinds is None or problem.kind in wanted.kinds
        )
        if any(problem.stale_since is None for problem in problems) and not self._any_read(clusters, wanted):
            raise NotSynced(problems[0].message, details={"clusters": [str(problem.cluster) for problem in problems]})
        return problems

    def _any_read(self, clusters: Iterable[ClusterName], wanted: Wanted) -> bool:
        shelves = (shelf for name in clusters for shelf in self._cache.shelves(name))
        return any(shelf.synced for shelf in shelves if wanted.kinds is None or shelf.kind in wanted.kinds)

    def _failing(self, wanted: Wanted, sight: Sight) -> tuple[Row, ...]:
        if wanted.statuses and Word.FAILED not in wanted.statuses:
            return ()
        failing = msgspec.structs.replace(wanted, statuses=frozenset({Word.FAILED}))
        return tuple(shown(held.row, sight) for held in self._views.read(failing, NEWEST_CHANGE, sight)[:MOST_FAILING])


@asynccontextmanager
async def open_fleet(
    clusters: Mapping[ClusterName, Access], feed: Feed, clock: Clock, *, in_their_names: str | None = None
) -> AsyncIterator[Fleet]:
    """Watch these clusters while inside; `in_their_names` as for `Fleet.add`."""
    async with owned_tasks() as tasks:
        fleet = Fleet(feed, clock, tasks)
        for cluster, access in clusters.items():
            await fleet.add(cluster, access, in_their_names=in_their_names)
        yield fleet
