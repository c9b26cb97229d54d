"""Subscriptions: each frame is executed and encoded once for all who share document, variables and sight.

What is listened to is resolvers.streams'; queues and cohorts are gyre.events'; sockets are schema.websocket's and
schema.sse's.
"""

import json
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from graphql import FieldNode, VariableNode

from gyre.errors import GyreError
from gyre.events.members import Member
from gyre.events.news import News
from gyre.events.seats import EachChange, Latest, Seat
from gyre.terms.people import Principal
from resolvers.context import Context
from resolvers.streams import Live
from schema.errors import told_domain
from schema.operations import Operations, Ready, encoded

OWN_ARGUMENT = "after"
"""The argument that says from where on: each subscriber's own, so it does not part those who see the same."""


class _Frames:
    """The answer to one subscription for one value."""

    def __init__(self, operations: Operations, ready: Ready, context: Context) -> None:
        self._operations = operations
        self._ready = ready
        # Nobody's: what depends on who asks cannot be selected, and would fail instead of leaking.
        self._context = replace(context, principal=None, signed_in_now=None)

    def of(self, value: object) -> str:
        return self._operations.frame(self._ready, self._context, value)


class _EachFrame(EachChange[str]):
    def __init__(self, frames: _Frames, view: EachChange[Any]) -> None:
        self._frames = frames
        self._view = view

    async def render(self, news: News) -> str | None:
        value = await self._view.render(news)
        return None if value is None else self._frames.of(value)


class _LatestFrame(Latest[str]):
    def __init__(self, frames: _Frames, view: Latest[Any]) -> None:
        self._frames = frames
        self._view = view

    def concerns(self, news: News) -> bool:
        return self._view.concerns(news)

    async def render(self) -> str:
        try:
            value = await self._view.render()
        except GyreError as error:  # not yet synced, say: the next frame may know better
            return encoded({"data": None, "errors": [told_domain(error)]}).decode()
        return self._frames.of(value)


@asynccontextmanager
async def joined(
    operations: Operations, ready: Ready, context: Context, who: Callable[[], Principal | None]
) -> AsyncIterator[Member[str]]:
    """Sit in the hub for frames of this subscription. `who` tells whose it is now, since rights change meanwhile.

    Counted once, here. Raises Refused, or the domain's errors, when it may not be.
    """
    await operations.begin(ready, replace(context, principal=who()))
    first = await operations.listen(ready, replace(context, principal=who()))
    shared = _shared_variables(ready)

    def seated(live: Live[Any]) -> Seat[str]:
        frames = _Frames(operations, ready, context)
        renderer = _LatestFrame(frames, live.view) if isinstance(live.view, Latest) else _EachFrame(frames, live.view)
        return live.seat(renderer, "graphql", ready.asked.text, ready.asked.operation_name, shared)

    async def seating() -> Seat[str]:
        return seated(await operations.listen(ready, replace(context, principal=who())))

    async with context.services.hub.join(seating, after=first.after) as member:
        yield member


def _shared_variables(ready: Ready) -> Hashable:
    """The variables in one exact form, without those that are only this subscriber's own."""
    own = {
        argument.value.name.value
        for field in ready.operation.selection_set.selections
        if isinstance(field, FieldNode)
        for argument in field.arguments or ()
        if argument.name.value == OWN_ARGUMENT and isinstance(argument.value, VariableNode)
    }
    shared = {name: value for name, value in (ready.asked.variables or {}).items() if name not in own}
    return json.dumps(shared, sort_keys=True)
