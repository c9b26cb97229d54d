"""Keeping an open socket's context true: who asks may get other rights, or none, while it is open.

What the hub does of it: see gyre.events.hub. How a socket is closed is each face's matter.
"""

from typing import Final

from gyre.errors import Unavailable
from resolvers.context import Context

AGAIN_SECONDS: Final = 5.0
"""When the database cannot say whether a session still holds, it is asked again."""


async def until_signed_out(context: Context) -> None:
    """Renew `context.principal` whenever it changes, and return when the session or token is over."""
    principal = context.caller()
    services = context.services
    while True:
        try:
            successor = await services.callers.next_of(principal)
        except Unavailable:
            await services.clock.sleep(AGAIN_SECONDS)
            continue
        if successor is None:
            context.principal = None
            services.hub.end(principal.came_by)
            return
        principal = context.principal = successor
        services.hub.session_changed(principal.came_by)
