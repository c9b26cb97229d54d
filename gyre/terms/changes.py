"""One change of one object, and where in the order of changes it stands."""

from enum import Enum

import msgspec

from gyre.terms.events import EventRow
from gyre.terms.naming import ClusterName
from gyre.terms.rows import Row


class Subject(Enum):
    """What changes are about. Each has numbers of its own: a storm of one costs the readers of the other nothing."""

    OBJECTS = "objects"
    EVENTS = "events"
    CLUSTERS = "clusters"


class ChangeType(Enum):
    """What happened to an object, or to what a client sees of it.

    LEFT: the object still exists but is not in this client's view any more. RESYNC: something was missed; re-read.
    """

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    LEFT = "LEFT"
    RESYNC = "RESYNC"


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place in one cluster's order of changes: the epoch is new at each start or takeover, `n` counts from 1."""

    epoch: str
    n: int


class Change(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One numbered change: `old` is None when added, `new` is None when deleted, `body` the masked JSON after it.

    For a deletion `body` is the last known object. Never of type LEFT or RESYNC: those are a client's view.
    """

    cluster: ClusterName
    position: Position
    type: ChangeType
    old: Row | None
    new: Row | None
    body: bytes

    @property
    def row(self) -> Row:
        """The object's row: as it is now, or as it was before it was deleted."""
        row = self.new or self.old
        if row is None:
            raise ValueError("a change has an old or a new row")
        return row


class EventChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """As Change, of a Kubernetes Event. DELETED is what Kubernetes, or Gyre's own bound, does not keep any more."""

    cluster: ClusterName
    position: Position
    type: ChangeType
    old: EventRow | None
    new: EventRow | None
    body: bytes

    @property
    def row(self) -> EventRow:
        """The Event: as it is now, or as it was before it was deleted."""
        row = self.new or self.old
        if row is None:
            raise ValueError("a change has an old or a new row")
        return row


Numbered = Change | EventChange
