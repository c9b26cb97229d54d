"""How long a client leaves unread what is sent to it over a socket.

How long it may, and what it is told then, is each face's matter.
"""

import asyncio
from collections.abc import Awaitable, Callable


class Outbox:
    """What is sent over one socket, maybe several messages at once.

    Nothing here ends a send that takes too long: a timer for each message would cost as much as sending. Whoever keeps
    the socket looks at `unread_since` now and then.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send
        self._now = asyncio.get_running_loop().time
        self.sent_at = self._now()
        """When the last message left."""
        self.unread_since: float | None = None
        """Since when nothing was read of what waits to leave, by the clock of the event loop; None when nothing waits.

        A send that is given up is no sign that anything was read.
        """
        self._waiting = 0

    async def send(self, text: str) -> None:
        """Send it, however long that takes."""
        if self.unread_since is None:
            self.unread_since = self._now()
        self._waiting += 1
        try:
            await self._send(text)
        finally:
            self._waiting -= 1
        self.sent_at = self._now()
        self.unread_since = self.sent_at if self._waiting else None
