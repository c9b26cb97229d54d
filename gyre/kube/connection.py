"""The connections to one cluster's API and the credentials on them, read again when they end or are refused.

What is asked over them, and what an answer means: see gyre.kube.client.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from kubernetes.aio.client.rest import RESTClientObject

from gyre.clock import Clock
from gyre.errors import ClusterUnreachable, GyreError
from gyre.kube.access import REREAD_SECONDS, Access, Credentials, moment_has_come

CONNECTIONS = 256  # a watch for each kind, and what people ask for; more wait for a free one
REFUSED_AGAIN_SECONDS = 5  # what is refused, or leads nowhere, once more within this time is not read again

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A session, the API's address, and the headers and arguments that go with each request."""

    session: aiohttp.ClientSession
    host: str
    headers: Mapping[str, str]
    arguments: Mapping[str, Any]


class _Pool:
    """A session with one set of certificates; closed when the last call on it ends after it was replaced."""

    def __init__(self, rest: RESTClientObject) -> None:
        self._rest = rest
        self.session: aiohttp.ClientSession = rest._create_pool_manager()  # noqa: SLF001  # its documented hook
        self._calls = 0
        self._retired = False

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What each request of this pool is sent with besides its own."""
        configuration = self._rest.configuration
        given = {
            "server_hostname": configuration.tls_server_name,
            "proxy": configuration.proxy,
            "proxy_headers": configuration.proxy_headers,
        }
        return {name: value for name, value in given.items() if value}

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[None]:
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1
            await self._close_when_done()

    async def retire(self) -> None:
        self._retired = True
        await self._close_when_done()

    async def _close_when_done(self) -> None:
        if self._retired and not self._calls:
            await self.session.close()


class Connection:
    """One cluster's pool and credentials. Made by `connect`; `close` ends every call on it."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._access = access
        self._clock = clock
        self._credentials: Credentials | None = None
        self._pool: _Pool | None = None
        self._all_pools: list[_Pool] = []
        self._read_at = 0.0
        self._in_doubt = False
        self._reading = asyncio.Lock()
        self._closed = False

    async def close(self) -> None:
        """Close every session, whatever is under way on it."""
        self._closed = True
        for pool in self._all_pools:
            await pool.session.close()

    @property
    def server(self) -> str:
        """Host and port of the API; empty before credentials were read."""
        return (
            urlsplit(str(self._credentials.configuration.host)).netloc.rpartition("@")[2] if self._credentials else ""
        )

    @asynccontextmanager
    async def ready(self) -> AsyncIterator[Ready]:
        """What one request needs; what it stands on is not closed before it ends, unless all is."""
        if self._closed:
            raise ClusterUnreachable("the cluster is not watched any more, or is being reached in another way")
        credentials, pool = await self._current()
        headers = {"User-Agent": "gyre"}
        if credentials.authorization:
            headers["Authorization"] = credentials.authorization
        async with pool.in_use():
            host = str(credentials.configuration.host).rstrip("/")
            yield Ready(session=pool.session, host=host, headers=headers, arguments=pool.arguments)

    def doubt(self) -> None:
        """Nobody answers there, or another than was trusted: a cluster made anew has a new address and authority."""
        self._in_doubt = True

    async def refused(self, headers: Mapping[str, str]) -> bool:
        """Read the credentials again after a 401; say whether there is something new to try."""
        before = self._credentials
        if before and headers.get("Authorization", "") != before.authorization:
            return True  # somebody else read them meanwhile
        async with self._reading:
            if self._credentials is not before:
                return True
            if self._clock.monotonic() - self._read_at < REFUSED_AGAIN_SECONDS:
                return False
            await self._read()
        return before is None or _differ(before, self._credentials)

    async def _current(self) -> tuple[Credentials, _Pool]:
        if self._is_old():
            async with self._reading:
                if self._is_old():
                    await self._read_or_keep()
        if self._credentials is None or self._pool is None:
            raise AssertionError("reading credentials either works or raises")
        return self._credentials, self._pool

    def _is_old(self) -> bool:
        if self._credentials is None:
            return True
        if self._credentials.expires is not None:
            return moment_has_come(self._credentials.expires, datetime.now(UTC))
        lasts = REFUSED_AGAIN_SECONDS if self._in_doubt else REREAD_SECONDS
        return self._clock.monotonic() - self._read_at > lasts

    async def _read_or_keep(self) -> None:
        """What was read before is kept when it can't be read now: a file is replaced by two steps."""
        try:
            await self._read()
        except GyreError as error:
            if self._credentials is None:
                raise
            self._read_at = self._clock.monotonic()
            log.warning("credentials could not be read again, those from before are used: %s", error)

    async def _read(self) -> None:
        read = await self._access.read()
        if self._credentials is None or read.fingerprint != self._credentials.fingerprint:
            await self._replace_pool(read)
        self._credentials = read
        self._read_at = self._clock.monotonic()
        self._in_doubt = False

    async def _replace_pool(self, read: Credentials) -> None:
        read.configuration.connection_pool_maxsize = CONNECTIONS
        own = read.configuration.client_session_kwargs or {}
        jar = {"cookie_jar": aiohttp.DummyCookieJar()}  # a proxy's cookie is no login
        read.configuration.client_session_kwargs = {**own, **jar}
        try:
            rest = await asyncio.to_thread(read.connections)
        except (OSError, ValueError) as error:  # of which TLS' own is one
            raise ClusterUnreachable(f"the certificates for it can't be used: {error}") from error
        before, self._pool = self._pool, _Pool(rest)
        self._all_pools = [pool for pool in self._all_pools if not pool.session.closed] + [self._pool]
        if before is not None:
            await before.retire()


def _differ(before: Credentials, after: Credentials | None) -> bool:
    if after is None:
        return False
    return (before.authorization, before.fingerprint) != (after.authorization, after.fingerprint)
