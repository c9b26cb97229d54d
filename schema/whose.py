"""Whose a long connection is, from its start to the end of the session.

What a principal may do is gyre.access's; what happens at the end is each transport's.
"""

from gyre.errors import NotSignedIn, Unavailable
from gyre.terms.people import Principal
from resolvers.context import Context

AGAIN_SECONDS = 5.0
"""Before the session is asked about again, when its database did not answer."""


class Whose:
    """The principal of a connection, as of now; None once the session is over."""

    def __init__(self, context: Context) -> None:
        self._services = context.services
        self.principal: Principal | None = context.principal

    def now(self) -> Principal | None:
        """Whose it is now."""
        return self.principal

    async def until_over(self) -> None:
        """Follow the session: when rights change its live frames are made anew; return when it is over."""
        while self.principal is not None:
            try:
                self.principal = await self._services.sessions.next_of(self.principal)
            except Unavailable:
                await self._services.clock.sleep(AGAIN_SECONDS)
                continue
            if self.principal is not None:
                self._services.hub.session_changed(self.principal.session_id)


def ended() -> NotSignedIn:
    """What is told at the end."""
    return NotSignedIn("The session has ended; sign in again.")
