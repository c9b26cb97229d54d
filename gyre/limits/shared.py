"""Redis, where all processes count together, as long as it answers; when it does not, nobody waits for it twice.

What is counted there is counting's and failures' matter; without an address there is no such thing.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from gyre.clock import Clock
from gyre.errors import BadSettings
from gyre.limits.metrics import LIMITS_ALONE, LIMITS_SHARED

T = TypeVar("T")

PATIENCE_SECONDS: Final = 1.0
"""A request waits no longer for its being counted. Redis answers within a millisecond, a busy process is slower."""
AGAIN_SECONDS: Final = 5.0
"""How long Redis is left alone after it did not answer: one request in so long finds out whether it is back."""
CONNECTIONS: Final = 8

logger = logging.getLogger(__name__)


class Away(Exception):  # it is a state, not a failure
    """Redis does not answer now: count in this process alone."""


class Shared:
    """One process's connections to it."""

    def __init__(self, pool: BlockingConnectionPool, clock: Clock) -> None:
        self.pool = pool
        self.redis: Redis = Redis(connection_pool=pool)
        self.prefix = f"gyre:{int(pool.connection_kwargs.get('db') or 0)}:limits"
        self._turns = asyncio.Semaphore(CONNECTIONS)  # the pool's own queue is not fair: one could wait for ever
        self._clock = clock
        self._ask_again_at = 0.0
        self._problem = ""
        LIMITS_SHARED.set(1)

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer. Raises Away when Redis does not give one, at once when it did not a moment ago."""
        if self._problem:
            if self._clock.monotonic() < self._ask_again_at:
                LIMITS_ALONE.inc()
                raise Away(self._problem)
            self._ask_again_at = self._clock.monotonic() + AGAIN_SECONDS
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._turns:
                answer = await question()
        except (RedisError, OSError) as problem:  # TimeoutError is one of them
            LIMITS_ALONE.inc()
            self._lost(str(problem) or "it did not answer in time")
            raise Away(self._problem) from problem
        self._found()
        return answer

    def _lost(self, problem: str) -> None:
        self._ask_again_at = self._clock.monotonic() + AGAIN_SECONDS
        LIMITS_SHARED.set(0)
        if not self._problem:
            logger.warning("Redis does not count for the limits, each process counts alone: %s", problem)
        self._problem = problem

    def _found(self) -> None:
        if self._problem:
            logger.info("Redis counts for the limits again.")
            LIMITS_SHARED.set(1)
        self._problem = ""


@asynccontextmanager
async def open_shared(url: str | None, clock: Clock) -> AsyncIterator[Shared | None]:
    """What is shared through the Redis of this address, None without one."""
    if url is None:
        yield None
        return
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            protocol=2,
            socket_timeout=None,  # on Python 3.11 it is done with wait_for, which can lose a cancellation
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,  # its commands need rights that counting does not
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
    except (ValueError, TypeError, RedisError) as error:
        raise BadSettings(f"GYRE_REDIS_URL should be like redis://host:6379/0: {error}") from error
    try:
        yield Shared(pool, clock)
    finally:
        await pool.disconnect()
