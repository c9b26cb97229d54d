"""Who takes its content from an object, or waits for it: looked up from the object that is pointed at.

What an object says of others is read by gyre.flux; who may see it is asked by the caller.
"""

from gyre.fleet.cache import Cache, Held, Tie
from gyre.terms.naming import ClusterName, Ref, Reference

Target = tuple[str, str, str, str, str]
"""Cluster, group, kind, namespace and name of what is pointed at."""


class Pointers:
    """From each object that is pointed at to those that do; follows the cache when asked."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._n = 0
        self._by_target: dict[Target, dict[Tie, Held]] = {}

    def at(self, ref: Ref) -> list[Held]:
        """Those that point at this object, in the order of cluster, kind, namespace and name."""
        self._follow()
        found = self._by_target.get((ref.cluster, ref.kind.group, ref.kind.name, ref.namespace, ref.name), {})
        return [found[tie] for tie in sorted(found)]

    def _follow(self) -> None:
        journal = self._cache.journal
        differences = journal.since(self._n)
        if differences is None:
            self._by_target.clear()
            differences = [(None, held) for held in self._cache.everything()]
        for old, new in differences:
            self._step(old, new)
        self._n = journal.n

    def _step(self, old: Held | None, new: Held | None) -> None:
        before, after = _targets(old), _targets(new)
        for target in before - after:
            if old:
                self._forget(target, old.tie)
        for target in after:
            if new:
                self._by_target.setdefault(target, {})[new.tie] = new

    def _forget(self, target: Target, tie: Tie) -> None:
        pointing = self._by_target[target]
        del pointing[tie]
        if not pointing:
            del self._by_target[target]


def _targets(held: Held | None) -> set[Target]:
    if held is None:
        return set()
    row = held.row
    said = (*row.depends_on, row.source) if row.source else row.depends_on
    return {_target(row.cluster, reference) for reference in said}


def _target(cluster: ClusterName, to: Reference) -> Target:
    return (cluster, to.group, to.kind, to.namespace, to.name)
