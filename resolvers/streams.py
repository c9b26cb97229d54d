"""What changes, as live subscriptions of one view get it.

Numbering, queues and cohorts are gyre.events'; how a frame is encoded is each face's.
"""

from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gyre.access.sight import Sight
from gyre.events.news import News, Resync, Told
from gyre.events.seats import EachChange, Latest, Seat
from gyre.fleet.fleet import Fleet, Overview
from gyre.fleet.hiding import shown
from gyre.fleet.queries import RowFilter
from gyre.terms.changes import Change, ChangeType, Subject
from gyre.terms.naming import ClusterName
from gyre.terms.rows import Row, Word
from resolvers.context import Context

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChange:
    """One change as a view sees it. RESYNC has no row, and a cluster only when it is about that one alone.

    `change` is what happened itself, for who wants the object's body.
    """

    type: ChangeType
    position: str
    cluster: str | None = None
    row: Row | None = None
    previous_status: Word | None = None
    change: Change | None = None


class ChangeView(EachChange[SeenChange]):
    """What each piece of news is to everyone with this filter and this sight."""

    def __init__(self, fleet: Fleet, asked: RowFilter, sight: Sight) -> None:
        self._sight = sight
        self._clusters = frozenset(asked.clusters)
        self._matches = fleet.matcher(asked, sight)

    async def render(self, news: News) -> SeenChange | None:
        """The change, or None when nothing of it is in view."""
        if isinstance(news, Resync):
            return self._resync(news)
        return self._change(news) if isinstance(news, Told) else None

    def _resync(self, news: Resync) -> SeenChange | None:
        seen = [name for name in news.clusters if self._shows(name)]
        if news.clusters and not seen:
            return None
        only = seen[0] if len(seen) == 1 else None
        return SeenChange(type=ChangeType.RESYNC, position=news.cursor, cluster=only)

    def _change(self, news: Told) -> SeenChange | None:
        change = news.change
        old, new = change.old, change.new
        was = old is not None and self._matches(old)
        now = new is not None and self._matches(new)
        if not was and not now:
            return None
        return SeenChange(
            type=_type(was=was, now=now, gone=new is None),
            position=news.cursor,
            cluster=change.cluster,
            row=shown(change.row, self._sight),
            previous_status=old.status if was and old else None,
            change=change,
        )

    def _shows(self, cluster: ClusterName) -> bool:
        return (not self._clusters or cluster in self._clusters) and self._sight.sees_cluster(cluster)


class OverviewView(Latest[Overview]):
    """The overview of everyone with this filter and this sight."""

    def __init__(self, fleet: Fleet, asked: RowFilter, sight: Sight) -> None:
        self._fleet = fleet
        self._asked = asked
        self._sight = sight

    async def render(self) -> Overview:
        """The overview as of now."""
        return self._fleet.overview(self._sight, self._asked)


class _Mapped(Latest[U], Generic[T, U]):
    def __init__(self, view: Latest[T], shown: Callable[[T], U]) -> None:
        self._view = view
        self._shown = shown

    def concerns(self, news: News) -> bool:
        return self._view.concerns(news)

    async def render(self) -> U:
        return self._shown(await self._view.render())


@dataclass(frozen=True, slots=True, kw_only=True)
class Live(Generic[T]):
    """What one subscription listens to. Subscriptions with equal `scope` and filter see the same."""

    context: Context
    view: EachChange[T] | Latest[T]
    key: Hashable
    after: str | None = None
    subject: Subject = Subject.OBJECTS

    def shown_as(self, shown: Callable[[T], U]) -> "Live[U]":
        """The same, each value in another form."""
        if not isinstance(self.view, Latest):
            raise TypeError("only what is newest can be shown in another form")
        mapped = _Mapped(self.view, shown)
        return Live(context=self.context, view=mapped, key=(self.key, shown), after=self.after, subject=self.subject)

    def seat(self, renderer: Any, *also: Hashable) -> Seat[Any]:
        """A place in the hub for frames made of these values; `also` is what else they depend on."""
        principal = self.context.signed_in()
        return Seat(
            key=(self.key, *also),
            renderer=renderer,
            user_id=principal.user_id,
            session_id=principal.came_by,
            subject=self.subject,
        )

    async def __aiter__(self) -> AsyncIterator[T]:
        """The values themselves, for who needs no frames."""

        async def seating() -> Seat[T]:
            return self.seat(self.view)

        async with self.context.services.hub.join(seating, after=self.after) as member:
            async for value in member:
                yield value


def changes(context: Context, asked: RowFilter, *, after: str | None = None) -> Live[SeenChange]:
    """Every change in a view, after a position if one is given."""
    asked.check()
    sight = context.sight
    view = ChangeView(context.services.fleet, asked, sight)
    return Live(context=context, view=view, key=("changes", asked, sight.scope), after=after)


def overviews(context: Context, asked: RowFilter) -> Live[Overview]:
    """The overview of a view, at once and whenever it changes."""
    asked.check()
    sight = context.sight
    context.services.fleet.matcher(asked, sight)  # refuses names that mean nothing, before anyone waits
    view = OverviewView(context.services.fleet, asked, sight)
    return Live(context=context, view=view, key=("overview", asked, sight.scope))


def _type(*, was: bool, now: bool, gone: bool) -> ChangeType:
    if was and now:
        return ChangeType.MODIFIED
    if now:
        return ChangeType.ADDED
    return ChangeType.DELETED if gone else ChangeType.LEFT
