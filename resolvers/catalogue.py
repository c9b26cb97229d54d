"""The kinds there are, as far as the caller sees something of them.

The table of kinds is gyre.flux's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gyre.access.rules import FLUX, WORKLOADS
from gyre.flux.kinds import KINDS, FluxKind
from gyre.terms.rows import Word
from resolvers.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedKind:
    """A kind with how many objects of it the caller sees, by status."""

    known: FluxKind
    counts: Mapping[Word, int]


def kinds(context: Context) -> tuple[CountedKind, ...]:
    """The kinds of Flux, each with its count over all clusters."""
    counts = context.services.fleet.counts(context.sight)
    return tuple(CountedKind(known=known, counts=counts.get(known.kind, {})) for known in KINDS)


def rule_resources(context: Context) -> tuple[str, ...]:
    """The plurals that a rule or a token's scope may name, beside `*`."""
    context.signed_in()
    return (*FLUX, *WORKLOADS)
