"""Whatever happens in whatever order, who returns with a cursor misses nothing in silence and hears nothing twice."""

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from gyre.events.bus import open_bus
from gyre.events.feed import Feed, open_feed
from gyre.events.news import News, Resync, Told
from gyre.terms.changes import ChangeType
from gyre.terms.naming import ClusterName
from tests.support.rows import row

CLUSTERS = tuple(ClusterName(name) for name in ("a", "b", "c"))
CLIENTS = range(3)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.sampled_from(CLUSTERS)),
        st.tuples(st.just("change"), st.sampled_from(CLUSTERS)),
        st.tuples(st.just("begin"), st.sampled_from(CLUSTERS)),
        st.tuples(st.just("end"), st.sampled_from(CLUSTERS)),
        st.tuples(st.just("return"), st.sampled_from(CLIENTS)),
        st.tuples(st.just("cut off"), st.sampled_from(CLIENTS)),
    ),
    max_size=60,
)


@dataclass
class Client:
    """What a client shows of each cluster, kept up by news or by reading again."""

    cursor: str
    shown: dict[ClusterName, int] = field(default_factory=dict)

    def take(self, news: News, truth: dict[ClusterName, int]) -> None:
        if isinstance(news, Resync):
            again = news.clusters or tuple({*truth, *self.shown})
            for cluster in again:
                self.shown.pop(cluster, None)
                if cluster in truth:
                    self.shown[cluster] = truth[cluster]
        else:
            version = int(news.change.row.resource_version)
            assert version == self.shown.get(news.change.cluster, 0) + 1
            self.shown[news.change.cluster] = version
        self.cursor = news.cursor


async def _play(steps: list[tuple[str, ClusterName | int]]) -> None:
    truth: dict[ClusterName, int] = {}
    async with open_bus(None) as bus, open_feed(bus) as feed:
        clients = [Client(feed.cursor()) for _ in CLIENTS]
        for step, what in steps:
            if isinstance(what, int):
                _return(feed, clients[what], truth, part=step == "cut off")
            else:
                await _change(feed, step, what, truth)
        for client in clients:
            _return(feed, client, truth, part=False)
            assert client.shown == truth
            assert feed.since(client.cursor) == ()


async def _change(feed: Feed, step: str, cluster: ClusterName, truth: dict[ClusterName, int]) -> None:
    if step == "begin":
        await feed.begin(cluster)
        truth.setdefault(cluster, 0)
    elif cluster in truth and step == "end":
        await feed.end(cluster)
        del truth[cluster]
    elif cluster in truth:
        truth[cluster] += 1
        changed = row(cluster=cluster, version=truth[cluster])
        await feed.record(cluster, ChangeType.MODIFIED, changed, changed, b"{}")


def _return(feed: Feed, client: Client, truth: dict[ClusterName, int], *, part: bool) -> None:
    """Take what was missed; `part`: the connection ends again in the middle of it."""
    news = feed.since(client.cursor)
    for item in news[: len(news) // 2] if part else news:
        client.take(item, truth)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_a_client_that_follows_shows_the_truth(steps: list[tuple[str, ClusterName | int]]) -> None:
    asyncio.run(_play(steps))


async def _told_as_replayed(clusters: list[ClusterName]) -> None:
    async with open_bus(None) as bus, open_feed(bus) as feed:
        for cluster in CLUSTERS:
            await feed.begin(cluster)
        start = feed.cursor()
        told: list[News] = []
        with feed.listen(told.append):
            for cluster in clusters:
                await feed.record(cluster, ChangeType.ADDED, None, row(cluster=cluster), b"{}")
        assert feed.since(start) == tuple(told)
        for place, item in enumerate(told):
            assert isinstance(item, Told)
            assert feed.since(item.cursor) == tuple(told[place + 1 :])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(CLUSTERS), max_size=30))
def test_what_is_replayed_is_what_was_told_with_the_same_cursors(clusters: list[ClusterName]) -> None:
    asyncio.run(_told_as_replayed(clusters))
