"""The kinds of Flux and what can be done with each.

The table itself is gyre.flux's, the counting gyre.fleet's.
"""

from collections.abc import Mapping
from typing import Self

from gyre.flux.kinds import FluxKind
from gyre.terms.rows import Word
from resolvers.catalogue import CountedKind
from schema.types.declare import described, object_type


@object_type
class StatusCount:
    """How many objects have a status."""

    status: Word = described("The status.")
    count: int = described("How many have it.")

    @classmethod
    def each(cls, counts: Mapping[Word, int]) -> list[Self]:
        """Every status with its count, 0 where there is none."""
        return [cls(status=word, count=counts.get(word, 0)) for word in Word]


@object_type
class KindCan:
    """What the kind itself can, whoever asks."""

    reconcile: bool = described("It can be reconciled on request.")
    suspend: bool = described("It can be suspended and resumed.")
    force: bool = described("A reconcile can be forced.")
    reset: bool = described("A reconcile can reset its failure counters.")

    @classmethod
    def of(cls, known: FluxKind) -> Self:
        """What a kind can."""
        return cls(
            reconcile=known.reconcilable,
            suspend=known.suspension is not None,
            force=known.forceable,
            reset=known.resettable,
        )


@object_type
class Kind:
    """A kind of Flux object."""

    name: str = described("As `HelmRelease`.")
    group: str = described("Its API group.")
    plural: str = described("As `helmreleases`, which is also its name in the REST API.")
    singular: str = described("As `helmrelease`.")
    short_names: list[str] = described("As `hr`; accepted wherever a kind is named.")
    category: str = described("What it is for: `source`, `applier`, `image`, `notification` or `operator`.")
    can: KindCan = described("What can be done with objects of this kind.")
    count: int = described("How many you may see, over all clusters.")
    by_status: list[StatusCount] = described("The same by status.")

    @classmethod
    def of(cls, counted: CountedKind) -> Self:
        """A kind as resolvers counted it."""
        known = counted.known
        return cls(
            name=known.kind.name,
            group=known.kind.group,
            plural=known.kind.plural,
            singular=known.singular,
            short_names=list(known.short_names),
            category=known.category.value,
            can=KindCan.of(known),
            count=sum(counted.counts.values()),
            by_status=StatusCount.each(counted.counts),
        )
