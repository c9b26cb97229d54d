"""What is listened to, without any face: the values themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import pytest

from gyre.errors import NoSuchCluster, NoSuchKind, NotSignedIn
from gyre.fleet.queries import NO_FILTER, RowFilter
from gyre.terms.changes import ChangeType
from gyre.terms.people import Grant, Principal, Role, Rule
from gyre.terms.rows import Word
from resolvers import streams
from resolvers.context import Context
from tests.support.cluster import FAILED, KUSTOMIZATIONS, LittleCluster, open_cluster, thing
from tests.support.graphql import DEFAULT, Gyre, gyre_on

pytestmark = pytest.mark.anyio

RULE = Rule(policy="team", resources=("kustomizations",), namespaces=("prod",), actions=("view",))
EVE = Principal(user_id="2", username="eve", role=Role.MEMBER, grants=(Grant(cluster=DEFAULT, rule=RULE),))


@pytest.fixture
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(KUSTOMIZATIONS) as cluster:
        yield cluster


@pytest.fixture
async def gyre(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path) as gyre:
        yield gyre


async def first(live: streams.Live[Any], count: int) -> list[Any]:
    heard = []
    async with aclosing(cast("Any", live.__aiter__())) as values, asyncio.timeout(10):
        async for value in values:
            heard.append(value)
            if len(heard) == count:
                return heard
    raise AssertionError("the stream ended")


async def test_a_policy_for_one_namespace_shows_its_changes_alone(gyre: Gyre, cluster: LittleCluster) -> None:
    context = Context(services=gyre.services, principal=EVE)
    live = streams.changes(context, NO_FILTER, after=gyre.services.feed.cursor())
    cluster.has(KUSTOMIZATIONS, thing("hidden", "dev"), thing("shown"), thing("shown", conditions=[FAILED]))
    heard = await first(live, 2)
    assert [(seen.type, seen.row.name, seen.previous_status) for seen in heard] == [
        (ChangeType.ADDED, "shown", None),
        (ChangeType.MODIFIED, "shown", Word.READY),
    ]


async def test_the_overview_of_a_policy_counts_what_it_covers(gyre: Gyre, cluster: LittleCluster) -> None:
    context = Context(services=gyre.services, principal=EVE)
    cluster.has(KUSTOMIZATIONS, thing("hidden", "dev"), thing("shown"))
    totals = [0]
    while totals[-1] < 1:
        (overview,) = await first(streams.overviews(context, NO_FILTER), 1)
        totals.append(overview.counts.total)
        await asyncio.sleep(0.02)
    assert totals[-1] == 1


async def test_what_means_nothing_is_refused_before_anyone_waits(gyre: Gyre) -> None:
    context = Context(services=gyre.services, principal=EVE)
    with pytest.raises(NoSuchKind):
        streams.changes(context, RowFilter(kinds=("nonsense",)))
    with pytest.raises(NoSuchCluster):
        streams.overviews(context, RowFilter(clusters=("elsewhere",)))
    with pytest.raises(NotSignedIn):
        streams.changes(Context(services=gyre.services), NO_FILTER)
