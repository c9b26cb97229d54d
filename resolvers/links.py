"""What an object points to and what points back, as far as the caller may see it.

Which objects name which is gyre.flux's; nothing here changes a cluster.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gyre.errors import NotSynced
from gyre.fleet.hiding import may_see
from gyre.flux.dependencies import chains
from gyre.flux.inventory import Entry, entries, plural_of
from gyre.flux.kinds import of_reference
from gyre.terms.naming import Kind, Ref, Reference
from gyre.terms.rows import Row, Word
from resolvers.context import Context
from resolvers.resources import SeenResource

MOST_DEPENDENTS = 200
"""What waits for one object is shown on its page; more than this is a list of its own."""


MOST_CHAINS = 20
"""Roots that are told of one blocked object: who waits for more has to mend these first anyway."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A reference with the row it leads to; None when there is no such Flux object, or none the caller may see.

    `hidden` when the caller may see no object of its kind there, whether it exists or not: then it has no name.
    """

    reference: Reference
    row: Row | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """What an object waits for, nearest first, up to a root; in a `circle` there is none."""

    steps: list[Linked]
    circle: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """An object of an inventory, with its status when it is a Flux object the caller may see.

    `hidden` when the caller has no right to see its own kind there: then it has no name.
    """

    entry: Entry
    status: Word | None
    hidden: bool = False


async def linked(context: Context, row: Row, references: Iterable[Reference]) -> list[Linked]:
    """These references of an object, each with what it leads to."""
    return [_linked(context, row, reference, _row(context, row, reference)) for reference in references]


async def blocking(context: Context, row: Row) -> list[Chain]:
    """The chains that keep an object waiting; what the caller may not see ends a chain, as what is not there does."""
    found = chains(row, lambda reference: _row(context, row, reference))
    return [
        Chain([_linked(context, row, one.reference, one.row) for one in chain.steps], chain.circle)
        for chain in found[:MOST_CHAINS]
    ]


async def dependents(context: Context, row: Row) -> list[Linked]:
    """What waits for an object or takes its content from it, as far as the caller may see."""
    found = context.services.fleet.dependents(row.ref, context.sight)
    return [Linked(_reference(waiting), waiting) for waiting in found[:MOST_DEPENDENTS]]


async def inventory(context: Context, seen: SeenResource) -> list[Applied]:
    """What an object applied, as its own status lists it."""
    applied = []
    for entry in entries(seen.document):
        if not context.sight.sees(seen.row.cluster, plural_of(entry), entry.namespace):
            nameless = Entry(group=entry.group, kind=entry.kind, version=entry.version, namespace="", name="")
            applied.append(Applied(nameless, None, hidden=True))
            continue
        reference = Reference(kind=entry.kind, name=entry.name, namespace=entry.namespace, group=entry.group)
        found = _row(context, seen.row, reference)
        applied.append(Applied(entry, found.status if found else None))
    return applied


def _linked(context: Context, row: Row, reference: Reference, found: Row | None) -> Linked:
    """The link as the caller may see it."""
    kind = _flux_kind(reference)
    if not reference.hidden and may_see(row.cluster, reference, context.sight):
        return Linked(reference, found)
    group = kind.group if kind else reference.group
    return Linked(Reference(kind=kind.name if kind else reference.kind, name="", group=group), None, hidden=True)


def _row(context: Context, row: Row, reference: Reference) -> Row | None:
    kind = _flux_kind(reference)
    if kind is None or reference.hidden or not context.sight.sees(row.cluster, kind.plural, reference.namespace):
        return None
    ref = Ref(cluster=row.cluster, kind=kind, namespace=reference.namespace, name=reference.name)
    try:
        held = context.services.fleet.find(ref)
    except NotSynced:
        return None  # its status is not known, which is what null says
    return held.row if held else None


def _flux_kind(reference: Reference) -> Kind | None:
    known = of_reference(reference)
    return known.kind if known else None


def _reference(row: Row) -> Reference:
    return Reference(kind=row.kind, name=row.name, namespace=row.namespace, group=row.group)
