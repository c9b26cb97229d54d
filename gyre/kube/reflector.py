"""Keeps one kind of one cluster known: lists it, watches it, and heals whatever breaks in between.

After a clean resume nothing was missed and nothing is told twice; when the API server has forgotten the place,
`Replaced` is told again and the caller compares. Nothing here keeps objects.
"""

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from gyre.clock import Clock
from gyre.errors import GyreError, NoSuchResource, RefusedByCluster
from gyre.kube.backoff import Backoff, chance
from gyre.kube.client import KubeClient
from gyre.kube.listing import PAGE, list_all
from gyre.kube.refusals import HistoryExpired
from gyre.kube.told import Served, SyncChanged, Told
from gyre.kube.watching import watch
from gyre.terms.sync import Sync, SyncState


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient a reflector is."""

    page: int = PAGE
    watch_seconds: int = 290  # below the five minutes after which proxies cut
    idle_seconds: float = 120.0  # bookmarks come about every minute: twice that in silence is a dead connection
    first_seconds: float = 0.5
    longest_seconds: float = 30.0
    slow_first_seconds: float = 30.0  # a kind that is missing or forbidden is seldom there a second later
    slow_longest_seconds: float = 300.0
    quick_seconds: float = 1.0  # a watch that ends sooner and told nothing did not work
    fresh_seconds: float = 5.0  # a list whose place is forgotten sooner than this did not help


DEFAULT = Pace()


def reflect(client: KubeClient, served: Served, clock: Clock, *, pace: Pace = DEFAULT) -> AsyncGenerator[Told, None]:
    """Tell everything of this kind, for ever; `contextlib.aclosing` around it ends the watch when the caller leaves."""
    return _Reflector(client, served, clock, pace).run()


class _Reflector:
    def __init__(self, client: KubeClient, served: Served, clock: Clock, pace: Pace) -> None:
        self._client = client
        self._served = served
        self._clock = clock
        self._pace = pace
        self._place = ""  # the resourceVersion up to which all is told; empty: a list is due
        self._listed = -math.inf
        self._heard: datetime | None = None
        self._state: SyncState | None = None
        self._soon = Backoff(first_seconds=pace.first_seconds, longest_seconds=pace.longest_seconds)
        self._slowly = Backoff(first_seconds=pace.slow_first_seconds, longest_seconds=pace.slow_longest_seconds)

    async def run(self) -> AsyncGenerator[Told, None]:
        for change in self._become(Sync.SYNCING):
            yield change
        while True:
            try:
                async with aclosing(self._once()) as told:
                    async for one in told:
                        yield one
            except GyreError as error:
                for change in self._lost(error):
                    yield change
                await self._clock.sleep(self._wait_seconds(error))

    async def _once(self) -> AsyncGenerator[Told, None]:
        """Tell until the watch ends; whatever breaks is raised."""
        if not self._place:
            replaced = await list_all(self._client, self._served, page=self._pace.page)
            if not replaced.resource_version:
                raise self._client.refusal.unreachable(f"the list of {self._served.kind} has no resourceVersion")
            self._place = replaced.resource_version
            self._listed = self._clock.monotonic()
            self._hear()
            yield replaced
        began = self._clock.monotonic()
        seconds = round(self._pace.watch_seconds * chance(0.9, 1.0))
        idle_seconds = self._pace.idle_seconds
        told_any = False
        async with watch(self._client, self._served, self._place, seconds=seconds, idle_seconds=idle_seconds) as events:
            self._hear()
            for change in self._become(Sync.LIVE):
                yield change
            async for seen in events:
                self._worked()
                told_any = True
                self._place = seen.resource_version or self._place
                if seen.told:
                    yield seen.told
        self._hear()
        if not told_any and self._clock.monotonic() - began < self._pace.quick_seconds:
            await self._clock.sleep(self._soon.next_seconds())
        else:
            self._worked()

    def _hear(self) -> None:
        self._heard = self._clock.now()

    def _worked(self) -> None:
        self._hear()
        self._soon.worked()
        self._slowly.worked()

    def _lost(self, error: GyreError) -> list[SyncChanged]:
        """What to tell of a failure: what was read once is stale since it was last heard of."""
        if isinstance(error, HistoryExpired):
            self._place = ""
        not_served = isinstance(error, NoSuchResource)
        if self._heard is None:
            return self._become(Sync.ERROR, problem=error.message, not_served=not_served)
        return self._become(Sync.STALE, since=self._heard, problem=error.message, not_served=not_served)

    def _become(
        self, sync: Sync, *, since: datetime | None = None, problem: str = "", not_served: bool = False
    ) -> list[SyncChanged]:
        before = self._state
        if since is None:
            since = before.since if before and before.sync is sync else self._clock.now()
        self._state = SyncState(sync=sync, since=since, problem=problem)
        if self._state == before and not not_served:
            return []
        return [SyncChanged(self._state, not_served=not_served)]

    def _wait_seconds(self, error: GyreError) -> float:
        if isinstance(error, HistoryExpired) and self._clock.monotonic() - self._listed >= self._pace.fresh_seconds:
            return 0.0  # the list is due now, however long the network was away; only if that does not help we wait
        asked = error.details.get("retryAfterSeconds", 0)
        patience = self._slowly if _is_lasting(error) else self._soon
        return patience.next_seconds(at_least=float(asked) if isinstance(asked, int) else 0.0)


def _is_lasting(error: GyreError) -> bool:
    """Missing or forbidden: a person has to change something first. An expired credential is renewed soon."""
    if isinstance(error, RefusedByCluster):
        return error.details.get("status") != HTTPStatus.UNAUTHORIZED
    return isinstance(error, NoSuchResource)
