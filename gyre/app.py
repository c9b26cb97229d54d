"""Wires the program: the only place that knows every room, and the one lifespan that owns each start and stop.

Nothing is decided here; which settings there are is gyre.settings', which routes the two faces'.
"""

import gc
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypedDict

from starlette.applications import Starlette
from starlette.types import ASGIApp

from gyre.audit import open_audit
from gyre.auth.bootstrap import FirstAdmin, first_admin
from gyre.auth.callers import open_callers
from gyre.auth.failures import FailuresInMemory
from gyre.auth.oidc import SignInProviders
from gyre.auth.passwords import Passwords
from gyre.auth.sessions import open_sessions
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock, SystemClock
from gyre.events.bus import open_bus
from gyre.events.feed import open_feed
from gyre.events.hub import open_hub
from gyre.events.tasks import owned_tasks
from gyre.fleet.fleet import Fleet, open_fleet
from gyre.fleet.registry import open_registry
from gyre.kube.access import Access
from gyre.limits import open_limits
from gyre.people import directory
from gyre.settings import Settings
from gyre.terms.naming import ClusterName
from gyre.vault import open_vault
from gyre.web.frontend import Frontend
from gyre.web.rate_limits import RateLimits
from gyre.web.surround import surround
from models.connecting import open_database
from models.locking import claim_database
from models.migrating import make_current
from resolvers.context import Services
from rest_compat.problems import handlers
from rest_compat.routes import in_front_of
from schema.asgi import routes as graphql_routes

DEFAULT = ClusterName("default")
"""The cluster that the operator gives from outside; it can't be removed through an API."""


class State(TypedDict):
    """What every request finds as `request.state`."""

    services: Services


def create_app(
    settings: Settings,
    clusters: Mapping[ClusterName, Access],
    *,
    announce: Callable[[FirstAdmin], None],
    clock: Clock | None = None,
) -> ASGIApp:
    """The whole program as one ASGI application. `announce` is told of the first administrator, once in a lifetime."""
    clock = clock or SystemClock()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            services = await _start(stack, settings, clusters, clock, announce)
            yield State(services=services)

    frontend = Frontend()
    app = Starlette(routes=graphql_routes(settings), lifespan=lifespan, exception_handlers=handlers())
    app.router.default = frontend
    return surround(RateLimits(in_front_of(app)), settings, policy=frontend.policy, clock=clock)


async def _start(
    stack: AsyncExitStack,
    settings: Settings,
    clusters: Mapping[ClusterName, Access],
    clock: Clock,
    announce: Callable[[FirstAdmin], None],
) -> Services:
    """Open every part, each before what stands on it; the stack closes them in reverse."""
    stack.enter_context(claim_database(settings))
    database = await stack.enter_async_context(open_database(settings))
    await make_current(database, settings)
    vault = open_vault(settings)
    await stack.enter_async_context(open_audit(vault, clock, days=settings.audit_days))
    passwords = Passwords()
    admin = await first_admin(settings, passwords=passwords, clock=clock)
    if admin is not None:
        announce(admin)
    bus = await stack.enter_async_context(open_bus(settings.redis_url))
    limits = await stack.enter_async_context(open_limits(settings, clock))
    version = PeopleVersion(clock, bus)
    sessions = await stack.enter_async_context(
        open_sessions(
            settings,
            vault=vault,
            passwords=passwords,
            version=version,
            clock=clock,
            failures=limits.failures(FailuresInMemory(clock)),
        )
    )
    callers = await stack.enter_async_context(open_callers(sessions, version, clock))
    people = directory(passwords=passwords, version=version, clock=clock)
    await people.identities.forget_others(settings.oidc_providers)
    providers = SignInProviders(settings, vault=vault, clock=clock)
    feed = await stack.enter_async_context(open_feed(bus))
    hub = await stack.enter_async_context(open_hub(feed))
    in_their_names = settings.impersonate_prefix if settings.impersonate else None
    fleet = await stack.enter_async_context(open_fleet(clusters, feed, clock, in_their_names=in_their_names))
    registry = await stack.enter_async_context(
        open_registry(fleet, clusters, settings=settings, vault=vault, version=version, clock=clock)
    )
    tasks = await stack.enter_async_context(owned_tasks())
    tasks.start(_freeze(fleet), name="freeze")
    return Services(
        settings=settings,
        clock=clock,
        fleet=fleet,
        registry=registry,
        feed=feed,
        hub=hub,
        sessions=sessions,
        callers=callers,
        providers=providers,
        limits=limits,
        directory=people,
        vault=vault,
    )


async def _freeze(fleet: Fleet) -> None:
    """What was read first stays for long: keep the garbage collector from walking it (longest pause 51 → 4 ms)."""
    await fleet.first_read()
    gc.collect()
    gc.freeze()
