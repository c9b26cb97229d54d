"""What a row says of other objects, as far as whoever reads it may see those: else their kind alone is told.

An object's own text (its manifest, labels and messages) is told as it is; who may see the object may read that.
"""

from msgspec import structs

from gyre.access.sight import Sight
from gyre.flux.kinds import of_reference
from gyre.terms.naming import ClusterName, Reference
from gyre.terms.rows import Row


def shown(row: Row, sight: Sight) -> Row:
    """The row with every reference hidden that leads to where nothing of its kind may be seen."""
    if sight.sees_all or not (row.source or row.owner or row.depends_on):
        return row
    source, owner = (_shown(row.cluster, each, sight) for each in (row.source, row.owner))
    depends_on = tuple(_hidden_or_not(row.cluster, each, sight) for each in row.depends_on)
    if source is row.source and owner is row.owner and depends_on == row.depends_on:
        return row
    return structs.replace(row, source=source, owner=owner, depends_on=depends_on)


def may_see(cluster: ClusterName, reference: Reference, sight: Sight) -> bool:
    """Whether something of this kind may be seen where it leads to; what is no Flux kind has no rights of its own."""
    known = of_reference(reference)
    return known is None or sight.sees(cluster, known.kind.plural, reference.namespace)


def _shown(cluster: ClusterName, reference: Reference | None, sight: Sight) -> Reference | None:
    return None if reference is None else _hidden_or_not(cluster, reference, sight)


def _hidden_or_not(cluster: ClusterName, reference: Reference, sight: Sight) -> Reference:
    if reference.hidden or may_see(cluster, reference, sight):
        return reference
    return Reference(kind=reference.kind, name="", group=reference.group, hidden=True)
