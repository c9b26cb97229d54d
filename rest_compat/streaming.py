"""Changes as server-sent events at `/api/events/stream`: the messages of the WebSocket for who has only HTTP.

What a message says is rest_compat.frames'. A browser's EventSource comes back by itself and says where it was.
"""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gyre.audit.answering import tell_refusal
from gyre.errors import GyreError, NoSuchCluster, NoSuchKind, NotAllowed, NotSignedIn, NotSynced
from resolvers.context import Context
from resolvers.watching import until_signed_out
from rest_compat import frames
from rest_compat.contract import Answer, Operation
from rest_compat.following import Following, FollowQuery, View, first_error, following, view_of
from rest_compat.frames import Frame
from rest_compat.problems import of_domain
from rest_compat.reading import context_of

HEARTBEAT_SECONDS: Final = 15.0
"""Less than what proxies wait for a silent connection: 30 to 60 seconds."""

RETRY_MILLISECONDS: Final = 3_000
HEARTBEAT: Final = b":\n\n"
BETWEEN: Final = "!"
"""Between the two positions of an event's id, where Events are followed too; neither of them holds one."""

HEADERS: Final = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


class Gone(Exception):
    """The client has left."""


@Operation(
    summary="Listen to changes as server-sent events",
    tag="Live",
    query=FollowQuery,
    answers={
        200: Answer(bytes, media_type="text/event-stream", meaning="One event a change, until either side ends it.")
    },
    refuses=(NotAllowed, NoSuchKind, NoSuchCluster, NotSynced),
)
async def stream_changes(request: Request) -> Response:
    """Changes from now on, or from what the client says it had last."""
    context = await context_of(request)
    view = resumed(view_of(request), request.headers.get("last-event-id"))
    view.check(context)
    return Response(headers=HEADERS) if request.method == "HEAD" else EventStream(context, view)


def resumed(view: View, last: str | None) -> View:
    """The view from where the last event that was read stood; nothing said leaves it as it is."""
    if not last:
        return view
    after, _, events_after = last.partition(BETWEEN)
    return View(asked=view.asked, events=view.events, after=after, events_after=events_after or view.events_after)


class EventStream(Response):
    """An answer that goes on."""

    def __init__(self, context: Context, view: View) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._context = context
        self._view = view
        self._places: dict[str, str] = {}
        self._sent_at = asyncio.get_running_loop().time()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until either side ends it."""
        self._send = send
        try:
            async with following(self._context, self._view) as followed:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                self._places = dict(followed.places)
                await self._stream(followed, receive)
        except GyreError as error:
            if self._places:
                raise
            tell_refusal(error)
            await of_domain(error)(scope, receive, send)

    async def _stream(self, followed: Following, receive: Receive) -> None:
        try:
            with first_error():
                await self._until_the_end(followed, receive)
        except Gone:
            return
        except GyreError as error:
            tell_refusal(error)
            await self._event(frames.complaint(error))
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_the_end(self, followed: Following, receive: Receive) -> None:
        async with asyncio.TaskGroup() as group:
            others = [
                group.create_task(self._beat(), name="sse heartbeat"),
                group.create_task(self._watch(), name="sse watch"),
                group.create_task(_leaving(receive), name="sse leaving"),
            ]
            await self._event(frames.state("connected", followed.places), first=f"retry: {RETRY_MILLISECONDS}\n")
            await followed.pass_on(self._tell)
            for task in others:
                task.cancel()

    async def _tell(self, frame: Frame) -> None:
        self._places["eventPosition" if frame.of_events else "position"] = frame.position
        await self._event(frame.text)

    async def _event(self, text: str, *, first: str = "") -> None:
        await self._write(f"{first}id: {BETWEEN.join(self._places.values())}\ndata: {text}\n\n".encode())

    async def _write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})
        self._sent_at = asyncio.get_running_loop().time()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            silent = loop.time() - self._sent_at
            if silent >= HEARTBEAT_SECONDS:
                await self._write(HEARTBEAT)
            else:
                await asyncio.sleep(HEARTBEAT_SECONDS - silent)

    async def _watch(self) -> None:
        await until_signed_out(self._context)
        raise NotSignedIn("The session has ended; sign in again.")


async def _leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise Gone
