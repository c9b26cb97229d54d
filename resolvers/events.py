"""The Kubernetes Events about objects the caller may see: pages of them, those of one object, and what changes.

How they are watched, bounded and sorted is gyre.fleet's.
"""

from dataclasses import dataclass

from gyre.access.sight import Sight
from gyre.events.news import EventTold, News, Resync
from gyre.events.seats import EachChange
from gyre.events.seen import seen_as
from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.reading import EventPage
from gyre.fleet.fleet import Fleet
from gyre.terms.changes import ChangeType, EventChange, Subject
from gyre.terms.events import EventRow
from gyre.terms.naming import ClusterName
from gyre.terms.rows import Row
from resolvers import resources
from resolvers.context import Context
from resolvers.streams import Live
from resolvers.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEventChange:
    """One change of an Event as a view sees it. RESYNC has none, and a cluster only when it is about that one alone.

    `change` is what happened itself, for who wants the Event's body.
    """

    type: ChangeType
    position: str
    cluster: str | None = None
    event: EventRow | None = None
    change: EventChange | None = None


class EventView(EachChange[SeenEventChange]):
    """What each piece of news is to everyone with this filter and this sight."""

    def __init__(self, fleet: Fleet, asked: EventFilter, sight: Sight) -> None:
        self._sight = sight
        self._clusters = frozenset(asked.clusters)
        self._matches = fleet.events.matcher(asked, sight)

    async def render(self, news: News) -> SeenEventChange | None:
        """The change, or None when nothing of it is in view."""
        if isinstance(news, Resync):
            return self._resync(news)
        return self._change(news) if isinstance(news, EventTold) else None

    def _resync(self, news: Resync) -> SeenEventChange | None:
        seen = [name for name in news.clusters if self._shows(name)]
        if news.clusters and not seen:
            return None
        only = seen[0] if len(seen) == 1 else None
        return SeenEventChange(type=ChangeType.RESYNC, position=news.cursor, cluster=only)

    def _change(self, news: EventTold) -> SeenEventChange | None:
        change = news.change
        what = seen_as(change.old, change.new, self._matches)
        if what is None:
            return None
        return SeenEventChange(type=what, position=news.cursor, cluster=change.cluster, event=change.row, change=change)

    def _shows(self, cluster: ClusterName) -> bool:
        return (not self._clusters or cluster in self._clusters) and self._sight.sees_cluster(cluster)


async def page(context: Context, asked: EventFilter, part: Part) -> EventPage:
    """One page of the Events asked for, the newest first."""
    return context.services.fleet.events.page(asked, part, context.sight)


async def about(context: Context, target: Target, part: Part) -> EventPage:
    """One page of the Events about one object. Raises NoSuchResource when it does not exist or may not be seen."""
    seen = await resources.one(context, target)
    return of_row(context, seen.row, part)


def edition(context: Context, cluster: str) -> str:
    """Equal as long as every read of a cluster's Events answers the caller the same."""
    fleet, sight = context.services.fleet, context.sight
    return f"{sight.scope}\n{fleet.events.edition(cluster)}\n{fleet.edition((cluster,))}"


def of_row(context: Context, row: Row, part: Part) -> EventPage:
    """One page of the Events about an object that the caller sees."""
    return context.services.fleet.events.of(row.ref, part)


def changes(context: Context, asked: EventFilter, *, after: str | None = None) -> Live[SeenEventChange]:
    """Every change of the Events in a view, after a position of theirs if one is given."""
    asked.check()
    sight = context.sight
    view = EventView(context.services.fleet, asked, sight)
    return Live(context=context, view=view, key=("events", asked, sight.scope), after=after, subject=Subject.EVENTS)
