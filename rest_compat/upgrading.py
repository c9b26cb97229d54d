"""The address of the WebSocket, as the document describes it, and what a plain request there is told.

What goes through the WebSocket is rest_compat.live's.
"""

from typing import NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import Request

from rest_compat.contract import Answer, Operation, Who
from rest_compat.following import FollowQuery

UPGRADE_REQUIRED = 426


SOCKET = Operation(
    summary="Listen to changes",
    tag="Live",
    who=Who.EVERYONE,
    query=FollowQuery,
    answers={101: Answer(meaning="The WebSocket is open; docs/rest.md says what goes through it.")},
    http=(UPGRADE_REQUIRED,),
)
"""What the address says of itself, whichever way it is asked."""


@SOCKET
async def upgrade(_: Request) -> NoReturn:
    """One JSON message a change, over a WebSocket, by the session's cookie or an API token."""
    raise HTTPException(UPGRADE_REQUIRED, headers={"Upgrade": "websocket"})
