"""One watch: from a resourceVersion on, event by event, until the API server or the network ends it.

When to watch again, and from where: see gyre.kube.reflector.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from gyre.errors import GyreError
from gyre.kube.client import Call, KubeClient, path_of
from gyre.kube.refusals import Status
from gyre.kube.told import Put, Removed, Served

LONGEST_LINE: Final = 16 * 1024 * 1024  # ten times what etcd stores of one object


class LineTooLong(Exception):
    """A stream that never ends its line."""


class Lines:
    """Cuts a stream into lines, wherever its pieces end. A line that was never ended is never told."""

    def __init__(self, *, longest: int = LONGEST_LINE) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._longest = longest

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that this piece ends."""
        first, *others = piece.split(b"\n")
        self._parts.append(first)
        self._size += len(first)
        if self._size > self._longest:
            raise LineTooLong(f"a watch event longer than {self._longest} bytes")
        if not others:
            return []
        lines = [b"".join(self._parts), *others[:-1]]
        self._parts = [others[-1]]
        self._size = len(others[-1])
        return [line for line in lines if line]


class _Metadata(msgspec.Struct, frozen=True, rename="camel"):
    resource_version: str = ""


class _Head(msgspec.Struct, frozen=True):
    metadata: _Metadata = _Metadata()


class _Event(msgspec.Struct, frozen=True):
    type: str
    object: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event: how far the watch is, and what to tell (nothing for a bookmark)."""

    resource_version: str
    told: Put | Removed | None


_event_decoder = msgspec.json.Decoder(_Event)
_head_decoder = msgspec.json.Decoder(_Head)
_status_decoder = msgspec.json.Decoder(Status, strict=False)


@asynccontextmanager
async def watch(
    client: KubeClient, served: Served, resource_version: str, *, seconds: int, idle_seconds: float
) -> AsyncIterator[AsyncIterator[Seen]]:
    """Events after this resourceVersion; entered when the API server has accepted the watch."""
    query = [
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("resourceVersion", resource_version),
        ("timeoutSeconds", str(seconds)),
        *([("fieldSelector", served.fields)] if served.fields else []),
    ]
    call = Call(path=path_of(served.kind, served.version), query=query)
    async with client.stream(call, idle_seconds=idle_seconds) as pieces:
        yield _events(client, pieces)


async def _events(client: KubeClient, pieces: AsyncIterator[bytes]) -> AsyncIterator[Seen]:
    lines = Lines()
    async for piece in pieces:
        try:
            ended = lines.feed(piece)
        except LineTooLong as error:
            raise client.refusal.unreachable(str(error)) from error
        for line in ended:
            yield _seen(client, line)


def _seen(client: KubeClient, line: bytes) -> Seen:
    try:
        event = _event_decoder.decode(line)
        if event.type == "ERROR":
            raise _refused(client, event.object)
        resource_version = _head_decoder.decode(event.object).metadata.resource_version
    except msgspec.MsgspecError as error:
        raise client.refusal.unreachable(f"a watch event that makes no sense: {error}") from error
    if event.type in {"ADDED", "MODIFIED"}:
        return Seen(resource_version=resource_version, told=Put(bytes(event.object)))
    if event.type == "DELETED":
        return Seen(resource_version=resource_version, told=Removed(bytes(event.object)))
    return Seen(resource_version=resource_version, told=None)


def _refused(client: KubeClient, status: msgspec.Raw) -> GyreError:
    return client.refusal.of_status(_status_decoder.decode(status))
