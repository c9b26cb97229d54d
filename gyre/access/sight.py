"""What a principal sees, as a test that is cheap enough for every row and every change.

Sight is `decide` for Action.VIEW and nothing else; a property test holds the two together.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from gyre.access.matching import ANY, Namespaces, cluster_matches, effective, resource_matches
from gyre.terms.naming import ClusterName
from gyre.terms.people import Grant, Principal, Rule

REMEMBERED_BUCKETS = 65_536
"""Buckets (cluster, plural, namespace) remembered for one sight; beyond it they are forgotten and asked anew."""

REMEMBERED_PRINCIPALS = 4096
"""Principals whose sight is remembered."""

SEES_ALL = "all"


class Sight:
    """What may be seen. Two principals with equal `scope` see exactly the same, so their streams can be shared."""

    __slots__ = ("_grants", "_known", "_places", "_within", "scope", "sees_all")

    def __init__(self, grants: tuple[Grant, ...], within: tuple[Grant, ...] | None) -> None:
        self._grants = tuple(grant for grant in grants if grant.rule.actions)
        self._within = None if within is None else tuple(grant for grant in within if grant.rule.actions)
        self._known: dict[tuple[str, str, str], bool] = {}
        self._places: dict[tuple[str, str], tuple[Namespaces, ...]] = {}
        self.scope = _hash(self._grants, self._within)
        self.sees_all = self.scope == SEES_ALL

    def sees(self, cluster: ClusterName, plural: str, namespace: str) -> bool:
        """Whether objects of this plural in this namespace (empty: cluster-scoped) may be seen."""
        if self.sees_all:
            return True
        bucket = (cluster, plural, namespace)
        known = self._known.get(bucket)
        if known is not None:
            return known
        if len(self._known) >= REMEMBERED_BUCKETS:
            self._known.clear()
            self._places.clear()
        answer = all(namespace in each for each in self._namespaces(cluster, plural))
        self._known[bucket] = answer
        return answer

    def sees_cluster(self, cluster: ClusterName) -> bool:
        """Whether anything at all might be seen on this cluster; otherwise not even its name may be told."""
        within = self._within
        return any(cluster_matches(grant, cluster) for grant in self._grants) and (
            within is None or any(cluster_matches(grant, cluster) for grant in within)
        )

    def _namespaces(self, cluster: ClusterName, plural: str) -> tuple[Namespaces, ...]:
        """Where objects of this plural are seen: by what was given, and by what a token's scope leaves of it."""
        place = (cluster, plural)
        known = self._places.get(place)
        if known is None:
            sides = (self._grants,) if self._within is None else (self._grants, self._within)
            known = tuple(Namespaces(_rules_for(side, cluster, plural)) for side in sides)
            self._places[place] = known
        return known


def _rules_for(grants: tuple[Grant, ...], cluster: ClusterName, plural: str) -> Iterable[Rule]:
    return (grant.rule for grant in grants if cluster_matches(grant, cluster) and resource_matches(grant.rule, plural))


_recent: dict[int, tuple[Principal, Sight]] = {}


def sight_of(principal: Principal) -> Sight:
    """The principal's sight; asked again for an equal principal it is the same object with what it remembers.

    The same object is known by its place in memory: to hash all rules of a principal takes longer than to ask one.
    """
    known = _recent.get(id(principal))
    if known is not None and known[0] is principal:
        return known[1]
    sight = _sight(principal)
    if len(_recent) >= REMEMBERED_PRINCIPALS:
        _recent.clear()
    _recent[id(principal)] = principal, sight
    return sight


@lru_cache(maxsize=REMEMBERED_PRINCIPALS)
def _sight(principal: Principal) -> Sight:
    return Sight(effective(principal), principal.scope)


def _hash(grants: tuple[Grant, ...], within: tuple[Grant, ...] | None) -> str:
    """Equal for equal sight: names of policies, order, repetition and which actions were given do not count."""
    given, narrowed = _canonical(grants), None if within is None else _canonical(within)
    if given == [_EVERYTHING] and narrowed in (None, [_EVERYTHING]):
        return SEES_ALL
    return hashlib.sha256(msgspec.json.encode([given, narrowed])).hexdigest()[:32]


_Cell = tuple[str, tuple[str, ...], tuple[str, ...]]

_EVERYTHING: _Cell = (ANY, (ANY,), (ANY,))


def _canonical(grants: Iterable[Grant]) -> list[_Cell]:
    seen = {
        (str(grant.cluster), _names(grant.rule.resources), _names(grant.rule.namespaces))
        for grant in grants
        if grant.rule.resources and grant.rule.namespaces
    }
    return [_EVERYTHING] if _EVERYTHING in seen else sorted(seen)


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return (ANY,) if ANY in names else tuple(sorted(set(names)))
