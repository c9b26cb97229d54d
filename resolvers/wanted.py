"""What both faces ask lists for, as the client said it.

Names of kinds and clusters are still text here; resolvers.choosing makes them exact or refuses them.
"""

from dataclasses import dataclass
from enum import Enum

from gyre.terms.rows import Word


class SortKey(Enum):
    """What rows can be sorted by; ties are broken by cluster, namespace, kind and name."""

    NAME = "NAME"
    NAMESPACE = "NAMESPACE"
    KIND = "KIND"
    STATUS = "STATUS"
    CHANGED_AT = "CHANGED_AT"
    RECONCILED_AT = "RECONCILED_AT"
    CREATED_AT = "CREATED_AT"
    CLUSTER = "CLUSTER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which objects; an empty condition is none."""

    clusters: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    statuses: tuple[Word, ...] = ()
    labels: tuple[tuple[str, str | None], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How rows are sorted."""

    by: SortKey = SortKey.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Which rows of the whole: after a cursor, or from an offset."""

    first: int = 50
    after: str | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One object, as the client named it."""

    cluster: str
    kind: str
    namespace: str
    name: str
