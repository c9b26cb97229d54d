"""The kinds there are and the clusters Gyre watches, as far as the caller sees something of them.

The table of kinds is gyre.flux's, the state of each watch gyre.fleet's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gyre.fleet.health import ClusterHealth, KindHealth
from gyre.flux.kinds import KINDS, FluxKind
from gyre.terms.rows import Word
from resolvers.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedKind:
    """A kind with how many objects of it the caller sees, by status."""

    known: FluxKind
    counts: Mapping[Word, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCluster:
    """A cluster with the kinds it serves, and how its Events are known."""

    health: ClusterHealth
    kinds: tuple[KindHealth, ...]
    events: KindHealth


def kinds(context: Context) -> tuple[CountedKind, ...]:
    """The kinds of Flux, each with its count over all clusters."""
    counts = context.services.fleet.counts(context.sight)
    return tuple(CountedKind(known=known, counts=counts.get(known.kind, {})) for known in KINDS)


def clusters(context: Context) -> tuple[WatchedCluster, ...]:
    """The clusters on which the caller might see something."""
    fleet, sight = context.services.fleet, context.sight
    return tuple(
        WatchedCluster(
            health=health, kinds=fleet.kinds(health.name, sight), events=fleet.events.state(health.name, sight)
        )
        for health in fleet.clusters(sight)
    )
