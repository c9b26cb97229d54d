"""The documented answers, put together from kept bytes: an object is never parsed to be sent.

Which answer belongs to which endpoint: see docs/rest.md.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
import orjson
from starlette.responses import Response, StreamingResponse

from gyre.fleet.health import Problem
from rest_compat.shapes import Troubles

CHUNK_BYTES = 64 * 1024
"""The pieces of a large list."""

AT_ONCE_BYTES = 512 * 1024
"""Up to here a list is one piece: a page of a hundred ordinary objects."""

AT_ONCE = 50
"""Objects of which something is made before anything of the answer is sent."""

NOT_TO_KEEP = {"cache-control": "private, no-cache"}
"""A browser must not show the state before one's own write."""


def answer(value: msgspec.Struct, *, status: int = 200) -> Response:
    """An answer of a documented shape."""
    return Response(msgspec.json.encode(value), status, NOT_TO_KEEP, media_type="application/json")


def one(resource: bytes, more: Mapping[str, object], *, status: int = 200) -> Response:
    """`{"resource": …}` and what else there is to say."""
    content = b"".join((b'{"resource":', resource, _tail(more)))
    return Response(content, status, NOT_TO_KEEP, media_type="application/json")


def many(
    resources: Sequence[bytes],
    more: Mapping[str, object],
    *,
    name: str = "resources",
    chosen: Callable[[bytes], bytes] | None = None,
) -> Response:
    """`{"resources": […]}`, or under another name, and what else there is to say, sent in pieces.

    `chosen` makes of each what is sent of it: nobody knows then how long the answer will be.
    """
    head, tail = b'{"%s":[' % name.encode(), b"]" + _tail(more)
    if chosen is not None:
        few = map(chosen, resources)
        if len(resources) <= AT_ONCE:
            return Response(b"".join(_pieces(head, few, tail)), 200, NOT_TO_KEEP, media_type="application/json")
        return StreamingResponse(_stream(head, few, tail), 200, NOT_TO_KEEP, media_type="application/json")
    size = len(head) + sum(map(len, resources)) + max(0, len(resources) - 1) + len(tail)
    if size <= AT_ONCE_BYTES:
        return Response(b"".join((head, b",".join(resources), tail)), 200, NOT_TO_KEEP, media_type="application/json")
    headers = {**NOT_TO_KEEP, "content-length": str(size)}
    return StreamingResponse(_stream(head, resources, tail), 200, headers, media_type="application/json")


def problems(found: Sequence[Problem]) -> dict[str, object]:
    """`errors` and `staleSince`, where something of the answer cannot be relied on; else nothing."""
    told: dict[str, object] = msgspec.to_builtins(Troubles.told(found)) if found else {}
    return told


def _tail(more: Mapping[str, object]) -> bytes:
    """The rest of an object whose first member is written already."""
    return b"," + orjson.dumps(more)[1:] if more else b"}"


async def _stream(head: bytes, resources: Iterable[bytes], tail: bytes) -> AsyncIterator[bytes]:
    for piece in _pieces(head, resources, tail):
        yield piece
        await asyncio.sleep(0)  # sending waits for a slow client alone; others are to be answered in between


def _pieces(head: bytes, resources: Iterable[bytes], tail: bytes) -> Iterator[bytes]:
    piece = bytearray(head)
    for place, resource in enumerate(resources, 1):
        piece += b"," if place > 1 else b""
        piece += resource
        if len(piece) >= CHUNK_BYTES or not place % AT_ONCE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece + tail)
