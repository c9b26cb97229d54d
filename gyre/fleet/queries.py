"""What one may ask of the fleet's rows: which, in what order, from where on.

Whether names in it mean anything (a kind, a cluster) is checked where it is answered.
"""

from dataclasses import dataclass
from enum import Enum

from gyre.errors import Invalid
from gyre.terms.naming import Reference
from gyre.terms.rows import Word

MOST_VALUES = 100
"""Values of one filter; a list this long is no choice of a person's."""

LONGEST_VALUE = 512
"""Characters of one value: the longest label key with its prefix is 317."""

LARGEST_PAGE = 1_000
"""Rows of one page."""


class SortKey(Enum):
    """What rows are ordered by. STATUS puts what needs someone first: Failed, Progressing … Ready."""

    NAME = "NAME"
    NAMESPACE = "NAMESPACE"
    KIND = "KIND"
    STATUS = "STATUS"
    CHANGED_AT = "CHANGED_AT"
    RECONCILED_AT = "RECONCILED_AT"
    CREATED_AT = "CREATED_AT"
    CLUSTER = "CLUSTER"


@dataclass(frozen=True, slots=True)
class Order:
    """Rows equal by the key stand by cluster, kind, namespace and name, ascending in both directions.

    A time that is not known counts as the earliest.
    """

    by: SortKey = SortKey.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class LabelWanted:
    """A label that must be there; with this value, unless it is None."""

    key: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """What a row must fulfil: one of each list (an empty list asks nothing), all labels, all words of the text.

    Kinds by any of their names; namespaces exactly or by glob; text without regard to case. `owner` and `source`
    compare kind, namespace and name, and the group where one is given.
    """

    clusters: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    statuses: tuple[Word, ...] = ()
    labels: tuple[LabelWanted, ...] = ()
    text: str = ""
    owner: Reference | None = None
    source: Reference | None = None

    def check(self) -> None:
        """Raise Invalid for what is too long to be meant."""
        lists = (self.clusters, self.kinds, self.namespaces, self.statuses, self.labels)
        if max(map(len, lists)) > MOST_VALUES:
            raise Invalid(f"A filter takes at most {MOST_VALUES} values of each sort.")
        longest = max(map(len, self._values()), default=0)
        if longest > LONGEST_VALUE:
            raise Invalid(f"A value of a filter has at most {LONGEST_VALUE} characters.")

    def _values(self) -> tuple[str, ...]:
        labels = [part or "" for label in self.labels for part in (label.key, label.value)]
        references = [part for it in (self.owner, self.source) if it for part in (it.kind, it.name, it.namespace)]
        return (*self.clusters, *self.kinds, *self.namespaces, *labels, *references, self.text)


NO_FILTER = RowFilter()
BY_NAME = Order()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuery:
    """One page of rows: up to `limit` after the cursor `after`, or after the first `offset` rows."""

    filter: RowFilter = NO_FILTER
    order: Order = BY_NAME
    limit: int = 50
    after: str | None = None
    offset: int = 0

    def check(self) -> None:
        """Raise Invalid for what cannot be answered."""
        self.filter.check()
        if not 0 <= self.limit <= LARGEST_PAGE:
            raise Invalid(f"A page has between 0 and {LARGEST_PAGE} rows.")
        if self.offset < 0:
            raise Invalid("An offset is not negative.")
        if self.after is not None and self.offset:
            raise Invalid("Give either `after` or `offset`: a page begins in one place.")
