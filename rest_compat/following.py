"""What a socket or an event stream follows: the changes of a view of objects, and if asked for of the Events on them.

Queues and shared frames are gyre.events.hub's; how a frame is sent is rest_compat.live's and rest_compat.streaming's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from msgspec import Meta
from starlette.requests import HTTPConnection

from gyre.errors import Invalid
from gyre.events.cursors import decode
from gyre.events.members import Member
from gyre.events.seats import EachChange, Seat, Seating
from gyre.fleet.events.queries import EventFilter
from gyre.fleet.queries import RowFilter
from resolvers import events, streams
from resolvers.context import Context
from resolvers.events import SeenEventChange
from resolvers.streams import SeenChange
from rest_compat.filters import Clusters, Kinds, Narrowing, several
from rest_compat.frames import EventMessages, Frame, Messages
from rest_compat.reading import query

Telling = Callable[[Frame], Awaitable[None]]


class FollowQuery(Narrowing, frozen=True):
    """What is followed, and from where on; without any parameter everything one may see, from now on."""

    cluster: Clusters | None = None
    resource_type: Kinds | None = None
    events: Annotated[bool, Meta(description="Whether the Events on these objects are told, too.")] = False
    after: Annotated[str, Meta(description="A position: what came after it is told first.")] | None = None
    events_after: Annotated[str, Meta(description="The same, in the order of Events.")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is followed, and from where on: None is from now on."""

    asked: RowFilter
    events: bool = False
    after: str | None = None
    events_after: str | None = None

    def check(self, context: Context) -> None:
        """Raise what the view would be refused with."""
        if self.events and (self.asked.statuses or self.asked.labels):
            message = (
                "Events have neither `status` nor `label`: leave these out, or follow them in another subscription."
            )
            raise Invalid(message, details={"path": ["events"]})
        for place in (self.after, self.events_after):
            decode(place or "0")
        streams.changes(context, self.asked)


def view_of(connection: HTTPConnection) -> View:
    """What the query asks for; without any parameter that is everything one may see."""
    said = query(connection, FollowQuery)
    return View(
        asked=said.rows(clusters=several(said.cluster), kinds=several(said.resource_type)),
        events=said.events,
        after=said.after,
        events_after=said.events_after,
    )


class Following:
    """A view that is followed: what it is told is taken out with `pass_on`."""

    def __init__(self, members: list[Member[Frame]], places: Mapping[str, str]) -> None:
        self._members = members
        self.places = places

    async def pass_on(self, tell: Telling) -> None:
        """Tell every frame, in order, until the hub ends. Raises what ends it sooner."""
        with first_error():
            async with asyncio.TaskGroup() as group:
                for member in self._members:
                    group.create_task(_pass_on(member, tell), name="follow")


@asynccontextmanager
async def following(context: Context, view: View) -> AsyncIterator[Following]:
    """Sit in the hub for this view while inside."""
    feed, hub = context.services.feed, context.services.hub
    places = {"position": feed.cursor() if view.after is None else view.after}
    async with AsyncExitStack() as stack:
        members = [await stack.enter_async_context(hub.join(_of_objects(context, view), after=view.after))]
        if view.events:
            places["eventPosition"] = feed.events.cursor() if view.events_after is None else view.events_after
            seating = _of_events(context, view)
            members.append(await stack.enter_async_context(hub.join(seating, after=view.events_after)))
        yield Following(members, places)


@contextmanager
def first_error() -> Iterator[None]:
    """Raise what a group of tasks ended with as if there were no group."""
    try:
        yield
    except BaseExceptionGroup as group:
        found: BaseException = group
        while isinstance(found, BaseExceptionGroup):
            found = found.exceptions[0]
        raise found from None


async def _pass_on(member: Member[Frame], tell: Telling) -> None:
    while frames := await member.take():
        for frame in frames:
            await tell(frame)


def _of_objects(context: Context, view: View) -> Seating[Frame]:
    async def seating() -> Seat[Frame]:
        live = streams.changes(context, view.asked)
        return cast("Seat[Frame]", live.seat(Messages(cast("EachChange[SeenChange]", live.view)), "rest"))

    return seating


def _of_events(context: Context, view: View) -> Seating[Frame]:
    asked = view.asked
    about = EventFilter(clusters=asked.clusters, kinds=asked.kinds, namespaces=asked.namespaces, text=asked.text)

    async def seating() -> Seat[Frame]:
        live = events.changes(context, about)
        return cast("Seat[Frame]", live.seat(EventMessages(cast("EachChange[SeenEventChange]", live.view)), "rest"))

    return seating
