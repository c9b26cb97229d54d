"""Where a row stands in an order, also as the opaque cursor that a client holds for that place.

A cursor names the place, not the row: it stays right when rows around it, or the row itself, come, go and move.
"""

import base64
import binascii
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

import msgspec

from gyre.errors import Invalid
from gyre.fleet.cache import Held, Tie
from gyre.fleet.queries import Order, SortKey

LONGEST_CURSOR = 4_096
"""Characters: the longest names of cluster, kind, namespace, name and group stay below half of it."""

First = str | int
"""What an order compares first."""

Place = tuple[First, Tie]
"""Where a row stands."""


def _time(text: str | None) -> str:
    """Times of different precision compare as text once the zone is off: `…:00` is before `…:00.5`."""
    return text[:-1] if text else ""


FIRST: Final[Mapping[SortKey, Callable[[Held], First]]] = {
    SortKey.NAME: attrgetter("row.name"),
    SortKey.NAMESPACE: attrgetter("row.namespace"),
    SortKey.KIND: attrgetter("row.kind"),
    SortKey.CLUSTER: attrgetter("row.cluster"),
    SortKey.STATUS: lambda held: held.bucket.rank,
    SortKey.CHANGED_AT: lambda held: _time(held.row.changed_at),
    SortKey.RECONCILED_AT: lambda held: _time(held.row.reconciled_at),
    SortKey.CREATED_AT: lambda held: _time(held.row.created_at),
}


def place_of(order: Order, held: Held) -> Place:
    """Where this object stands."""
    return FIRST[order.by](held), held.tie


def arranged(order: Order, rows: Iterable[Held]) -> list[Held]:
    """Rows that are in the order of their ties, in this order."""
    first = FIRST[order.by]
    return sorted(rows, key=first, reverse=order.descending)  # equal ones stay as they are


def index_of(order: Order, rows: Sequence[Held], place: Place) -> int:
    """How many of these rows, which are in this order, stand before the place."""
    first = FIRST[order.by]
    if not order.descending:
        return bisect_left(rows, place, key=lambda held: (first(held), held.tie))
    wanted, tie = place
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        here = first(rows[middle])
        before = rows[middle].tie < tie if here == wanted else here > wanted  # type: ignore[operator]  # both of one key
        low, high = (middle + 1, high) if before else (low, middle)
    return low


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    by: SortKey
    descending: bool
    first: str | int
    tie: tuple[str, str, str, str, str]


_decoder = msgspec.json.Decoder(_Cursor)
_encoder = msgspec.json.Encoder()


def cursor_of(order: Order, held: Held) -> str:
    """The cursor for the place of this object."""
    cursor = _Cursor(order.by, order.descending, FIRST[order.by](held), held.tie)
    return base64.urlsafe_b64encode(_encoder.encode(cursor)).decode().rstrip("=")


def read_cursor(order: Order, text: str) -> Place:
    """The place a cursor stands for; Invalid when it is none, or one of another order."""
    if len(text) > LONGEST_CURSOR:
        raise Invalid("This cursor is longer than any that Gyre gives out; begin with the first page.")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = _decoder.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid("This is not a cursor that Gyre gave out; begin with the first page.") from error
    if (cursor.by, cursor.descending) != (order.by, order.descending):
        raise Invalid("This cursor belongs to another order of rows; begin with the first page of this one.")
    if isinstance(cursor.first, int) != (order.by is SortKey.STATUS):
        raise Invalid("This is not a cursor that Gyre gave out; begin with the first page.")
    return cursor.first, cursor.tie
