"""All that stands behind a face, put together for tests as gyre.app does it, on clusters that are given.

How it is served, and who asks, is each face's: tests.support.graphql and tests.rest_compat.conftest.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from gyre.auth.oidc import SignInProviders
from gyre.clock import SystemClock
from gyre.events.bus import open_bus
from gyre.events.feed import open_feed
from gyre.events.hub import open_hub
from gyre.fleet.fleet import open_fleet
from gyre.fleet.registry import open_registry
from gyre.kube.access import Access
from gyre.settings import SecretKey, Settings
from gyre.terms.naming import ClusterName, Ref
from resolvers.context import Services
from tests.support.people import UNLIMITED, People, people_on

DEFAULT = ClusterName("default")


def has_read(services: Services, kind: str, name: str, namespace: str = "shop") -> bool:
    """Whether the fleet has this object by now."""
    ref = Ref(cluster=DEFAULT, kind=services.fleet.kind_named(kind), namespace=namespace, name=name)
    return services.fleet.find(ref) is not None


@asynccontextmanager
async def services_on(
    clusters: Mapping[ClusterName, Access], folder: Path, **more: Any
) -> AsyncIterator[tuple[Services, People]]:
    """The services on these clusters, all of them read; `more` are settings. Without limits a minute unless given."""
    settings = Settings(data_dir=folder, **{"secret_keys": (SecretKey("test", b"k" * 32),), **UNLIMITED, **more})
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        people = await stack.enter_async_context(people_on(settings, clock))
        bus = await stack.enter_async_context(open_bus(None))
        feed = await stack.enter_async_context(open_feed(bus))
        hub = await stack.enter_async_context(open_hub(feed))
        names = settings.impersonate_prefix if settings.impersonate else None
        fleet = await stack.enter_async_context(open_fleet(clusters, feed, clock, in_their_names=names))
        registry = await stack.enter_async_context(
            open_registry(fleet, clusters, settings=settings, vault=people.vault, version=people.version, clock=clock)
        )
        services = Services(
            settings=settings,
            clock=clock,
            fleet=fleet,
            registry=registry,
            feed=feed,
            hub=hub,
            sessions=people.sessions,
            callers=people.callers,
            providers=SignInProviders(settings, vault=people.vault, clock=clock),
            limits=people.limits,
            directory=people.directory,
            vault=people.vault,
        )
        await fleet.first_read()
        yield services, people
