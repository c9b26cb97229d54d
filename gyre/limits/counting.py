"""Counting what is spent, with the `limits` library: in Redis for all processes at once, else in memory.

Which budgets there are is rates' matter.
"""

from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from gyre.limits.budgets import MINUTE, Budget, Over, Verdict, Window, Within
from gyre.limits.shared import Away, Shared

MOST_IN_MEMORY: Final = 20_000
"""Spenders counted in memory at the same time, each for two minutes; when there are more, all begin anew."""

WHAT: Final = {"user": "requests", "anonymous": "requests", "graphql": "points"}


class Counting:
    """Spends of budgets, each for each spender."""

    def __init__(self, shared: Shared | None) -> None:
        self._memory = MemoryStorage()
        self._in_memory = SlidingWindowCounterRateLimiter(self._memory)
        self._shared = shared
        self._in_redis: SlidingWindowCounterRateLimiter | None = None
        if shared is not None:
            options = {"connection_pool": shared.pool, "key_prefix": shared.prefix}
            storage = RedisStorage("async+redis://", implementation="redispy", **options)  # type: ignore[arg-type]  # its annotation leaves the pool out
            self._in_redis = SlidingWindowCounterRateLimiter(storage)

    async def spend(self, budget: Budget, spender: str, cost: int) -> Verdict:
        """Take so much of this spender's budget or nothing of it. What is dearer than a whole one takes a whole."""
        cost = min(cost, budget.per_minute)
        if self._shared is not None and self._in_redis is not None:
            counter = self._in_redis
            try:
                return await self._shared.ask(lambda: _spend(counter, budget, spender, cost))
            except Away:
                pass  # said and metered where it was found out
        if len(self._memory.expirations) >= MOST_IN_MEMORY:
            await self._memory.reset()
        return await _spend(self._in_memory, budget, spender, cost)


async def _spend(counter: SlidingWindowCounterRateLimiter, budget: Budget, spender: str, cost: int) -> Verdict:
    limit = budget.per_minute
    item = RateLimitItemPerMinute(limit, namespace=budget.name)
    spent = await counter.hit(item, spender, cost=cost)
    storage = counter.storage
    if not isinstance(storage, MemoryStorage | RedisStorage):
        raise TypeError("a storage that can slide is needed")
    window = Window(*await storage.get_sliding_window(item.key_for(spender), MINUTE))
    left, reset = window.left(limit), window.reset_seconds()
    if spent:
        return Within(limit=limit, remaining=left, reset_seconds=reset)
    wait = window.wait_seconds(cost, limit)
    because = f"{limit} {WHAT[budget.name]} a minute are the most"
    return Over(limit=limit, remaining=left, reset_seconds=reset, retry_after_seconds=wait, because=because)
