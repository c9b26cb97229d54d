"""What a feed tells its listeners: a change, or that they must read again.

How it looks to a client is the renderer's: see gyre.events.cohorts.
"""

from dataclasses import dataclass

from gyre.terms.changes import Change, EventChange, Numbered
from gyre.terms.naming import ClusterName


@dataclass(frozen=True, slots=True)
class Told:
    """One change, and the cursor of whoever has seen everything up to it."""

    change: Change
    cursor: str


@dataclass(frozen=True, slots=True)
class EventTold:
    """One change of a Kubernetes Event, told to who listens to those."""

    change: EventChange
    cursor: str


@dataclass(frozen=True, slots=True)
class Resync:
    """Something was missed in these clusters (none named: anywhere): whoever reads again after this is at `cursor`.

    A renderer names only the clusters its viewer may see.
    """

    clusters: tuple[ClusterName, ...]
    cursor: str


News = Told | EventTold | Resync


def told(change: Numbered, cursor: str) -> Told | EventTold:
    """A change as news."""
    return EventTold(change, cursor) if isinstance(change, EventChange) else Told(change, cursor)
