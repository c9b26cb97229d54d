"""Counting what is spent, with the `limits` library: in Redis for all processes at once, else in memory.

Which budgets there are is rates' matter.
"""

from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from gyre.limits.budgets import MINUTE, Budget, Over, Verdict, Window, Within
from gyre.limits.shared import Away, Shared

SHELVES: Final = 64
"""The library looks through all it holds in memory with each spend, so that is parted."""
MOST_ON_A_SHELF: Final = 512
"""Spenders counted in memory at the same time, each for two minutes; when there are more, a shelf begins anew."""

WHAT: Final = {"user": "requests", "anonymous": "requests", "graphql": "points"}


class Counting:
    """Spends of budgets, each for each spender."""

    def __init__(self, shared: Shared | None) -> None:
        self._shelves = [MemoryStorage() for _ in range(SHELVES)]
        self._in_memory = [SlidingWindowCounterRateLimiter(shelf) for shelf in self._shelves]
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
        place = hash(spender) % SHELVES
        if len(self._shelves[place].expirations) >= MOST_ON_A_SHELF:
            await self._shelves[place].reset()
        return await _spend(self._in_memory[place], budget, spender, cost)


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
