"""The fleet at a glance.

The counts are kept by gyre.fleet.
"""

from typing import Self

from gyre.fleet import fleet
from schema.types.declare import described, object_type
from schema.types.kinds import StatusCount
from schema.types.rows import ReadError, ResourceRow, rows_of
from schema.types.scalars import Position


@object_type
class KindCount:
    """The objects of one kind."""

    kind: str = described("The kind, as `Kustomization`.")
    group: str = described("Its API group.")
    plural: str = described("Its plural.")
    count: int = described("How many there are.")
    by_status: list[StatusCount] = described("The same by status.")


@object_type
class NamespaceCount:
    """The objects of one namespace, over all clusters."""

    namespace: str = described("The namespace.")
    count: int = described("How many there are.")
    by_status: list[StatusCount] = described("The same by status.")


@object_type
class ClusterCount:
    """The objects of one cluster."""

    cluster: str = described("The cluster.")
    count: int = described("How many there are.")
    by_status: list[StatusCount] = described("The same by status.")


@object_type
class Overview:
    """Counts of what you may see, and what fails now."""

    total: int = described("How many objects there are.")
    by_status: list[StatusCount] = described("By status; every status is told, with 0 where there is none.")
    by_kind: list[KindCount] = described("By kind.")
    by_namespace: list[NamespaceCount] = described("By namespace.")
    by_cluster: list[ClusterCount] = described("By cluster.")
    failing: list[ResourceRow] = described("What fails now, the latest first; 50 at most.")
    position: Position = described("The place in the order of changes it was read at.")
    errors: list[ReadError] = described("What could not be read, or not afresh.")

    @classmethod
    def of(cls, seen: fleet.Overview) -> Self:
        """An overview as the fleet counted it."""
        counts = seen.counts
        return cls(
            total=counts.total,
            by_status=StatusCount.each(counts.by_status),
            by_kind=[
                KindCount(
                    kind=kind.name,
                    group=kind.group,
                    plural=kind.plural,
                    count=sum(counts.values()),
                    by_status=StatusCount.each(counts),
                )
                for kind, counts in counts.by_kind.items()
            ],
            by_namespace=[
                NamespaceCount(namespace=name, count=sum(counts.values()), by_status=StatusCount.each(counts))
                for name, counts in counts.by_namespace.items()
            ],
            by_cluster=[
                ClusterCount(cluster=name, count=sum(counts.values()), by_status=StatusCount.each(counts))
                for name, counts in counts.by_cluster.items()
            ],
            failing=rows_of(seen.failing),
            position=Position(seen.position),
            errors=ReadError.each(seen.problems),
        )
