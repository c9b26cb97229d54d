"""One connection to Redis that comes back: connect, use, and after any failure wait and begin again.

What is said over it: see gyre.events.listening and gyre.events.speaking.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from gyre.errors import BadSettings

PATIENCE_SECONDS = 5.0
"""How long Redis may be silent before the connection counts as lost; a local one answers within a millisecond."""

PING_SECONDS = 2.0
"""How often Redis is asked for a sign of life: twice within the patience."""

SOUND_SECONDS = 1.0
"""A connection that lasted this long was no failed attempt: the next one is made at once."""

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
"""Between attempts: two connections a process every two seconds burden no server that has just come back."""


class Link:
    """Where Redis is, and how a connection to it is kept."""

    def __init__(self, url: str) -> None:
        ours = {
            "protocol": 2,  # one reply a command, in order
            "decode_responses": False,
            "socket_timeout": None,  # on Python 3.11 it is done with wait_for, which can lose a cancellation
            "socket_connect_timeout": PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),  # a silent reconnect would be a gap nobody is told of
            "driver_info": None,  # its commands need rights that PUBLISH and SUBSCRIBE don't
            "maint_notifications_config": MaintNotificationsConfig(enabled=False),  # they want another protocol
        }
        try:
            pool = ConnectionPool.from_url(url, **ours)
            self._options = {**pool.connection_kwargs, **ours}
            self._connection_class = pool.connection_class
            self._connection_class(**self._options)
        except (ValueError, TypeError, RedisError) as error:
            raise BadSettings(f"GYRE_REDIS_URL should be like redis://host:6379/0: {error}") from error

    @property
    def database(self) -> int:
        """The number in the URL. Channels are not kept apart by it in Redis, so their names are."""
        return int(self._options.get("db") or 0)

    async def keep(self, use: Callable[[AbstractConnection], Awaitable[None]], lost: Callable[[str], None]) -> None:
        """Connect and use, for ever; `lost` hears why it ended each time."""
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            problem = await self._once(use)
            lost(problem)
            lasted = asyncio.get_running_loop().time() - began
            failures = 0 if lasted > SOUND_SECONDS else failures + 1
            await asyncio.sleep(pause(failures))

    async def _once(self, use: Callable[[AbstractConnection], Awaitable[None]]) -> str:
        connection: AbstractConnection = self._connection_class(**self._options)
        problem = "the connection ended"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await connection.connect()  # type: ignore[no-untyped-call] # redis leaves its annotation out
            await use(connection)
        except* (RedisError, OSError) as group:
            problem = _first(group)
        finally:
            await connection.disconnect(nowait=True)
        return problem


def pause(failures: int) -> float:
    """Seconds before the next attempt: longer each time, and never the same for two processes."""
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311 # nobody gains by guessing it


def _first(group: BaseExceptionGroup[BaseException]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or "Redis did not answer in time"
