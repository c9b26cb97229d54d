"""Waits until a controller has taken up a request to reconcile, by what the fleet sees of the object.

Nothing here asks the cluster: its watches tell.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gyre.errors import IsSuspended, NoSuchResource, TimedOut
from gyre.events.feed import Feed
from gyre.events.news import News, Told
from gyre.fleet.fleet import Fleet
from gyre.flux.parsing import inside, parse, text
from gyre.flux.patches import REQUESTED_AT
from gyre.terms.naming import Ref
from gyre.terms.rows import Row, Word

Seen = TypeVar("Seen")

LAST_HANDLED = "lastHandledReconcileAt"


@dataclass(frozen=True, slots=True)
class Requested:
    """A request to reconcile: on what, and the stamp that was written."""

    on: Ref
    stamp: str


async def until_handled(fleet: Fleet, feed: Feed, requested: Requested, *, seconds: float) -> Row:
    """The object once its controller has taken up the request and is done with it, well or not.

    Raises TimedOut, and at once when the object is suspended or deleted meanwhile.
    """
    ref = requested.on
    try:
        return await _once(feed, ref, lambda: _done(fleet, requested), seconds=seconds)
    except TimeoutError as late:
        message = f"{ref.kind.name} {ref.name} was not reconciled within {seconds:g} seconds; it still may be."
        raise TimedOut(message, details={"seconds": seconds}) from late


async def until_gone(fleet: Fleet, feed: Feed, row: Row, *, seconds: float) -> bool:
    """Whether this very object was gone within so many seconds, whatever took its name meanwhile."""

    def is_gone() -> bool:
        held = fleet.find(row.ref)
        return held is None or held.row.uid != row.uid

    try:
        return await _once(feed, row.ref, lambda: is_gone() or None, seconds=seconds)
    except TimeoutError:
        return False


async def _once(feed: Feed, ref: Ref, look: Callable[[], Seen | None], *, seconds: float) -> Seen:
    """What is seen, looked for again whenever the object moves; TimeoutError when nothing is within so many seconds."""
    moved = asyncio.Event()

    def listen(news: News) -> None:
        if not isinstance(news, Told) or news.change.row.ref == ref:
            moved.set()

    with feed.listen(listen):
        async with asyncio.timeout(seconds):
            while (seen := look()) is None:
                moved.clear()
                await moved.wait()
    return seen


def _done(fleet: Fleet, requested: Requested) -> Row | None:
    ref = requested.on
    held = fleet.find(ref)
    if held is None:
        raise NoSuchResource(f"{ref.kind.name} {ref.name} was deleted meanwhile.")
    if held.row.suspended:
        raise IsSuspended(f"{ref.kind.name} {ref.name} was suspended meanwhile.")
    document = parse(held.body)
    handled = text(inside(document, "status").get(LAST_HANDLED))
    latest = text(inside(document, "metadata", "annotations").get(REQUESTED_AT))
    # Someone else's request may have replaced ours: then theirs counts. Stamps are compared, never ordered.
    taken_up = bool(handled) and handled in (requested.stamp, latest)
    return held.row if taken_up and held.row.status is not Word.PROGRESSING else None
