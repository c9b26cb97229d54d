"""A fleet that watches the real cluster, and every change its feed tells.

What the tests expect of it stands in them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from gyre.access.sight import sight_of
from gyre.clock import SystemClock
from gyre.events.bus import open_bus
from gyre.events.feed import Feed, open_feed
from gyre.events.news import News, Told
from gyre.fleet.events.queries import Part
from gyre.fleet.fleet import Fleet, open_fleet
from gyre.fleet.queries import RowQuery
from gyre.flux.kinds import GROUPS, by_name
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import KubeClient
from gyre.kube.discovery import discover
from gyre.kube.listing import list_all
from gyre.terms.changes import Change
from gyre.terms.events import EventRow
from gyre.terms.naming import Ref
from gyre.terms.people import Principal, Role
from gyre.terms.rows import Row
from gyre.terms.sync import Sync
from tests.cluster.control_plane import ControlPlane
from tests.cluster.following import PATIENCE_SECONDS, Head
from tests.cluster.proxy import Proxy, open_proxy
from tests.cluster.writing import CLUSTER

ADA = Principal(user_id="1", username="ada", role=Role.ADMIN, grants=())
EVERYTHING = sight_of(ADA)


@dataclass
class Watched:
    """A fleet behind a proxy, and every change its feed told."""

    fleet: Fleet
    feed: Feed
    proxy: Proxy
    changes: list[Change] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, news: News) -> None:
        if isinstance(news, Told):
            self.changes.append(news.change)
        self._news.set()

    def row(self, kind: str, namespace: str, name: str) -> Row | None:
        """The object's row, if there is one."""
        held = self.fleet.find(ref_of(kind, namespace, name))
        return held.row if held else None

    async def until_told(self, kind: str, namespace: str, name: str, reason: str) -> EventRow:
        """The Event of this reason about an object, as soon as it is known."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                told = self.fleet.events.of(ref_of(kind, namespace, name), Part()).rows
                found = next((row for row in told if row.reason == reason), None)
                if found:
                    return found
                await asyncio.sleep(0.1)

    async def until(self, what: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
        """Return as soon as this is so; looked at after each change."""
        async with asyncio.timeout(seconds):
            while not what():
                self._news.clear()
                await self._news.wait()

    def rows(self) -> dict[str, str]:
        """The resourceVersion of each object, by uid."""
        rows: dict[str, str] = {}
        after = None
        while True:
            page = self.fleet.page(RowQuery(limit=1000, after=after), EVERYTHING)
            rows |= {row.uid: row.resource_version for row in page.rows}
            after = page.end_cursor
            if not page.has_next:
                assert len(rows) == page.total
                return rows

    async def is_live(self) -> None:
        def away() -> list[object]:
            kinds = self.fleet.kinds(CLUSTER, EVERYTHING)
            return [(kind.kind.plural, kind.state) for kind in kinds if kind.state.sync is not Sync.LIVE]

        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while away() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110  # health has no event to wait for
            await asyncio.sleep(0.1)
        assert away() == []

    async def equals_a_fresh_list(self, admin: KubeClient) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                fresh: dict[str, str] = {}
                for served in (await discover(admin, GROUPS)).served:
                    heads = [msgspec.json.decode(raw, type=Head) for raw in (await list_all(admin, served)).objects]
                    fresh |= {head.metadata.uid: head.metadata.resource_version for head in heads}
                if self.rows() == fresh:
                    return
                await asyncio.sleep(0.2)


def ref_of(kind: str, namespace: str, name: str) -> Ref:
    """An object by any name of its kind."""
    known = by_name(kind)
    assert known is not None, kind
    return Ref(cluster=CLUSTER, kind=known.kind, namespace=namespace, name=name)


@asynccontextmanager
async def open_watched(plane: ControlPlane, user: str = "") -> AsyncIterator[Watched]:
    """Watch the cluster while inside, as this user or as one who may do all, from when everything was read once."""
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(open_proxy(plane.port))
        name, groups = (user, ()) if user else ("fleet", ("system:masters",))
        access = from_kubeconfig(plane.kubeconfig(name, *groups, port=proxy.port))
        bus = await stack.enter_async_context(open_bus(None))
        feed = await stack.enter_async_context(open_feed(bus))
        fleet = await stack.enter_async_context(open_fleet({CLUSTER: access}, feed, SystemClock()))
        await fleet.first_read()
        watched = Watched(fleet, feed, proxy)
        with feed.listen(watched.hear):
            yield watched
