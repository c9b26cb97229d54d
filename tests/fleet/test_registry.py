"""Added clusters outlive the process, are followed by others on the same database, and one that is lost stops none."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gyre.clock import SystemClock
from gyre.errors import TooOften
from gyre.events.bus import open_bus
from gyre.events.feed import open_feed
from gyre.fleet.fleet import Fleet, open_fleet
from gyre.fleet.health import ClusterHealth
from gyre.fleet.registry import MOST_TRIED_AT_ONCE, ClusterDraft, Registry, Source, bound_to, open_registry
from gyre.settings import SecretKey, Settings
from gyre.terms.naming import ClusterName
from gyre.terms.sync import Sync
from gyre.vault import open_vault
from models.clusters import StoredCluster
from models.connecting import open_database
from models.migrating import migrate
from tests.fleet.conftest import DEFAULT, seeing
from tests.support.certificates import Authority
from tests.support.clocks import HandClock
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.databases import settings_on
from tests.support.people import people_in_process
from tests.support.remote import Remote, kubeconfig, open_remote, server_tls
from tests.support.valkey import ValkeyProcess
from tests.support.waiting import until
from tests.support.wire import hang, open_wire

pytestmark = pytest.mark.anyio

PRODUCTION = ClusterName("production")
EVERYTHING = seeing("*")
KEY = SecretKey("first", b"k" * 32)


@dataclass(frozen=True, slots=True)
class Process:
    """What one process has of the clusters."""

    registry: Registry
    fleet: Fleet

    @property
    def names(self) -> list[str]:
        """The clusters it watches."""
        return [one.name for one in self.fleet.clusters(EVERYTHING)]

    def health(self, name: ClusterName) -> ClusterHealth:
        (found,) = [one for one in self.fleet.clusters(EVERYTHING) if one.name == name]
        return found

    def live(self, name: ClusterName) -> bool:
        """Whether all of it has been read."""
        return name in self.names and self.health(name).state.sync is Sync.LIVE


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with open_remote() as remote:
        remote.cluster.has(KUSTOMIZATIONS, thing("far", "shop"))
        yield remote


@asynccontextmanager
async def process(
    settings: Settings, cluster: LittleCluster, folder: Path, *, clock: HandClock, redis_url: str | None = None
) -> AsyncIterator[Process]:
    """A process on the open database; `clock` is what its looks at the database follow."""
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_bus(redis_url))
        people = await stack.enter_async_context(people_in_process(settings, clock, bus))
        feed = await stack.enter_async_context(open_feed(bus))
        own = {DEFAULT: cluster.access(folder)}
        fleet = await stack.enter_async_context(open_fleet(own, feed, SystemClock()))
        registry = await stack.enter_async_context(
            open_registry(
                fleet, own, settings=settings, vault=people.vault, version=people.version, clock=SystemClock()
            )
        )
        if redis_url is not None:
            await until(lambda: bus.problem == "")
        yield Process(registry, fleet)


def allowing(folder: Path, dialect: str = "sqlite") -> Settings:
    return replace(settings_on(dialect, folder), secret_keys=(KEY,), allow_local_clusters=True)


async def added(here: Process, remote: Remote, name: str = PRODUCTION) -> None:
    known = await here.registry.add(name, ClusterDraft(kubeconfig=remote.kubeconfig()), by="ada")
    assert (known.name, known.source, known.added_by) == (name, Source.ADDED, "ada")
    await until(lambda: here.live(ClusterName(name)))


async def as_time_goes_on(clock: HandClock, true: Callable[[], bool]) -> None:
    """Turn the clock, looks at the database with it, until it is so."""
    async with asyncio.timeout(20):
        while not true():
            await clock.turn(seconds=5)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_a_process_that_starts_watches_what_was_added_before(
    cluster: LittleCluster, remote: Remote, tmp_path: Path, dialect: str
) -> None:
    settings, clock = allowing(tmp_path, dialect), HandClock()
    async with open_database(settings) as database:
        await migrate(database)
        async with process(settings, cluster, tmp_path, clock=clock) as before:
            await added(before, remote)
            known = before.registry.find(PRODUCTION)
        async with process(settings, cluster, tmp_path, clock=clock) as after:
            assert after.names == [DEFAULT, PRODUCTION]
            await until(lambda: after.live(PRODUCTION))
            assert after.registry.find(known.id) == known


async def test_other_processes_follow_at_once_through_redis(
    cluster: LittleCluster, remote: Remote, tmp_path: Path
) -> None:
    """The clock stands still: nobody looks by themselves."""
    settings, clock, valkey = allowing(tmp_path), HandClock(), ValkeyProcess(tmp_path)
    valkey.start()
    try:
        async with open_database(settings) as database:
            await migrate(database)
            async with (
                process(settings, cluster, tmp_path, clock=clock, redis_url=valkey.url) as here,
                process(settings, cluster, tmp_path, clock=clock, redis_url=valkey.url) as there,
            ):
                await added(here, remote)
                await until(lambda: there.live(PRODUCTION))
                await here.registry.remove(here.registry.find(PRODUCTION))
                await until(lambda: there.names == [DEFAULT])
    finally:
        valkey.close()


async def test_without_redis_they_follow_when_they_look(cluster: LittleCluster, remote: Remote, tmp_path: Path) -> None:
    settings, clock = allowing(tmp_path), HandClock()
    async with open_database(settings) as database:
        await migrate(database)
        async with (
            process(settings, cluster, tmp_path, clock=clock) as here,
            process(settings, cluster, tmp_path, clock=clock) as there,
        ):
            await added(here, remote)
            assert there.names == [DEFAULT]
            await as_time_goes_on(clock, lambda: there.live(PRODUCTION))
            async with open_remote() as other:
                other.cluster.has(KUSTOMIZATIONS, thing("new", "shop"))
                draft = ClusterDraft(kubeconfig=other.kubeconfig())
                await here.registry.update(here.registry.find(PRODUCTION), draft)
                kustomization = there.fleet.kind_named("ks")
                server = f"127.0.0.1:{other.cluster.port}"
                moved = lambda: there.live(PRODUCTION) and there.fleet.server(PRODUCTION) == server  # noqa: E731
                await as_time_goes_on(clock, moved)
                rows = there.fleet.counts(seeing("*", cluster=PRODUCTION))[kustomization]
                assert sum(rows.values()) == 1
            await here.registry.remove(here.registry.find(PRODUCTION))
            await as_time_goes_on(clock, lambda: there.names == [DEFAULT])


async def test_a_cluster_whose_key_is_lost_says_so_and_the_others_run(
    cluster: LittleCluster, remote: Remote, tmp_path: Path
) -> None:
    settings, clock = allowing(tmp_path), HandClock()
    lost = replace(settings, secret_keys=(SecretKey("second", b"s" * 32),))
    async with open_database(settings) as database:
        await migrate(database)
        async with process(settings, cluster, tmp_path, clock=clock) as before:
            await added(before, remote)
        async with process(lost, cluster, tmp_path, clock=clock) as after:
            await until(lambda: after.live(DEFAULT))
            await until(lambda: after.health(PRODUCTION).state.sync is Sync.ERROR)
            assert after.health(PRODUCTION).state.problem == (
                "the stored credentials can't be opened: it was encrypted with a key that GYRE_SECRET_KEYS does not "
                "hold. Give GYRE_SECRET_KEYS the key they were encrypted with, or upload the kubeconfig again"
            )
            known = after.registry.find(PRODUCTION)
            assert (await after.registry.test(known)).code == "CLUSTER_UNREACHABLE"
            await after.registry.update(known, ClusterDraft(kubeconfig=remote.kubeconfig()))
            await until(lambda: after.live(PRODUCTION))


async def test_credentials_moved_to_another_row_open_nothing(
    cluster: LittleCluster, remote: Remote, tmp_path: Path
) -> None:
    settings, clock = allowing(tmp_path), HandClock()
    async with open_database(settings) as database, open_remote() as other:
        await migrate(database)
        async with process(settings, cluster, tmp_path, clock=clock) as before:
            await added(before, remote)
            await before.registry.add("other", ClusterDraft(kubeconfig=other.kubeconfig()), by="ada")
        mine, others = await StoredCluster.get(name=PRODUCTION), await StoredCluster.get(name="other")
        others.sealed = mine.sealed
        await others.save()
        asked = len(other.cluster.callers)
        async with process(settings, cluster, tmp_path, clock=clock) as after:
            await until(lambda: after.live(PRODUCTION))
            moved = ClusterName("other")
            await until(lambda: after.health(moved).state.sync is Sync.ERROR)
            assert "it was changed, or belongs to another place" in after.health(moved).state.problem
        assert len(other.cluster.callers) == asked


async def test_credentials_of_an_unknown_form_stop_nothing(
    cluster: LittleCluster, remote: Remote, tmp_path: Path
) -> None:
    settings, clock = allowing(tmp_path), HandClock()
    async with open_database(settings) as database:
        await migrate(database)
        async with process(settings, cluster, tmp_path, clock=clock) as before:
            await added(before, remote)
        row = await StoredCluster.get(name=PRODUCTION)
        row.sealed = open_vault(settings).encrypt(b'{"server": 7}', bound_to=bound_to(row.id))
        await row.save()
        async with process(settings, cluster, tmp_path, clock=clock) as after:
            await until(lambda: after.live(DEFAULT))
            await until(lambda: after.health(PRODUCTION).state.sync is Sync.ERROR)
            assert "of a form that this version of Gyre does not know" in after.health(PRODUCTION).state.problem


async def test_so_many_are_tried_at_once_and_no_more(cluster: LittleCluster, tmp_path: Path) -> None:
    settings, clock, authority = allowing(tmp_path), HandClock(), Authority()
    async with open_database(settings) as database, open_wire(server_tls(authority)) as wire:
        await migrate(database)
        wire.on("GET", "/version", *[hang] * MOST_TRIED_AT_ONCE)
        draft = ClusterDraft(kubeconfig=kubeconfig(wire.url, authority.certificate))
        async with process(settings, cluster, tmp_path, clock=clock) as here:
            trying = [asyncio.create_task(here.registry.test_upload(draft)) for _ in range(MOST_TRIED_AT_ONCE)]
            await until(lambda: len(wire.asked) == MOST_TRIED_AT_ONCE)
            with pytest.raises(TooOften) as refused:
                await here.registry.test_upload(draft)
            assert refused.value.details == {"retryAfterSeconds": 15}
            for task in trying:
                task.cancel()
            await asyncio.wait(trying)
            assert (await here.registry.test(here.registry.find(DEFAULT))).worked


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_of_two_who_add_the_same_name_at_once_one_is_refused(
    cluster: LittleCluster, remote: Remote, tmp_path: Path, dialect: str
) -> None:
    settings, clock = allowing(tmp_path, dialect), HandClock()
    async with open_database(settings) as database:
        await migrate(database)
        async with process(settings, cluster, tmp_path, clock=clock) as here:
            draft = ClusterDraft(kubeconfig=remote.kubeconfig())
            both = [here.registry.add(PRODUCTION, draft, by=who) for who in ("ada", "eve")]
            done = await asyncio.gather(*both, return_exceptions=True)
            assert sorted(type(one).__name__ for one in done) == ["AlreadyExists", "Registered"]
            assert await StoredCluster.all().count() == 1
            assert here.names == [DEFAULT, PRODUCTION]
