"""Watches one cluster: asks which kinds it serves, holds one reflector for each, and lets none stop the others.

What is told goes to gyre.fleet.keeper; how well it goes to gyre.fleet.health.
"""

import asyncio
import logging
from contextlib import aclosing, suppress
from dataclasses import dataclass

from gyre.clock import Clock
from gyre.errors import GyreError
from gyre.events.feed import Feed
from gyre.events.tasks import Tasks, owned_tasks
from gyre.fleet.cache import Cache, Shelf
from gyre.fleet.events.keeping import EventKeeper
from gyre.fleet.events.store import EventStore
from gyre.fleet.events.watching import EventWatch
from gyre.fleet.health import Health, Problem
from gyre.fleet.keeper import Keeper
from gyre.flux.kinds import GROUPS
from gyre.kube.access import Access
from gyre.kube.backoff import Backoff
from gyre.kube.client import KubeClient, open_client
from gyre.kube.discovery import Discovery, discoveries
from gyre.kube.reading import server_version
from gyre.kube.reflector import reflect
from gyre.kube.told import Put, Removed, Replaced, Served, SyncChanged, Told
from gyre.terms.naming import ClusterName, Kind
from gyre.terms.sync import Sync, SyncState

SETTLE_SECONDS = 0.2
"""A cluster that goes away takes all its kinds within moments: readers are told once, not once a kind."""

AFTER_MISTAKE_SECONDS = 30.0
"""A watch that met a mistake of our own begins again after this long."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all supervisors work with."""

    cache: Cache
    keeper: Keeper
    events: EventStore
    event_keeper: EventKeeper
    health: Health
    feed: Feed
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Watch:
    served: Served
    shelf: Shelf
    task: asyncio.Task[None]


class Supervisor:
    """One cluster, as long as it is registered."""

    def __init__(self, cluster: ClusterName, access: Access, desk: Desk) -> None:
        self.cluster = cluster
        self.client: KubeClient | None = None
        self.settled = asyncio.Event()
        self._access = access
        self._desk = desk
        self._contact = desk.health.open_cluster(cluster, desk.clock.now())
        self._watches: dict[Kind, _Watch] = {}
        events = desk.events.open_cluster(cluster, desk.clock.now())
        self._events = EventWatch(events, desk.event_keeper, desk.feed.events, desk.clock, self._changed)
        self._watching_events = False
        self._ask_again = asyncio.Event()
        self._away = asyncio.Event()
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Watch for ever; a mistake of ours on this cluster stops no other."""
        clock = self._desk.clock
        while True:
            try:
                await self._supervise()
            except Exception as error:
                log.exception("%s: supervising failed", self.cluster)
                self._failed(SyncState(sync=Sync.ERROR, since=clock.now(), problem=f"Gyre failed: {error}"))
                await clock.sleep(AFTER_MISTAKE_SECONDS)

    def _failed(self, state: SyncState) -> None:
        self.client = None
        self._watches.clear()
        self._watching_events = False
        self._events.become(state)
        self._contact.state = state
        for shelf in self._desk.cache.shelves(self.cluster):
            self._become(shelf, state)
        self._changed()

    async def _supervise(self) -> None:
        clock = self._desk.clock
        async with open_client(self._access, cluster=self.cluster, clock=clock) as client, owned_tasks() as tasks:
            self.client = client
            tasks.start(self._insist(), name=f"{self.cluster} insist")
            tasks.start(self._tell_readers(), name=f"{self.cluster} readers")
            async with aclosing(discoveries(client, GROUPS, clock, asked=self._ask_again)) as found:
                async for discovery in found:
                    if isinstance(discovery, GyreError):
                        self._unreachable(discovery)
                    else:
                        await self._discovered(discovery, client, tasks)
                    self._changed()

    def _unreachable(self, error: GyreError) -> None:
        sync = Sync.STALE if self._contact.discovered else Sync.ERROR
        log.warning("%s", error.message)
        self._contact.state = SyncState(sync=sync, since=self._desk.clock.now(), problem=error.message)
        self._away.set()

    async def _insist(self) -> None:
        """Ask a cluster that does not answer again sooner than one that does."""
        patience = Backoff(first_seconds=1.0, longest_seconds=30.0)
        while True:
            await self._away.wait()
            await self._desk.clock.sleep(patience.next_seconds())
            if self._away.is_set():
                self._ask_again.set()
            else:
                patience.worked()

    async def _tell_readers(self) -> None:
        """Let live readers read again when other things can be relied on than before."""
        last: tuple[Problem, ...] = ()
        while True:
            await self._stirred.wait()
            await self._desk.clock.sleep(SETTLE_SECONDS)
            self._stirred.clear()
            now = self._desk.health.problems(self.cluster)
            if [(one.kind, one.code) for one in now] != [(one.kind, one.code) for one in last]:
                self._desk.feed.reread(self.cluster)
            last = now

    async def _discovered(self, discovery: Discovery, client: KubeClient, tasks: Tasks) -> None:
        """Watch what is served now and was not, and stop watching what is not served any more."""
        contact = self._contact
        if self._away.is_set() or not contact.kubernetes_version:
            with suppress(GyreError):
                because = "the page of clusters shows which Kubernetes each of them runs"
                contact.kubernetes_version = (await server_version(client, because=because)).git_version
        self._away.clear()
        problem = "; ".join(discovery.problems)
        contact.state = SyncState(sync=Sync.LIVE, since=self._desk.clock.now(), problem=problem)
        served = {one.kind: one for one in discovery.served}
        for watch in tuple(self._watches.values()):
            now = served.get(watch.served.kind)
            if now is None or now.version != watch.served.version:
                await self._stop(watch)
        for shelf in tuple(self._desk.cache.shelves(self.cluster)):
            if shelf.kind not in served:
                await self._desk.keeper.clear(shelf)
                self._desk.cache.close_shelf(shelf)
        for one in served.values():
            if one.kind not in self._watches:
                self._start(one, client, tasks)
        contact.discovered = True
        if not self._watching_events:
            self._watching_events = True
            tasks.start(self._events.run(client), name=f"{self.cluster} events")

    def _start(self, served: Served, client: KubeClient, tasks: Tasks) -> None:
        desk = self._desk
        shelf = desk.cache.open_shelf(self.cluster, served.kind, served.version, desk.clock.now())
        task = tasks.start(self._watch(served, shelf, client), name=f"{self.cluster} {served.kind}")
        self._watches[served.kind] = _Watch(served, shelf, task)

    async def _stop(self, watch: _Watch) -> None:
        watch.task.cancel()
        await asyncio.wait([watch.task])
        del self._watches[watch.served.kind]

    async def _watch(self, served: Served, shelf: Shelf, client: KubeClient) -> None:
        clock = self._desk.clock
        while True:
            try:
                async with aclosing(reflect(client, served, clock)) as told:
                    async for one in told:
                        await self._hear(shelf, one)
            except Exception as error:  # a mistake of ours in one kind must not stop the others
                log.exception("%s: watching %s failed", self.cluster, served.kind)
                sync = Sync.STALE if shelf.synced else Sync.ERROR
                self._become(shelf, SyncState(sync=sync, since=clock.now(), problem=f"Gyre failed: {error}"))
                await clock.sleep(AFTER_MISTAKE_SECONDS)

    async def _hear(self, shelf: Shelf, told: Told) -> None:
        keeper = self._desk.keeper
        match told:
            case Replaced(objects=objects, resource_version=version):
                await keeper.replace(shelf, objects, version)
                self._changed()
            case Put(raw):
                await keeper.put(shelf, raw)
            case Removed(raw):
                await keeper.remove(shelf, raw)
            case SyncChanged(state, not_served):
                self._become(shelf, state)
                if not_served:
                    self._ask_again.set()

    def _become(self, shelf: Shelf, state: SyncState) -> None:
        """A watch that begins anew knows nothing of what was read before: that is stale, not unread."""
        if shelf.synced and state.sync in (Sync.SYNCING, Sync.ERROR):
            since = shelf.state.since if shelf.state.sync is Sync.STALE else state.since
            state = SyncState(sync=Sync.STALE, since=since, problem=state.problem)
        shelf.state = state
        self._changed()

    def _changed(self) -> None:
        self._desk.health.changed(self.cluster)
        self._desk.feed.standing.stirred(self.cluster)
        self._stirred.set()
        tried = self._contact.state.sync is not Sync.SYNCING and (self._events.settled or not self._watching_events)
        if tried and all(shelf.state.sync is not Sync.SYNCING for shelf in self._desk.cache.shelves(self.cluster)):
            self.settled.set()
