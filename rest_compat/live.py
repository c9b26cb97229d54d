"""The WebSocket of the REST API: let in, held, and closed with a code that says what to do.

What happens in between is rest_compat.conversation's. Foreign origins are refused by gyre.web before they get here.
"""

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from gyre import errors
from gyre.audit.answering import tell_refusal
from gyre.auth.credentials import SOCKET_PROTOCOL
from gyre.errors import GyreError
from rest_compat.contract import Who
from rest_compat.conversation import Conversation, Stopping, TooSlow
from rest_compat.following import view_of
from rest_compat.reading import context_of
from rest_compat.upgrading import SOCKET

LONGEST_REASON_BYTES: Final = 120

GOING_AWAY: Final = 1001
RESTARTING: Final = 1012
"""What uvicorn closes with when it ends before the hub does."""
INTERNAL: Final = 1011
TOO_SLOW: Final = 4408

CODES: Mapping[type[GyreError], int] = {
    errors.Invalid: 4400,
    errors.NoSuchKind: 4400,
    errors.NoSuchCluster: 4400,
    errors.NotSignedIn: 4401,
    errors.NotAllowed: 4403,
    errors.TooOften: 4429,
    errors.NotSynced: 4503,
    errors.Unavailable: 4503,
    TooSlow: TOO_SLOW,
    Stopping: GOING_AWAY,
}
"""Close codes; docs/rest.md says what a client does about each."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class End:
    """Why a socket is closed; code 0: the client did it."""

    code: int
    reason: str = ""


@replace(SOCKET, who=Who.SIGNED_IN)
async def changes(websocket: WebSocket) -> None:
    """Tell the changes the caller may see, until either side ends it."""
    await websocket.accept(SOCKET_PROTOCOL if SOCKET_PROTOCOL in websocket.scope.get("subprotocols", ()) else None)
    end = await _ended(_converse(websocket))
    if end.code:
        await websocket.close(end.code, end.reason.encode()[:LONGEST_REASON_BYTES].decode(errors="ignore"))


async def _converse(websocket: WebSocket) -> None:
    context = await context_of(websocket)
    await Conversation(websocket, context).hold(view_of(websocket))


async def _ended(work: Awaitable[None]) -> End:
    try:
        await work
    except WebSocketDisconnect:
        return End(0)
    except GyreError as error:
        tell_refusal(error)
        code = next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), INTERNAL)
        return End(code, error.message)
    except Exception:
        logger.exception("A WebSocket failed.")
        return End(INTERNAL, "Something went wrong inside Gyre; connect again.")
    return End(0)
