"""One open socket of the REST API: what it follows, what its client says, and that it is still signed in.

Which code it is closed with is rest_compat.live's; what a message says rest_compat.frames' and rest_compat.messages'.
"""

import asyncio
from collections.abc import Awaitable
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from gyre.audit.answering import tell_refusal
from gyre.errors import GyreError, Invalid, NotSignedIn
from gyre.web.unread import Outbox
from resolvers.context import Context
from resolvers.watching import until_signed_out
from rest_compat import frames
from rest_compat.following import View, first_error, following
from rest_compat.frames import HEARTBEAT, PONG, Frame, of_subscription
from rest_compat.messages import Message, Ping, Resume, Subscribe, Unsubscribe, read

HEARTBEAT_SECONDS: Final = 25.0
"""Below the thirty to sixty after which proxies close a silent connection."""

SEND_SECONDS: Final = 30.0
"""How long a client may leave what was sent unread before it is closed."""

UNREAD: Final = f"Nothing was read for {SEND_SECONDS:.0f} s; connect again."

LONGEST_MESSAGE: Final = 16_384
"""Characters of a client's message: a filter and two positions of some hundred clusters."""

MOST_SUBSCRIPTIONS: Final = 20
"""Views one socket follows; one with several values in each filter does the work of many."""


class TooSlow(GyreError):
    """The client does not read what is sent."""

    code = "TOO_SLOW"


class Stopping(GyreError):
    """The process ends."""

    code = "STOPPING"


class Conversation:
    """A socket that was let in."""

    def __init__(self, socket: WebSocket, context: Context) -> None:
        self._socket = socket
        self._context = context
        self._views: dict[str | None, tuple[View, asyncio.Task[None]]] = {}
        self._as_it_began = True
        self._now = asyncio.get_running_loop().time
        self._outbox = Outbox(socket.send_text)

    async def hold(self, view: View) -> None:
        """Follow this view, and do as the client says, until either side ends it. Raises why."""
        view.check(self._context)
        with first_error():
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beat(), name="ws heartbeat")
                group.create_task(self._watch(), name="ws watch")
                self._follow(group, None, view, "connected")
                while True:
                    await self._hear(group)

    async def _hear(self, group: asyncio.TaskGroup) -> None:
        words = await self._next_words()
        try:
            await self._do(group, read(words))
        except (NotSignedIn, TooSlow):
            raise
        except GyreError as error:
            tell_refusal(error)
            await self._outbox.send(frames.complaint(error))

    async def _next_words(self) -> str:
        said = await self._socket.receive()
        if said["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        words = said.get("text")
        if words is None or len(words) > LONGEST_MESSAGE:
            raise Invalid(f"Send text of at most {LONGEST_MESSAGE} characters.")
        return str(words)

    async def _do(self, group: asyncio.TaskGroup, message: Message) -> None:
        match message:
            case Subscribe():
                await self._subscribe(group, message)
            case Unsubscribe():
                await self._unsubscribe(message)
            case Resume():
                await self._resume(group, message)
            case Ping():
                await self._outbox.send(PONG)

    async def _subscribe(self, group: asyncio.TaskGroup, message: Subscribe) -> None:
        view = message.view()
        view.check(self._context)
        if self._as_it_began:
            self._as_it_began = False
            await self._stop(None)
        if len(self._views) >= MOST_SUBSCRIPTIONS and message.id not in self._views:
            raise Invalid(f"One socket follows at most {MOST_SUBSCRIPTIONS} views; unsubscribe from one first.")
        await self._stop(message.id)
        self._follow(group, message.id, view, "subscribed")

    async def _unsubscribe(self, message: Unsubscribe) -> None:
        self._as_it_began = False
        self._known(message.id)
        await self._stop(message.id)
        await self._outbox.send(of_subscription(message.id, frames.state("unsubscribed", {})))

    async def _resume(self, group: asyncio.TaskGroup, message: Resume) -> None:
        before = self._known(message.id)
        view = View(
            asked=before.asked, events=before.events, after=message.position, events_after=message.event_position
        )
        view.check(self._context)
        await self._stop(message.id)
        self._follow(group, message.id, view, "resumed")

    def _known(self, name: str | None) -> View:
        if name not in self._views:
            which = f"named {name!r}" if name else "without a name"
            raise Invalid(f"This socket has no subscription {which}.", details={"path": ["id"]})
        return self._views[name][0]

    def _follow(self, group: asyncio.TaskGroup, name: str | None, view: View, said: str) -> None:
        self._views[name] = view, group.create_task(self._tell(name, view, said), name="ws follow")

    async def _stop(self, name: str | None) -> None:
        if name in self._views:
            _, task = self._views.pop(name)
            task.cancel()
            await asyncio.wait([task])  # it has left the hub then, and counts no more

    async def _tell(self, name: str | None, view: View, said: str) -> None:
        """Tell a view; what ends it alone, as the loss of a cluster, is said and leaves the others."""
        try:
            await self._pass_on(name, view, said)
        except (NotSignedIn, TooSlow, Stopping):
            raise
        except GyreError as error:
            if self._as_it_began:
                raise
            self._views.pop(name, None)
            tell_refusal(error)
            await self._outbox.send(of_subscription(name, frames.complaint(error)))

    async def _pass_on(self, name: str | None, view: View, said: str) -> None:
        def tell(frame: Frame) -> Awaitable[None]:
            return self._outbox.send(of_subscription(name, frame.text))

        async with following(self._context, view) as followed:
            await self._outbox.send(of_subscription(name, frames.state(said, followed.places)))
            await followed.pass_on(tell)
        raise Stopping("Gyre is stopping; connect again.")

    async def _beat(self) -> None:
        """Say something at least every so often, so that nobody takes the socket for dead, and see that it is read."""
        while True:
            if self._outbox.unread_since is None:
                wait = self._outbox.sent_at + HEARTBEAT_SECONDS - self._now()
                late = wait <= 0
            else:
                wait, late = self._outbox.unread_since + SEND_SECONDS - self._now(), False
                if wait <= 0:
                    raise TooSlow(UNREAD)
            await (self._heartbeat() if late else asyncio.sleep(wait))

    async def _heartbeat(self) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._outbox.send(HEARTBEAT)
        except TimeoutError as error:
            raise TooSlow(UNREAD) from error

    async def _watch(self) -> None:
        await until_signed_out(self._context)
        raise NotSignedIn("The session has ended; sign in again.")
