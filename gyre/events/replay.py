"""What somebody missed, from what the rings still hold.

The cursor of a replayed change is the one it was first told with, so that all who missed it can share one frame.
"""

from collections.abc import Mapping
from heapq import merge
from operator import itemgetter

from gyre.events.cursors import encode
from gyre.events.news import News, Resync, Told
from gyre.events.ring import Ring
from gyre.terms.changes import Position
from gyre.terms.naming import ClusterName

REPLAY = 10_000
"""Changes told again to one who returns; reading again is cheaper than more."""

Rings = Mapping[ClusterName, Ring]


def missed(rings: Rings, seen: Mapping[str, int]) -> tuple[News, ...]:
    """The changes after `seen` (epoch to number), after one Resync where there is a hole."""
    kept = {cluster: seen[ring.epoch] for cluster, ring in rings.items() if ring.covers(seen.get(ring.epoch, -1))}
    count = sum(rings[cluster].head - n for cluster, n in kept.items())
    gone = seen.keys() - {ring.epoch for ring in rings.values()}
    lost = tuple(cluster for cluster in rings if cluster not in kept)
    if count > REPLAY or (gone and not lost):
        return (Resync((), encode(ring.position for ring in rings.values())),)
    told = _again(rings, kept) if count else ()
    return (_resync(rings, kept, lost), *told) if lost else told


def _resync(rings: Rings, kept: Mapping[ClusterName, int], lost: tuple[ClusterName, ...]) -> Resync:
    positions = (Position(ring.epoch, kept.get(cluster, ring.head)) for cluster, ring in rings.items())
    return Resync(lost, encode(positions))


def _again(rings: Rings, kept: Mapping[ClusterName, int]) -> tuple[Told, ...]:
    firsts = (rings[cluster].after(n) for cluster, n in kept.items())
    start = min(entries[0][0] for entries in firsts if entries)
    tails = {cluster: ring.arrived_from(start) for cluster, ring in rings.items()}
    heads = {cluster: Position(rings[cluster].epoch, before) for cluster, (before, _) in tails.items()}
    told = []
    for _, change in merge(*(entries for _, entries in tails.values()), key=itemgetter(0)):
        heads[change.cluster] = change.position
        if change.position.n > kept.get(change.cluster, change.position.n):
            told.append(Told(change, encode(heads.values())))
    return tuple(told)
