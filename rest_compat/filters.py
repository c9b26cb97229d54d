"""What the query of a list or a stream says: which objects, in what order.

What the names in it mean is checked where the fleet answers; a page's place is rest_compat.lists'.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta

from gyre.errors import Invalid
from gyre.fleet.queries import LabelWanted, Order, RowFilter, SortKey
from gyre.terms.rows import Word
from rest_compat.shapes import Asked

SORTS: Final[Mapping[str, SortKey]] = {
    "name": SortKey.NAME,
    "namespace": SortKey.NAMESPACE,
    "kind": SortKey.KIND,
    "cluster": SortKey.CLUSTER,
    "status": SortKey.STATUS,
    "changedat": SortKey.CHANGED_AT,
    "reconciledat": SortKey.RECONCILED_AT,
    "createdat": SortKey.CREATED_AT,
}
"""By their names in lower case: `sort=changedAt`."""

SORT_NAMES: Final = ("name", "namespace", "kind", "cluster", "status", "changedAt", "reconciledAt", "createdAt")
IN_ORDER: Final = Order(SortKey.NAMESPACE)
"""The stable order of lists: by namespace, then name."""

STATUSES: Final[Mapping[str, Word]] = {word.value.lower(): word for word in Word}


Clusters = Annotated[
    str, Meta(description="One or several separated by commas; all when left out.", examples=["default"])
]
Kinds = Annotated[
    str, Meta(description="One or several kinds separated by commas; all when left out.", examples=["kustomizations"])
]
Namespaces = Annotated[
    str,
    Meta(description="One or several separated by commas, exactly or by glob.", examples=["flux-system,team-*"]),
]
Statuses = Annotated[
    str,
    Meta(
        description="One or several separated by commas.",
        extra_json_schema={"pattern": "^({0})(,({0}))*$".format("|".join(word.value for word in Word))},
        examples=["Failed,Progressing"],
    ),
]
Labels = Annotated[
    str,
    Meta(
        description="`key=value` or `key`, several separated by commas: all of them must hold.",
        examples=["team=shop"],
    ),
]
Words = Annotated[
    str,
    Meta(
        description="Words, all of which must stand in its kind, namespace, name, reason, message, revision or source.",
        examples=["build failed"],
    ),
]
Sort = Annotated[
    str,
    Meta(
        description="By what; with a minus before it for descending. Equal ones stand by namespace and name.",
        extra_json_schema={"pattern": f"^-?({'|'.join(SORT_NAMES)})$"},
        examples=["-changedAt"],
    ),
]


class Narrowing(Asked, frozen=True):
    """What narrows a list."""

    namespace: Namespaces | None = None
    status: Statuses | None = None
    label: Labels | None = None
    q: Words = ""

    def rows(self, *, clusters: tuple[str, ...], kinds: tuple[str, ...]) -> RowFilter:
        """The same, on these clusters and kinds."""
        return RowFilter(
            clusters=clusters,
            kinds=kinds,
            namespaces=several(self.namespace),
            statuses=statuses_of(several(self.status)),
            labels=labels_of(several(self.label)),
            text=self.q,
        )


def order(said: str | None) -> Order:
    """`sort`: a name, with a minus before it for descending."""
    if said is None:
        return IN_ORDER
    by = SORTS.get(said.removeprefix("-").lower())
    if by is None:
        message = f"`sort` is one of {', '.join(SORT_NAMES)}; with a minus before it for descending."
        raise Invalid(message, details={"path": ["sort"]})
    return Order(by, descending=said.startswith("-"))


def several(said: str | None) -> tuple[str, ...]:
    """Values separated by commas, which no name of anything holds."""
    return tuple(filter(None, (part.strip() for part in (said or "").split(","))))


def statuses_of(names: tuple[str, ...]) -> tuple[Word, ...]:
    """Statuses by their words, in any case."""
    unknown = [name for name in names if name.lower() not in STATUSES]
    if unknown:
        message = f"`status` is one or more of {', '.join(word.value for word in Word)}."
        raise Invalid(message, details={"path": ["status"]})
    return tuple(STATUSES[name.lower()] for name in names)


def labels_of(selectors: tuple[str, ...]) -> tuple[LabelWanted, ...]:
    """`app=web` or `app`, as kubectl takes them; what selects by anything else is refused rather than misread."""
    return tuple(map(_label, selectors))


def _label(selector: str) -> LabelWanted:
    key, equals, value = selector.partition("=")
    key, value = key.strip(), value.removeprefix("=").strip()
    if not key or key.startswith("!") or key.endswith("!") or set(" ()") & set(f"{key}{value}"):
        message = "`label` is `key=value` or `key`, several separated by commas; all of them must hold."
        raise Invalid(message, details={"path": ["label"]})
    return LabelWanted(key, value if equals else None)
