"""How well each kind of each cluster is known, and what a reader has to be told about it.

Why a watch is in the state it is in, its reflector says; here it is only kept and put into words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gyre.clock import rfc3339
from gyre.errors import NotSynced
from gyre.fleet.cache import Cache
from gyre.terms.naming import ClusterName, Kind
from gyre.terms.sync import Sync, SyncState

STALE = "STALE"
TRUNCATED = "TRUNCATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a reader can't rely on. `kind` None: nothing of the cluster. `stale_since` None: it was never read.

    `truncated`: it is read and live, but there is more of it than is kept.
    """

    cluster: ClusterName
    kind: Kind | None
    message: str
    stale_since: datetime | None = None
    truncated: bool = False

    @property
    def code(self) -> str:
        """NOT_SYNCED, STALE or TRUNCATED."""
        if self.truncated:
            return TRUNCATED
        return STALE if self.stale_since else NotSynced.code


@dataclass(frozen=True, slots=True, kw_only=True)
class KindHealth:
    """One kind on one cluster; `count` is of the objects that the asker may see."""

    cluster: ClusterName
    kind: Kind
    version: str
    state: SyncState
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterHealth:
    """One cluster as a whole. `kubernetes_version` is empty until it answered; `state` is that of its worst kind.

    `connected`: its API answers, whatever single kinds do.
    """

    name: ClusterName
    state: SyncState
    kubernetes_version: str
    connected: bool


@dataclass(slots=True)
class Contact:
    """What is known of a cluster's API itself. `discovered`: it has said once which kinds it serves."""

    state: SyncState
    kubernetes_version: str = ""
    discovered: bool = False


class Health:
    """The state of every watch."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._contacts: dict[ClusterName, Contact] = {}
        self._problems: dict[ClusterName, tuple[Problem, ...]] = {}
        self._editions: dict[ClusterName, str] = {}

    def open_cluster(self, cluster: ClusterName, since: datetime) -> Contact:
        """Begin to know about a cluster."""
        contact = self._contacts[cluster] = Contact(SyncState(sync=Sync.SYNCING, since=since))
        return contact

    def close_cluster(self, cluster: ClusterName) -> None:
        """Forget a cluster."""
        del self._contacts[cluster]
        self.changed(cluster)

    def changed(self, cluster: ClusterName) -> None:
        """Something of this cluster is in another state than before."""
        self._problems.pop(cluster, None)
        self._editions.pop(cluster, None)

    def discovered(self, cluster: ClusterName) -> bool:
        """Whether it is known which kinds the cluster serves."""
        return self._contacts[cluster].discovered

    def unread(self, cluster: ClusterName) -> Problem | None:
        """Why nothing of the cluster was ever read; None when something was."""
        contact = self._contacts[cluster]
        if contact.discovered:
            return None
        why = _why(cluster, contact.state) or ": it is being asked which kinds it serves"
        return Problem(cluster=cluster, kind=None, message=f"{cluster} has not been read yet{why}")

    def problems(self, cluster: ClusterName) -> tuple[Problem, ...]:
        """What can't be relied on; empty when all is live."""
        found = self._problems.get(cluster)
        if found is None:
            found = self._problems[cluster] = tuple(self._find_problems(cluster))
        return found

    def edition(self, cluster: ClusterName) -> str:
        """Equal as long as a reader is told the same of how well a cluster is known and what it serves."""
        found = self._editions.get(cluster)
        if found is None:
            served = [f"{shelf.kind}/{shelf.version}" for shelf in self._cache.shelves(cluster)]
            found = self._editions[cluster] = f"{cluster} {self.problems(cluster)} {served}"
        return found

    def of_cluster(self, cluster: ClusterName) -> ClusterHealth:
        """The cluster as a whole: as good as what it said last, and as bad as its worst kind."""
        contact = self._contacts[cluster]
        return ClusterHealth(
            name=cluster,
            state=self._overall(cluster, contact),
            kubernetes_version=contact.kubernetes_version,
            connected=self._connected(cluster, contact),
        )

    def _connected(self, cluster: ClusterName, contact: Contact) -> bool:
        """What it serves is known, and not every watch has lost it since."""
        states = [shelf.state.sync for shelf in self._cache.shelves(cluster)]
        return contact.state.sync is Sync.LIVE and (not states or Sync.LIVE in states or Sync.SYNCING in states)

    def _overall(self, cluster: ClusterName, contact: Contact) -> SyncState:
        states = [shelf.state for shelf in self._cache.shelves(cluster)]
        if not states or not contact.discovered:
            return contact.state
        for sync in (Sync.SYNCING, Sync.STALE):
            found = [state for state in states if state.sync is sync]
            if found:
                return _told(sync, found, len(states))
        broken = [state for state in states if state.sync is Sync.ERROR]
        if len(broken) == len(states):
            return _told(Sync.ERROR, broken, len(states))
        since = max(state.since for state in states)
        problem = _told(Sync.ERROR, broken, len(states)).problem if broken else contact.state.problem
        return SyncState(sync=Sync.LIVE, since=since, problem=problem)

    def _find_problems(self, cluster: ClusterName) -> Iterable[Problem]:
        unread = self.unread(cluster)
        if unread:
            yield unread
            return
        for shelf in self._cache.shelves(cluster):
            problem = problem_of(shelf)
            if problem:
                yield problem


class Watched(Protocol):
    """One kind on one cluster, as far as its health goes."""

    cluster: ClusterName
    kind: Kind
    state: SyncState
    synced: bool


def problem_of(shelf: Watched) -> Problem | None:
    """What of this kind can't be relied on; None when it is live."""
    cluster, kind, state = shelf.cluster, shelf.kind, shelf.state
    why = _why(cluster, state)
    if not shelf.synced:
        message = f"{kind.name} has not been read from {cluster} yet{why}"
        return Problem(cluster=cluster, kind=kind, message=message)
    if state.sync is Sync.STALE:
        message = f"{kind.name} on {cluster} may have changed since {rfc3339(state.since)}{why}"
        return Problem(cluster=cluster, kind=kind, message=message, stale_since=state.since)
    return None


def _why(cluster: ClusterName, state: SyncState) -> str:
    """The problem, without the name that stands before it already, and that nobody needs to do anything in Gyre."""
    problem = state.problem.removeprefix(f"{cluster}: ").rstrip(".")
    return f": {problem}. Gyre tries again by itself." if problem else ""


def _told(sync: Sync, states: list[SyncState], of: int) -> SyncState:
    """One state for several alike: since the first of them, with the first problem, and how many there are."""
    first = min(states, key=lambda state: state.since)
    said = next((state.problem for state in states if state.problem), "")
    many = f"{len(states)} of {of} kinds: {said}" if said and of > 1 else said
    return SyncState(sync=sync, since=first.since, problem=many)
