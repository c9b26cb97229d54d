"""How well Gyre knows a cluster: the visible state of each watch."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Sync(Enum):
    """SYNCING: first read under way. LIVE: watched. STALE: read once, not watched now. ERROR: never read."""

    SYNCING = "SYNCING"
    LIVE = "LIVE"
    STALE = "STALE"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """State of one watch. `since` is when it became so (for STALE: since when rows may be out of date)."""

    sync: Sync
    since: datetime
    problem: str = ""
