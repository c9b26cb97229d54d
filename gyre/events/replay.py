"""What somebody missed, from what the rings still hold.

The cursor of a replayed change is the one it was first told with, so that all who missed it can share one frame.
"""

from collections.abc import Mapping
from heapq import merge
from operator import itemgetter

from gyre.events.cursors import encode
from gyre.events.news import News, Resync, told
from gyre.events.ring import Ring
from gyre.terms.changes import Position
from gyre.terms.naming import ClusterName

REPLAY = 10_000
"""Changes told again to one who returns; reading again is cheaper than more."""

Rings = Mapping[ClusterName, Ring]


def missed(rings: Rings, seen: Mapping[str, int], past: Mapping[str, ClusterName]) -> tuple[News, ...]:
    """The changes after `seen` (epoch to number), or one Resync where there is a hole. `past` are replaced epochs.

    Never both: the cursors of changes told again know nothing of what was read after a Resync.
    """
    kept = {cluster: seen[ring.epoch] for cluster, ring in rings.items() if ring.covers(seen.get(ring.epoch, -1))}
    count = sum(rings[cluster].head - n for cluster, n in kept.items())
    gone = seen.keys() - {ring.epoch for ring in rings.values()}
    lost = {cluster: None for cluster in rings if cluster not in kept} | {past[it]: None for it in gone if it in past}
    if not gone and not lost and count <= REPLAY:
        return _again(rings, kept) if count else ()
    everything = count > 0 or any(epoch not in past for epoch in gone)
    return (Resync(() if everything else tuple(lost), encode(ring.position for ring in rings.values())),)


def _again(rings: Rings, kept: Mapping[ClusterName, int]) -> tuple[News, ...]:
    firsts = (rings[cluster].after(n) for cluster, n in kept.items())
    start = min(entries[0][0] for entries in firsts if entries)
    tails = {cluster: ring.arrived_from(start) for cluster, ring in rings.items()}
    heads = {cluster: Position(rings[cluster].epoch, before) for cluster, (before, _) in tails.items()}
    again: list[News] = []
    for _, change in merge(*(entries for _, entries in tails.values()), key=itemgetter(0)):
        heads[change.cluster] = change.position
        if change.position.n > kept.get(change.cluster, change.position.n):
            again.append(told(change, encode(heads.values())))
    return tuple(again)
