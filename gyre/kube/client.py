"""Asks one cluster's API for raw bytes, and raises what it refuses as gyre.errors.

Lists that follow changes are gyre.kube.reflector's, writes gyre.kube.writing's; nothing here reads an object.
"""

import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from gyre.clock import Clock, SystemClock
from gyre.errors import GyreError, TimedOut
from gyre.kube.access import Access
from gyre.kube.connection import Connection, Ready
from gyre.kube.refusals import Refusal, about_the_user
from gyre.terms.naming import ClusterName, Kind

ASK_SECONDS = 30.0
CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024 * 1024  # 500 objects of half a megabyte; more is refused instead of filling memory
CHUNK = 256 * 1024
JSON = "application/json"

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonation:
    """On whose behalf a call is made; the API server decides with that user's rights."""

    user: str
    groups: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As the API server reads them."""
        return (("Impersonate-User", self.user), *(("Impersonate-Group", group) for group in self.groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: its path below the API's address, and what goes with it."""

    path: str
    method: str = "GET"
    query: Query = ()
    body: bytes | None = None
    content_type: str = JSON
    accept: str = JSON
    seconds: float = ASK_SECONDS


class KubeClient:
    """One cluster's API, as Gyre's own account or on behalf of a user."""

    def __init__(self, cluster: ClusterName, connection: Connection, *, as_user: Impersonation | None = None) -> None:
        self.cluster = cluster
        self.refusal = Refusal(cluster)
        self._connection = connection
        self._as_user = as_user

    def on_behalf_of(self, user: Impersonation) -> "KubeClient":
        """The same cluster, asked in the name of this user in each call."""
        return KubeClient(self.cluster, self._connection, as_user=user)

    @property
    def server(self) -> str:
        """Host and port of the API; empty before anything was asked."""
        return self._connection.server

    async def ask(self, call: Call) -> bytes:
        """Make one call and return the body of its success."""
        patience = aiohttp.ClientTimeout(total=call.seconds, sock_connect=CONNECT_SECONDS)
        async with self._answered(call, patience) as response:
            return await self._whole(response)

    @asynccontextmanager
    async def stream(self, call: Call, *, idle_seconds: float) -> AsyncIterator[AsyncIterator[bytes]]:
        """Make one call whose answer comes in pieces; silence longer than `idle_seconds` is ClusterUnreachable."""
        patience = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=idle_seconds)
        async with self._answered(call, patience) as response:
            yield response.content.iter_any()

    @asynccontextmanager
    async def _answered(self, call: Call, patience: aiohttp.ClientTimeout) -> AsyncIterator[aiohttp.ClientResponse]:
        """The response of a success; after a 401 once more with credentials read anew."""
        for last in (False, True):
            async with self._connection.ready() as ready, await self._begin(call, ready, patience) as response:
                if response.status < HTTPStatus.MULTIPLE_CHOICES:
                    with self._failing(call):
                        yield response
                    return
                with self._failing(call):
                    refusal = await self._refusal(response)
                unauthorized = response.status == HTTPStatus.UNAUTHORIZED
            if last or not unauthorized or not await self._connection.refused(ready.headers):
                raise refusal

    async def _begin(self, call: Call, ready: Ready, patience: aiohttp.ClientTimeout) -> aiohttp.ClientResponse:
        url = f"{ready.host}{call.path}{'?' + urlencode(call.query) if call.query else ''}"
        with self._failing(call):
            try:
                return await ready.session.request(
                    call.method,
                    URL(url, encoded=True),
                    headers=_headers(call, ready.headers, self._as_user),
                    data=call.body,
                    timeout=patience,
                    allow_redirects=False,
                    **ready.arguments,
                )
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                self._connection.doubt()
                raise
            except ValueError as error:  # a header with a line break: what was asked can't be sent
                raise self.refusal.unreachable(f"the call can't be made: {error}") from error

    @contextmanager
    def _failing(self, call: Call) -> Iterator[None]:
        """What the network does becomes an error that says so."""
        try:
            yield
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._failure(call, error) from error

    async def _whole(self, response: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_chunked(CHUNK):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise self.refusal.unreachable(f"an answer larger than {LARGEST_ANSWER} bytes")
        return b"".join(parts)

    async def _refusal(self, response: aiohttp.ClientResponse) -> GyreError:
        body = bytearray()
        # one read would be what has come so far, and half a Status is none
        async for part in response.content.iter_any():
            body += part
            if len(body) >= CHUNK:
                break
        refusal = self.refusal.of(response.status, bytes(body), retry_after=response.headers.get("Retry-After"))
        return about_the_user(refusal) if self._as_user else refusal

    def _failure(self, call: Call, error: Exception) -> GyreError:
        if (
            isinstance(error, TimeoutError)
            and call.method != "GET"
            and not isinstance(error, aiohttp.ConnectionTimeoutError)
        ):
            return TimedOut(
                f"{self.cluster}: the API server did not answer in {call.seconds:.0f} s; it may still do it",
                details={"cluster": self.cluster},
            )
        return self.refusal.unreachable(f"the API server can't be reached: {_words(error)}")


@asynccontextmanager
async def open_client(access: Access, *, cluster: ClusterName, clock: Clock | None = None) -> AsyncIterator[KubeClient]:
    """Hold the connections of one cluster while inside; nothing is asked until the first call."""
    connection = Connection(access, clock or SystemClock())
    try:
        yield KubeClient(cluster, connection)
    finally:
        await connection.close()


def path_of(kind: Kind, version: str, *, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """`/apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME`, each part quoted."""
    root = f"/apis/{quote(kind.group, safe='')}" if kind.group else "/api"
    parts = [root, quote(version, safe="")]
    if namespace:
        parts += ["namespaces", quote(namespace, safe="")]
    parts.append(quote(kind.plural, safe=""))
    parts += [quote(part, safe="") for part in (name, subresource) if part]
    return "/".join(parts)


def _words(error: Exception) -> str:
    """What the network says, in its own words and without the library's."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"{error.host}:{error.port}: {error.certificate_error}"
    if isinstance(error, aiohttp.ClientConnectorError):
        known = isinstance(error.errno, int) and error.errno > 0
        return f"{error.host}:{error.port}: {os.strerror(error.errno or 0) if known else error.strerror}"
    return str(error) or type(error).__name__


def _headers(call: Call, own: Mapping[str, str], as_user: Impersonation | None) -> list[tuple[str, str]]:
    headers = [*own.items(), ("Accept", call.accept)]
    if call.body is not None:
        headers.append(("Content-Type", call.content_type))
    if as_user:
        headers += as_user.headers
    return headers
