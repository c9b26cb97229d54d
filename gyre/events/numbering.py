"""The changes of all clusters about one subject: numbered, kept for a while, and told to whoever listens.

A cluster's changes are either numbered here or followed from the process that numbers them; listeners can't tell the
difference. What a change holds is gyre.events.feed's.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from gyre.errors import Invalid
from gyre.events import wire
from gyre.events.backends import Gap
from gyre.events.bus import Bus
from gyre.events.cursors import decode, encode
from gyre.events.metrics import FEED_CHANGES, FEED_HOLES
from gyre.events.news import News, Resync, told
from gyre.events.replay import missed
from gyre.events.ring import Ring
from gyre.events.tasks import Tasks
from gyre.terms.changes import Numbered, Position
from gyre.terms.naming import ClusterName

HEADS_SECONDS = 5.0
"""How often a process says how far its clusters are, so that a lost last change does not stay unknown."""

WAITERS = 1_000
"""Reads that may wait for a position at once; the next ones are answered without waiting."""

PAST_EPOCHS = 1_000
"""Replaced epochs remembered, so that late messages of theirs are not taken for news."""

Listener = Callable[[News], None]

logger = logging.getLogger(__name__)


class Numbering:
    """The changes of all clusters about one subject, as this process knows them."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self._bus = bus
        self._topic = topic
        self._rings: dict[ClusterName, Ring] = {}
        self._own: set[ClusterName] = set()
        self._past: dict[str, ClusterName] = {}
        self._arrivals = 0
        self._listeners: list[Listener] = []
        self._moved = asyncio.Event()
        self._waiters = 0

    async def begin(self, cluster: ClusterName) -> Position:
        """Record this cluster here from now on, in a new epoch; whoever watched it before must read again."""
        self._own.add(cluster)
        position = Position(secrets.token_hex(6), 0)
        self._start(cluster, position)
        await self._tell_others(wire.Heads({cluster: position}))
        return position

    async def end(self, cluster: ClusterName) -> None:
        """The cluster is not in the fleet any more."""
        self._own.discard(cluster)
        ring = self._forget(cluster)
        if ring is not None:
            await self._tell_others(wire.Ended(cluster, ring.epoch))

    def reread(self, cluster: ClusterName) -> None:
        """Tell who listens here to read a cluster again: not its objects changed, but how well they are known."""
        self._tell(Resync((cluster,), self.cursor()))

    def cursor(self) -> str:
        """The place of whoever has seen everything up to now."""
        return encode(ring.position for ring in self._rings.values())

    def position(self, cluster: ClusterName) -> Position | None:
        """How far this cluster is; None when nothing is known of it."""
        ring = self._rings.get(cluster)
        return ring.position if ring else None

    def since(self, cursor: str) -> tuple[News, ...]:
        """What was missed since, in order; or a Resync when that is not known any more.

        Raises Invalid for a text that is no cursor.
        """
        return missed(self._rings, decode(cursor), self._past)

    async def wait_for(self, cursor: str, seconds: float) -> bool:
        """Wait until everything up to this cursor is known here; False when it was not in time."""
        wanted = decode(cursor)
        if self._reached(wanted):
            return True
        if self._waiters >= WAITERS or not (self._bus.reaches_others or self._knows(wanted)):
            return False
        self._waiters += 1
        try:
            async with asyncio.timeout(seconds):
                while not self._reached(wanted):
                    await self._moved.wait()
        except TimeoutError:
            return False
        finally:
            self._waiters -= 1
        return True

    @contextmanager
    def listen(self, listener: Listener) -> Iterator[None]:
        """Call this for all news, at once and in order, until the end. It must not raise nor take its time."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def run_in(self, tasks: Tasks) -> None:
        """Follow the other processes, where there can be any, as long as these tasks run."""
        if self._bus.reaches_others:
            tasks.start(self._follow(), name=f"{self._topic} follow")
            tasks.start(self._announce(), name=f"{self._topic} announce")

    async def _follow(self) -> None:
        """Follow what other processes record, for ever."""
        async with self._bus.subscribe(self._topic) as heard:
            async for payload in heard:
                if isinstance(payload, Gap):
                    await self._after_gap()
                else:
                    await self._hear(payload)

    async def _announce(self) -> None:
        """Say from time to time how far the own clusters are, for ever."""
        while True:
            await asyncio.sleep(HEADS_SECONDS)
            await self._tell_heads()

    async def _hear(self, payload: bytes) -> None:
        try:
            message = wire.decode(payload)
        except Invalid as error:
            logger.warning("%s; followed clusters are read again.", error)
            await self._after_gap()
            return
        match message:
            case wire.Changed(change) | wire.EventChanged(change):
                self._follow_change(change)
            case wire.Heads(clusters):
                for cluster, position in clusters.items():
                    self._follow_head(cluster, position)
            case wire.Ended(cluster, epoch):
                if cluster not in self._own and cluster in self._rings and self._rings[cluster].epoch == epoch:
                    self._forget(cluster)
            case wire.Hello():
                await self._tell_heads()

    def _follow_change(self, change: Numbered) -> None:
        cluster, position = change.cluster, change.position
        if cluster in self._own or position.epoch in self._past:
            return
        ring = self._rings.get(cluster)
        if ring is not None and ring.epoch == position.epoch and position.n <= ring.head:
            return  # sent again after a reconnect
        if ring is None or ring.position != Position(position.epoch, position.n - 1):
            self._start(cluster, Position(position.epoch, position.n - 1))
        self._take(self._rings[cluster], change)
        FEED_CHANGES.labels("followed").inc()

    def _follow_head(self, cluster: ClusterName, position: Position) -> None:
        if cluster in self._own or position.epoch in self._past:
            return
        ring = self._rings.get(cluster)
        if ring is None or ring.epoch != position.epoch or ring.head < position.n:
            self._start(cluster, position)

    async def _after_gap(self) -> None:
        followed = tuple(cluster for cluster in self._rings if cluster not in self._own)
        if followed:
            self._tell(Resync(followed, self.cursor()))
        await self._tell_others(wire.Hello())

    def _start(self, cluster: ClusterName, position: Position) -> None:
        """Go on from this position, with nothing kept from before it."""
        before = self._rings.get(cluster)
        if before is not None:
            self._leave(cluster, before, position.epoch)
        self._rings[cluster] = Ring(position.epoch, position.n)
        self._tell(Resync((cluster,), self.cursor()))

    def _forget(self, cluster: ClusterName) -> Ring | None:
        ring = self._rings.pop(cluster, None)
        if ring is not None:
            self._leave(cluster, ring, "")
            self._tell(Resync((cluster,), self.cursor()))
        return ring

    def _leave(self, cluster: ClusterName, ring: Ring, epoch: str) -> None:
        if ring.epoch == epoch:
            FEED_HOLES.inc()
            return
        self._past[ring.epoch] = cluster
        if len(self._past) > PAST_EPOCHS:
            del self._past[next(iter(self._past))]

    def _next(self, cluster: ClusterName) -> Position:
        ring = self._rings[cluster]
        return Position(ring.epoch, ring.head + 1)

    async def _record(self, change: Numbered) -> None:
        """Keep and tell a change of a cluster begun here. Nothing is awaited before all here know it."""
        self._take(self._rings[change.cluster], change)
        FEED_CHANGES.labels("own").inc()
        await self._tell_others(wire.changed(change))

    def _take(self, ring: Ring, change: Numbered) -> None:
        self._arrivals += 1
        ring.put(self._arrivals, change)
        self._tell(told(change, self.cursor()))

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            listener(news)
        self._moved.set()
        self._moved = asyncio.Event()

    def _heads(self) -> Mapping[str, int]:
        return {ring.epoch: ring.head for ring in self._rings.values()}

    def _reached(self, wanted: Mapping[str, int]) -> bool:
        heads = self._heads()
        return all(epoch in self._past or heads.get(epoch, -1) >= n for epoch, n in wanted.items())

    def _knows(self, wanted: Mapping[str, int]) -> bool:
        heads = self._heads()
        return all(epoch in self._past or epoch in heads for epoch in wanted)

    async def _tell_heads(self) -> None:
        heads = {cluster: ring.position for cluster, ring in self._rings.items() if cluster in self._own}
        if heads:
            await self._tell_others(wire.Heads(heads))

    async def _tell_others(self, message: wire.Message) -> None:
        if self._bus.reaches_others:
            await self._bus.tell_others(self._topic, wire.encode(message))
