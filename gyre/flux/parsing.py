"""Reads what Kubernetes sent without trusting its shape: a field of the wrong type counts as absent.

What the fields mean is left to the neighbours: status, references, inventory.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import orjson

from gyre.errors import Invalid

Document = dict[str, object]
"""One Kubernetes object as JSON gave it."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of `status.conditions`. `observed_generation` is None where the controller does not say."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None
    observed_generation: int | None = None


def parse(raw: bytes) -> Document:
    """The object in these bytes; Invalid when they hold none."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"not an object in JSON: {error}") from error
    if not isinstance(document, dict):
        raise Invalid("not an object in JSON: a mapping is needed")
    return document


def encode(document: Document) -> bytes:
    """The object as JSON to be kept: orjson leaves it in a buffer ten times as large, so it is copied out of that."""
    return bytes(memoryview(orjson.dumps(document)))


def mapping(value: object) -> Document:
    """The value itself when it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def inside(document: Document, *path: str) -> Document:
    """The mapping at this path, or an empty one."""
    for key in path:
        document = mapping(document.get(key))
    return document


def mappings(value: object) -> list[Document]:
    """The mappings in a list; anything else in it is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The value itself when it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """The value itself when it is a whole number (true and false are none)."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def pairs(value: object) -> Iterator[tuple[str, str]]:
    """The entries of a mapping of strings, as labels and annotations are."""
    return ((key, item) for key, item in mapping(value).items() if isinstance(item, str))


def conditions(document: Document) -> tuple[Condition, ...]:
    """The object's conditions, in their own order."""
    return tuple(
        Condition(
            type=text(item.get("type")),
            status=text(item.get("status")),
            reason=text(item.get("reason")),
            message=text(item.get("message")),
            last_transition_time=text(item.get("lastTransitionTime")) or None,
            observed_generation=whole(item.get("observedGeneration")),
        )
        for item in mappings(inside(document, "status").get("conditions"))
    )


def moment(value: object) -> str | None:
    """An RFC 3339 time as it was written, in UTC (others' clocks write their own offset); None for anything else."""
    written = text(value)
    if not written.startswith(("1", "2")) or "T" not in written:
        return None
    if written.endswith("Z"):
        return written
    try:
        return datetime.fromisoformat(written).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
