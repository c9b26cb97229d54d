"""The budgets of this Gyre: requests a minute of a person, of an address, and points a minute of GraphQL.

What counts as a request is gyre.web's; what an operation costs is schema.costs'.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from gyre.clock import Clock
from gyre.errors import TooOften
from gyre.limits.budgets import Budget, Over, Verdict
from gyre.limits.connections import Connections
from gyre.limits.counting import Counting
from gyre.limits.metrics import LIMITS_REFUSED
from gyre.limits.shared import Shared, open_shared
from gyre.settings import Settings
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts


class Limits:
    """All limits of one process; made by `open_limits`."""

    def __init__(self, settings: Settings, shared: Shared | None) -> None:
        self.shared = shared
        self._user = Budget("user", settings.rate_limit_user)
        self._anonymous = Budget("anonymous", settings.rate_limit_anonymous)
        self._graphql = Budget("graphql", settings.rate_limit_graphql)
        self._counting = Counting(shared)
        self._connections = Connections()

    async def request(self, who: Principal | None, facts: RequestFacts) -> Verdict | None:
        """One request more: of a person, who has a budget wherever they are, or of an address. None: no limit."""
        if who is None:
            return await self._spend(self._anonymous, facts.place, 1)
        return await self._spend(self._user, who.user_id, 1)

    async def operation(self, who: Principal, points: int) -> Verdict | None:
        """So many points of GraphQL more. None: no limit."""
        return await self._spend(self._graphql, who.user_id, points)

    @contextmanager
    def connection(self, who: Principal | None, facts: RequestFacts) -> Iterator[None]:
        """One connection more that stays open. Raises TooOften when there are too many."""
        whose = f"address {facts.place}" if who is None else f"user {who.user_id}"
        with self._connections.one(whose, signed_in=who is not None):
            yield

    async def _spend(self, budget: Budget, spender: str, cost: int) -> Verdict | None:
        if budget.per_minute == 0:
            return None
        verdict = await self._counting.spend(budget, spender, cost)
        if not verdict:
            LIMITS_REFUSED.labels(budget.name).inc()
        return verdict


def too_often(over: Over) -> TooOften:
    """A refusal as an error of the domain."""
    message = f"Too often: {over.because}. Come back in {over.retry_after_seconds} s."
    return TooOften(message, details={"retryAfterSeconds": over.retry_after_seconds, "limit": over.limit})


@asynccontextmanager
async def open_limits(settings: Settings, clock: Clock) -> AsyncIterator[Limits]:
    """The limits that the settings give, counted in Redis when there is one."""
    async with open_shared(settings.redis_url, clock) as shared:
        yield Limits(settings, shared)
