"""Operations over server-sent events: one stream for one operation, as the `distinct connections` mode of graphql-sse.

What a frame says is schema.live's.
"""

import asyncio

from graphql import OperationType
from starlette.types import Receive, Send

from gyre.errors import GyreError, Invalid, NotSignedIn
from gyre.events.members import Member
from gyre.terms.people import Principal
from resolvers.context import Context
from resolvers.watching import until_signed_out
from schema.errors import told_domain
from schema.live import joined
from schema.operations import Operations, Ready, encoded

EVENT_STREAM = b"text/event-stream"
HEARTBEAT_SECONDS = 15.0
"""Less than what proxies wait for a silent connection: 30 to 60 seconds."""

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
COMPLETE = b"event: complete\ndata:\n\n"
HEARTBEAT = b":\n\n"


async def stream(operations: Operations, ready: Ready, context: Context, receive: Receive, send: Send) -> None:
    """Answer one operation as a stream of events. Raises what refuses it, before anything is sent."""
    if ready.type is OperationType.MUTATION:
        raise Invalid("mutations are sent by POST, and answered as application/json")
    if ready.type is OperationType.QUERY:
        answer = encoded(await operations.execute(ready, context)).decode()
        await _send_start(send)
        await _send(send, _next(answer) + COMPLETE, more=False)
        return
    await _subscribe(operations, ready, context, receive, send)


async def _subscribe(operations: Operations, ready: Ready, context: Context, receive: Receive, send: Send) -> None:
    def who() -> Principal | None:
        return context.principal

    async with joined(operations, ready, context, who) as member:
        await _send_start(send)
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(_write(member, send))
            leaving = group.create_task(_gone(receive))
            ending = group.create_task(until_signed_out(context))
            await asyncio.wait((writing, leaving, ending), return_when=asyncio.FIRST_COMPLETED)
            for task in (writing, leaving, ending):
                task.cancel()
    if writing.cancelled() and context.principal is None:
        await _send_error(send, NotSignedIn("The session has ended; sign in again."))


async def _write(member: Member[str], send: Send) -> None:
    """Send frames until there are no more; something is sent at least every few seconds."""
    taking = asyncio.ensure_future(member.take())
    try:
        while True:
            done, _ = await asyncio.wait((taking,), timeout=HEARTBEAT_SECONDS)
            if not done:
                await _send(send, HEARTBEAT)
                continue
            frames = taking.result()
            if not frames:
                await _send(send, COMPLETE, more=False)
                return
            await _send(send, b"".join(map(_next, frames)))
            taking = asyncio.ensure_future(member.take())
    except GyreError as error:
        await _send_error(send, error)
    finally:
        taking.cancel()


async def _gone(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_start(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})


async def _send_error(send: Send, error: GyreError) -> None:
    frame = encoded({"errors": [told_domain(error)]}).decode()
    await _send(send, _next(frame) + COMPLETE, more=False)


async def _send(send: Send, data: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": more})


def _next(frame: str) -> bytes:
    return f"event: next\ndata: {frame}\n\n".encode()
