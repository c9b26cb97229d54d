"""The WebSocket of the REST API: what changes, pushed to whoever may see it.

What a message says: see rest_compat.frames. Foreign origins are refused by gyre.web before they get here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Final, cast

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from gyre import errors
from gyre.auth.credentials import SOCKET_PROTOCOL
from gyre.errors import GyreError, NotSignedIn
from gyre.events.members import Member
from gyre.events.seats import EachChange, Seat
from gyre.fleet.queries import RowFilter
from resolvers import streams
from resolvers.context import Context
from resolvers.streams import SeenChange
from resolvers.watching import until_signed_out
from rest_compat.frames import HEARTBEAT, PONG, Messages, complaint, welcome
from rest_compat.reading import context_of, text

HEARTBEAT_SECONDS: Final = 25.0
"""Below the thirty to sixty after which proxies close a silent connection."""

SEND_SECONDS: Final = 30.0
"""How long a client may leave what was sent unread before it is closed."""

LONGEST_MESSAGE: Final = 4_096
"""Characters of a client's message."""

LONGEST_REASON_BYTES: Final = 120

CODES: Mapping[type[GyreError], int] = {
    errors.Invalid: 4400,
    errors.NoSuchKind: 4400,
    errors.NoSuchCluster: 4400,
    errors.NotSignedIn: 4401,
    errors.NotAllowed: 4403,
    errors.TooOften: 4429,
    errors.NotSynced: 4503,
    errors.Unavailable: 4503,
}
"""Close codes; docs/rest.md says what a client does about each."""

GOING_AWAY: Final = 1001
RESTARTING: Final = 1012
"""What uvicorn closes with when it ends before the hub does."""
INTERNAL: Final = 1011
TOO_SLOW: Final = 4408

logger = logging.getLogger(__name__)


class TooSlow(GyreError):
    """The client does not read what is sent."""

    code = "TOO_SLOW"


@dataclass(frozen=True, slots=True)
class End:
    """Why a socket is closed; code 0: the client did it."""

    code: int
    reason: str = ""


async def changes(websocket: WebSocket) -> None:
    """Tell every change the caller may see, until either side ends it."""
    await websocket.accept(SOCKET_PROTOCOL if SOCKET_PROTOCOL in websocket.scope.get("subprotocols", ()) else None)
    end = await _ended(_serve(websocket))
    if end.code:
        await websocket.close(end.code, end.reason.encode()[:LONGEST_REASON_BYTES].decode(errors="ignore"))


async def _serve(websocket: WebSocket) -> End:
    context = await context_of(websocket)
    context.signed_in()
    asked = RowFilter(
        clusters=tuple(filter(None, [text(websocket, "cluster")])),
        kinds=tuple(filter(None, [text(websocket, "resourceType")])),
        namespaces=tuple(filter(None, [text(websocket, "namespace")])),
    )
    after = text(websocket, "after")
    async with asyncio.TaskGroup() as group:
        tasks = (
            group.create_task(_ended(_write(websocket, context, asked, after)), name="ws write"),
            group.create_task(_ended(_read(websocket)), name="ws read"),
            group.create_task(_ended(_watch(context)), name="ws watch"),
        )
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
    return max((task.result() for task in done), key=lambda end: end.code)


async def _ended(work: Awaitable[End]) -> End:
    try:
        return await work
    except WebSocketDisconnect:
        return End(0)
    except GyreError as error:
        return _end_of(error)
    except Exception:
        logger.exception("A WebSocket failed.")
        return End(INTERNAL, "Something went wrong inside Gyre; connect again.")


async def _write(websocket: WebSocket, context: Context, asked: RowFilter, after: str | None) -> End:
    """Send what the hub has for this caller, and a heartbeat when that is nothing."""

    async def seating() -> Seat[str]:
        live = streams.changes(context, asked)
        return live.seat(Messages(cast("EachChange[SeenChange]", live.view)), "rest")

    position = context.services.feed.cursor() if after is None else after
    async with context.services.hub.join(seating, after=after) as member:
        await _send(websocket, welcome(position))
        while frames := await _next(member):
            for frame in frames:
                await _send(websocket, frame)
    return End(GOING_AWAY, "Gyre is stopping; connect again.")


async def _next(member: Member[str]) -> list[str]:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await member.take()
    except TimeoutError:
        return [HEARTBEAT]


async def _read(websocket: WebSocket) -> End:
    """Answer pings; anything else is refused, so that later meanings of it surprise nobody."""
    while True:
        said = await websocket.receive()
        if said["type"] == "websocket.disconnect":
            return End(0)
        words = said.get("text")
        if words is None or len(words) > LONGEST_MESSAGE:
            return End(CODES[errors.Invalid], f"Send text of at most {LONGEST_MESSAGE} characters.")
        await _send(websocket, PONG if _is_ping(words) else complaint(errors.Invalid.code, 'Send {"type": "ping"}.'))


async def _watch(context: Context) -> End:
    await until_signed_out(context)
    return End(CODES[NotSignedIn], "The session has ended; sign in again.")


async def _send(websocket: WebSocket, frame: str) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await websocket.send_text(frame)
    except TimeoutError as error:
        raise TooSlow(f"Nothing was read for {SEND_SECONDS:.0f} s; connect again.") from error


def _is_ping(words: str) -> bool:
    try:
        said = orjson.loads(words)
    except orjson.JSONDecodeError:
        return False
    return isinstance(said, dict) and said.get("type") == "ping"


def _end_of(error: GyreError) -> End:
    if isinstance(error, TooSlow):
        return End(TOO_SLOW, error.message)
    code = next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), INTERNAL)
    return End(code, error.message)
