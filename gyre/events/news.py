"""What a feed tells its listeners: a change, or that they must read again.

How it looks to a client is the renderer's: see gyre.events.cohorts.
"""

from dataclasses import dataclass

from gyre.terms.changes import Change
from gyre.terms.naming import ClusterName


@dataclass(frozen=True, slots=True)
class Told:
    """One change, and the cursor of whoever has seen everything up to it."""

    change: Change
    cursor: str


@dataclass(frozen=True, slots=True)
class Resync:
    """Something was missed in these clusters (none named: anywhere): whoever reads again after this is at `cursor`.

    A renderer names only the clusters its viewer may see.
    """

    clusters: tuple[ClusterName, ...]
    cursor: str


News = Told | Resync
