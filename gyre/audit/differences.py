"""What a write changed, compactly: the paths that differ, each with what was there before and after, bounded in size.

Both sides come masked; what of an object is no part of what people write is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypedDict

import msgspec
import orjson

MOST_PATHS: Final = 50
"""Differences told of one write; the last says how many more there were."""

LONGEST_VALUE: Final = 2_000
"""Characters of one value as JSON."""

OF_THE_SERVER: Final = frozenset(
    {
        "status",
        "metadata.resourceVersion",
        "metadata.generation",
        "metadata.managedFields",
        "metadata.uid",
        "metadata.creationTimestamp",
    }
)
"""What the API server and controllers write, whoever asked for the change."""


class Difference(TypedDict):
    """One path, and its values as JSON; None for what was, or is, not there."""

    path: str
    before: str | None
    after: str | None


Side = bytes | Mapping[str, object] | None


def differences(before: Side, after: Side) -> list[Difference]:
    """What differs between two states of one thing: an object's masked bytes, or names with values; None for none."""
    found = list(_walk("", _read(before), _read(after)))
    if len(found) <= MOST_PATHS:
        return found
    more = f"{len(found) - MOST_PATHS + 1} more paths"
    return [*found[: MOST_PATHS - 1], Difference(path="…", before=None, after=more)]


def _read(side: Side) -> object:
    if isinstance(side, bytes):
        try:
            return orjson.loads(side)
        except orjson.JSONDecodeError:
            return None
    return side


def _walk(path: str, before: object, after: object) -> Iterator[Difference]:
    if before == after or path in OF_THE_SERVER:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _walk(_inside(path, str(key)), before.get(key), after.get(key))
        return
    yield Difference(path=path, before=_told(path, before), after=_told(path, after))


def _inside(path: str, key: str) -> str:
    step = f'["{key}"]' if "." in key or "/" in key else key
    return f"{path}.{step}" if path and not step.startswith("[") else f"{path}{step}"


def _told(path: str, value: object) -> str | None:
    if value is None:
        return None
    if not path and isinstance(value, Mapping):
        value = _without_the_servers(value)
    written = orjson.dumps(value, default=_plain).decode()
    return written if len(written) <= LONGEST_VALUE else f"{written[: LONGEST_VALUE - 1]}…"


def _without_the_servers(document: Mapping[str, object]) -> object:
    """A whole object, made or gone, without what the server adds to it."""
    kept = {key: value for key, value in document.items() if key not in OF_THE_SERVER}
    metadata = kept.get("metadata")
    if isinstance(metadata, Mapping):
        kept["metadata"] = {key: value for key, value in metadata.items() if f"metadata.{key}" not in OF_THE_SERVER}
    return kept


def _plain(value: object) -> object:
    return msgspec.to_builtins(value)
