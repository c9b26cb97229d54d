"""The Events as the rooms above read them: pages over the fleet and of one object, and how well they are known.

Who may look is decided by gyre.access; each question here comes with the Sight of who asks.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from gyre.access.sight import Sight
from gyre.errors import NotSynced
from gyre.events.feed import EventFeed
from gyre.fleet.cache import Cache
from gyre.fleet.events.matching import EventTest, understand
from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.store import (
    PER_CLUSTER,
    PER_OBJECT,
    PLACE,
    About,
    EventShelf,
    EventStore,
    HeldEvent,
    about,
    held,
)
from gyre.fleet.events.views import EventViews, cursor_of, read_cursor
from gyre.fleet.health import Health, KindHealth, Problem, problem_of
from gyre.flux.events import TakenEvent
from gyre.terms.events import EventRow
from gyre.terms.naming import ClusterName, Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """A part of the Events, the newest first. `total` counts all that were asked for and may be seen."""

    held: tuple[HeldEvent, ...]
    total: int
    start: int
    position: str
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> tuple[EventRow, ...]:
        """The rows of this page."""
        return tuple(event.row for event in self.held)

    @property
    def has_next(self) -> bool:
        """Whether older ones follow."""
        return self.start + len(self.held) < self.total

    @property
    def has_previous(self) -> bool:
        """Whether newer ones came before."""
        return self.start > 0

    @property
    def cursors(self) -> tuple[str, ...]:
        """A cursor for each Event, to go on after it."""
        return tuple(map(cursor_of, self.held))

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first Event."""
        return cursor_of(self.held[0]) if self.held else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last Event."""
        return cursor_of(self.held[-1]) if self.held else None


class EventMatcher:
    """The test of one filter and one sight on rows that may not be kept any more."""

    def __init__(self, test: EventTest, since: str) -> None:
        self._test = test
        self._since = since

    def __call__(self, row: EventRow) -> bool:
        """Whether the Event is asked for and may be seen."""
        event = held(TakenEvent(row, b""))
        return event.place[0] >= self._since and self._test(event)


class Events:
    """The Events of all clusters."""

    def __init__(self, store: EventStore, cache: Cache, health: Health, feed: EventFeed) -> None:
        self._store = store
        self._cache = cache
        self._health = health
        self._feed = feed
        self._views = EventViews(store)

    def page(self, asked: EventFilter, part: Part, sight: Sight) -> EventPage:
        """One page of what is asked for and may be seen; NotSynced when no Events of it were ever read."""
        asked.check()
        part.check()
        wanted = understand(asked, self._cache, sight)
        names = self._cache.clusters if wanted.clusters is None else wanted.clusters
        shelves = [shelf for name, shelf in self._store.shelves.items() if name in names and sight.sees_cluster(name)]
        problems = tuple(problem for shelf in shelves for problem in self._problems(shelf))
        if problems and not any(shelf.synced for shelf in shelves):
            raise NotSynced(problems[0].message, details={"clusters": [str(problem.cluster) for problem in problems]})
        rows = self._views.read(wanted, sight)
        oldest = bisect_left(rows, (asked.earliest,), key=PLACE) if asked.since else 0
        return self._part(rows, oldest, part, problems)

    def of(self, ref: Ref, part: Part) -> EventPage:
        """One page of the Events about an object, which whoever asks may see; what can't be relied on is told in it."""
        part.check()
        problems = tuple(self._problems(self._store.shelves[ref.cluster], about(ref)))
        return self._part(self._store.about(ref), 0, part, problems)

    def edition(self, cluster: str) -> str:
        """Equal as long as a cluster's Events, and what can be relied on of them, are the same; cheap to ask."""
        shelf = self._store.shelves.get(ClusterName(cluster))
        return f"{self._feed.cursor()} {list(self._problems(shelf))}" if shelf else ""

    def state(self, cluster: ClusterName, sight: Sight) -> KindHealth:
        """How well the Events of a cluster are known, and how many of them may be seen."""
        shelf = self._store.shelves[cluster]
        here = understand(EventFilter(clusters=(cluster,)), self._cache, sight)
        count = len(self._views.read(here, sight))
        return KindHealth(cluster=cluster, kind=shelf.kind, version=shelf.version, state=shelf.told_state, count=count)

    def matcher(self, asked: EventFilter, sight: Sight) -> EventMatcher:
        """The test that tells of any Event whether it is asked for and may be seen."""
        asked.check()
        return EventMatcher(EventTest(understand(asked, self._cache, sight), sight), asked.earliest)

    def _part(self, rows: list[HeldEvent], oldest: int, part: Part, problems: tuple[Problem, ...]) -> EventPage:
        """A page of these Events, which are from the oldest on, without those before `oldest`."""
        end = len(rows) - part.offset if part.after is None else bisect_left(rows, read_cursor(part.after), key=PLACE)
        end = max(end, oldest)
        chosen = rows[max(end - part.limit, oldest) : end]
        return EventPage(
            held=tuple(reversed(chosen)),
            total=len(rows) - oldest,
            start=len(rows) - end,
            position=self._feed.cursor(),
            problems=problems,
        )

    def _problems(self, shelf: EventShelf, of: About | None = None) -> Iterable[Problem]:
        """What of these Events can't be relied on."""
        problem = self._health.unread(shelf.cluster) or problem_of(shelf)
        if problem:
            yield problem
        if shelf.truncated(of):
            bound = f"the newest {PER_OBJECT} of an object and {PER_CLUSTER} of a cluster"
            message = f"There are more Events on {shelf.cluster} than are kept: {bound}."
            yield Problem(cluster=shelf.cluster, kind=shelf.kind, message=message, truncated=True)
