"""The budgets of this Gyre: requests a minute of a person, of an address, and points a minute of GraphQL.

What counts as a request is gyre.web's; what an operation costs is schema.costs'.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager

from gyre.audit import Deed, refused_soon
from gyre.audit.lately import Lately
from gyre.clock import Clock
from gyre.errors import TooOften
from gyre.limits.budgets import MINUTE, Budget, Over, Verdict
from gyre.limits.connections import Connections
from gyre.limits.counting import Counting
from gyre.limits.failures import SharedFailures
from gyre.limits.metrics import LIMITS_REFUSED
from gyre.limits.shared import Shared, open_shared
from gyre.settings import Settings
from gyre.terms.guessing import Failures
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts


class Limits:
    """All limits of one process; made by `open_limits`."""

    def __init__(self, settings: Settings, shared: Shared | None, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock
        self._refused = Lately(MINUTE)  # a script in a loop is one entry of the audit a minute
        self._user = Budget("user", settings.rate_limit_user)
        self._anonymous = Budget("anonymous", settings.rate_limit_anonymous)
        self._graphql = Budget("graphql", settings.rate_limit_graphql)
        self._counting = Counting(shared)
        self._connections = Connections()

    def failures(self, alone: Failures) -> Failures:
        """Where failed sign-ins are counted: for all processes together, else where they are counted alone."""
        return alone if self._shared is None else SharedFailures(self._shared, alone)

    async def request(self, who: Principal | None, facts: RequestFacts) -> Verdict | None:
        """One request more: of a person, who has a budget wherever they are, or of an address. None: no limit."""
        return await self._spend(self._anonymous if who is None else self._user, who, facts, 1)

    async def operation(self, who: Principal, facts: RequestFacts, points: int) -> Verdict | None:
        """So many points of GraphQL more. None: no limit."""
        return await self._spend(self._graphql, who, facts, points)

    def connection(self, who: Principal | None, facts: RequestFacts) -> AbstractContextManager[None]:
        """One connection more that stays open. Entering it raises TooOften when there are too many."""
        whose = f"address {facts.place}" if who is None else f"user {who.user_id}"
        return self._connections.one(whose, signed_in=who is not None)

    async def _spend(self, budget: Budget, who: Principal | None, facts: RequestFacts, cost: int) -> Verdict | None:
        if budget.per_minute == 0:
            return None
        spender = facts.place if who is None else who.user_id
        verdict = await self._counting.spend(budget, spender, cost)
        if not verdict:
            LIMITS_REFUSED.labels(budget.name).inc()
            if not self._refused.told(f"{budget.name} {spender}", self._clock.monotonic()):
                details = {"budget": budget.name, "perMinute": budget.per_minute}
                refused_soon(Deed(action="rate-limit", who=who, facts=facts, details=details), reason=verdict.because)
        return verdict


def too_often(over: Over) -> TooOften:
    """A refusal as an error of the domain."""
    message = f"Too often: {over.because}. Come back in {over.retry_after_seconds} s."
    refusal = TooOften(message, details={"retryAfterSeconds": over.retry_after_seconds, "limit": over.limit})
    refusal.in_audit = True
    return refusal


@asynccontextmanager
async def open_limits(settings: Settings, clock: Clock) -> AsyncIterator[Limits]:
    """The limits that the settings give, counted in Redis when there is one."""
    async with open_shared(settings.redis_url, clock) as shared:
        yield Limits(settings, shared, clock)
