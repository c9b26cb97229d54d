"""The protocol graphql-transport-ws: queries and subscriptions of one browser tab over one socket.

Frames are made by schema.live; which page may open a socket is gyre.web's. Closing codes: 4400 for what is not of the
protocol, 4401 when nobody is signed in any more, 4406 for another protocol, 4408 for a client that does not answer or
read, 4409 and 4429 as the protocol says, 1009 for a message that is too long.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast

from graphql import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from gyre.audit.answering import asked_by, tell_refusal, tell_refused
from gyre.auth.credentials import Bearer, bearer_of
from gyre.errors import GyreError, Invalid, NotSignedIn, Unavailable
from gyre.terms.people import Principal
from gyre.web.unread import Outbox
from resolvers.context import Context
from resolvers.watching import until_signed_out
from schema.errors import logged, told_domain
from schema.limits import LIMIT_EXCEEDED
from schema.live import joined
from schema.operations import Asked, Operations, Ready, Refused, asked_in, decoded, encoded
from schema.requests import context_of
from schema.spending import spend_request

PROTOCOL: Final = "graphql-transport-ws"
LARGEST_MESSAGE: Final = 262_144
"""Characters of one message: the longest document four times over."""

MOST_OPERATIONS: Final = 50
"""Operations one socket has under way; Gyre's own pages have up to five."""

LONGEST_ID: Final = 128
OTHER_PROTOCOL: Final = f"the protocol {PROTOCOL} is needed"
INIT_SECONDS: Final = 10.0
PING_SECONDS: Final = 25.0
"""Between two pings; who has said nothing during two of them is taken to be gone."""

SEND_SECONDS: Final = 30.0
"""How long a client may leave what was sent unread before it is closed."""

Message = dict[str, Any]


class GraphQLSocket:
    """The ASGI application for WebSockets."""

    def __init__(self, operations: Operations, *, ping_seconds: float = PING_SECONDS) -> None:
        self._operations = operations
        self._ping_seconds = ping_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until its end."""
        socket = WebSocket(scope, receive, send)
        if PROTOCOL not in scope.get("subprotocols", ()):
            tell_refused("4406", OTHER_PROTOCOL)
            await socket.accept()
            await socket.close(4406, OTHER_PROTOCOL)
            return
        try:
            context = await context_of(scope)
        except (Unavailable, NotSignedIn) as error:
            tell_refusal(error)
            await socket.accept(PROTOCOL)
            await socket.close(4401 if isinstance(error, NotSignedIn) else 1013, error.message[:120])
            return
        await socket.accept(PROTOCOL)
        await _Conversation(socket, self._operations, context, self._ping_seconds).hold()


class _Closed(Exception):  # it is an end, not a failure
    """The conversation is over, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class _Refusal(_Closed):
    """It is over because of what the client sent, or did not: the audit hears of it."""


class _Conversation:
    """One socket's state."""

    def __init__(self, socket: WebSocket, operations: Operations, context: Context, ping_seconds: float) -> None:
        self._socket = socket
        self._operations = operations
        self._context = context
        self._ping_seconds = ping_seconds
        self._acknowledged = False
        self._signed_in = False
        self._introduced = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self._init_until = self._now() + INIT_SECONDS
        self._heard = asyncio.Event()
        self._outbox = Outbox(socket.send_text)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def hold(self) -> None:
        """Talk until one side ends it."""
        closed: _Closed | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_alive())
                group.create_task(self._see_it_read())
                group.create_task(self._until_signed_out())
                await self._listen(group)
        except* _Closed as ends:
            closed = cast("_Closed", _first(ends))
        except* WebSocketDisconnect:
            closed = None
        if isinstance(closed, _Refusal):
            tell_refused(str(closed.code), closed.reason)
        if closed is not None and self._socket.application_state is WebSocketState.CONNECTED:
            await self._close(closed)

    async def _close(self, closed: _Closed) -> None:
        try:
            await self._socket.close(closed.code, closed.reason[:120])
        except (RuntimeError, WebSocketDisconnect):
            return  # it left in the same moment

    async def _listen(self, group: asyncio.TaskGroup) -> None:
        while True:
            message = await self._receive()
            self._heard.set()
            kind = message.get("type")
            if kind == "subscribe":
                await self._subscribe(message, group)
            elif kind in _ANSWERS:
                await _ANSWERS[kind](self, message)
            elif kind != "pong":
                raise _Refusal(4400, f"unknown type of message: {str(kind)[:60]!r}")

    async def _receive(self) -> Message:
        try:
            async with asyncio.timeout_at(None if self._acknowledged else self._init_until):
                text = await self._socket.receive_text()
        except TimeoutError as late:
            raise _Refusal(4408, "connection_init was not sent in time") from late
        except KeyError as binary:
            raise _Refusal(4400, "messages are text") from binary
        if len(text) > LARGEST_MESSAGE:
            raise _Refusal(1009, f"a message has at most {LARGEST_MESSAGE} characters")
        try:
            message = decoded(text)
        except Invalid as error:
            raise _Refusal(4400, error.message) from error
        if not isinstance(message, dict):
            raise _Refusal(4400, "a message is a JSON object")
        return message

    async def _init(self, message: Message) -> None:
        if self._acknowledged:
            raise _Refusal(4429, "too many connection_init messages")
        payload = message.get("payload") or {}
        if not isinstance(payload, dict):
            raise _Refusal(4400, "the payload of connection_init is an object")
        self._acknowledged = True
        said = payload.get("authorization", payload.get("Authorization"))
        if said is not None:
            await self._introduce(said)
        self._signed_in = self._context.principal is not None
        self._introduced.set()
        await self._send({"type": "connection_ack"})

    async def _introduce(self, said: object) -> None:
        """From here on it is the API token that was said, whatever the handshake brought."""
        if not isinstance(said, str):
            raise _Refusal(4400, "authorization is text: Bearer and an API token")
        context = self._context
        try:
            credential = bearer_of(said) or Bearer(said)
            context.principal = await context.services.callers.principal_of(credential, context.facts)
        except NotSignedIn as error:
            tell_refusal(error)
            raise _Closed(4401, error.message) from error
        except Unavailable as error:
            raise _Closed(1013, error.message) from error

    async def _ping(self, _: Message) -> None:
        await self._send({"type": "pong"})

    async def _complete(self, message: Message) -> None:
        task = self._running.pop(str(message.get("id")), None)
        if task is not None:
            task.cancel()

    async def _subscribe(self, message: Message, group: asyncio.TaskGroup) -> None:
        if not self._acknowledged:
            raise _Refusal(4401, "connection_init comes first")
        name = message.get("id")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
            raise _Refusal(4400, f"an id is text of at most {LONGEST_ID} characters")
        if name in self._running:
            raise _Refusal(4409, f"subscriber for {name} already exists")
        if len(self._running) >= MOST_OPERATIONS:
            details = {"limit": "operations", "most": MOST_OPERATIONS}
            text = f"One socket has at most {MOST_OPERATIONS} operations under way."
            tell_refused(LIMIT_EXCEEDED, text)
            await self._error(name, {"message": text, "extensions": {"code": LIMIT_EXCEEDED, "details": details}})
            return
        try:
            asked = asked_in(message.get("payload"))
        except Invalid as error:
            await self._error(name, told_domain(error))
            return
        self._running[name] = group.create_task(self._run(name, asked))

    async def _run(self, name: str, asked: Asked) -> None:
        context = Context(services=self._context.services, principal=self._who(), facts=self._context.facts)
        asked_by(context)
        try:
            await self._operate(name, asked, context)
        except Refused as refused:
            await self._error(name, *refused.errors)
        except NotSignedIn as error:
            if self._signed_in:
                raise _Closed(4401, error.message) from error
            await self._error(name, told_domain(error))
        except GyreError as error:
            await self._error(name, told_domain(error))
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise WebSocketDisconnect from gone
        except Exception as error:  # noqa: BLE001 # logged; nothing of it may be shown
            await self._error(name, logged(error, context.facts.request_id))
        finally:
            if self._running.get(name) is asyncio.current_task():
                del self._running[name]

    async def _operate(self, name: str, asked: Asked, context: Context) -> None:
        await spend_request(context)
        ready = self._operations.ready(asked, context)
        if ready.type is OperationType.MUTATION:
            raise Invalid("mutations are sent by POST")
        before, behind = _around(name)
        if ready.type is OperationType.QUERY:
            answer = encoded(await self._operations.execute(ready, context)).decode()
            await self._outbox.send(f"{before}{answer}{behind}")
        else:
            await self._follow(ready, context, before, behind)
        self._running.pop(name, None)
        await self._send({"id": name, "type": "complete"})

    async def _follow(self, ready: Ready, context: Context, before: str, behind: str) -> None:
        send = self._outbox.send
        async with joined(self._operations, ready, context, self._who) as member:
            while frames := await member.take():
                for frame in frames:
                    await send(f"{before}{frame}{behind}")

    async def _keep_alive(self) -> None:
        """Ping, so that no proxy takes the socket for dead; close one whose client says nothing any more."""
        while True:
            self._heard.clear()
            await asyncio.sleep(self._ping_seconds)
            if self._acknowledged:
                await self._send({"type": "ping"})
            await asyncio.sleep(self._ping_seconds)
            if self._acknowledged and not self._heard.is_set():
                raise _Closed(4408, "the client does not answer")

    async def _see_it_read(self) -> None:
        """Close a socket whose client reads nothing: a ping would only wait behind what is unread."""
        while True:
            since = self._outbox.unread_since
            unread = 0.0 if since is None else self._now() - since
            if unread >= SEND_SECONDS:
                raise _Closed(4408, f"nothing was read for {SEND_SECONDS:.0f} s")
            await asyncio.sleep(SEND_SECONDS - unread)

    def _who(self) -> Principal | None:
        return self._context.principal

    async def _until_signed_out(self) -> None:
        await self._introduced.wait()
        if not self._signed_in:
            return
        await until_signed_out(self._context)
        raise _Closed(4401, "The session has ended; sign in again.")

    async def _error(self, name: str, *errors: Message) -> None:
        self._running.pop(name, None)
        await self._send({"id": name, "type": "error", "payload": list(errors)})

    async def _send(self, message: Message) -> None:
        try:
            await self._outbox.send(encoded(message).decode())
        except RuntimeError as gone:
            raise WebSocketDisconnect from gone


_ANSWERS: dict[str, Callable[[_Conversation, Message], Any]] = {
    "connection_init": _Conversation._init,  # noqa: SLF001 # the class's own table
    "ping": _Conversation._ping,  # noqa: SLF001
    "complete": _Conversation._complete,  # noqa: SLF001
}


def _around(name: str) -> tuple[str, str]:
    """What stands before and behind each frame of one operation: the frame itself is shared by many sockets."""
    return f'{{"id":{encoded(name).decode()},"type":"next","payload":', "}"


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
