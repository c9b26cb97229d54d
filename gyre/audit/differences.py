"""What a write changed, compactly: the paths that differ, each with what was there before and after, bounded in size.

Both sides come masked; where only what is hidden differs, the path is told with the mask on both sides. What of an
object is no part of what people write is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _State:
    """What is shown of one state, and what it really is."""

    shown: object
    real: object

    def inside(self, key: str) -> "_State":
        return _State(_member(self.shown, key), _member(self.real, key))


def differences(before: Side, after: Side, *, unmasked: tuple[Side, Side] | None = None) -> list[Difference]:
    """What differs between two states of one thing: an object's masked bytes, or names with values; None for none.

    `unmasked` are the same two states with their secrets, of which nothing is told but that they differ.
    """
    really = unmasked or (before, after)
    found = list(_walk("", _State(_read(before), _read(really[0])), _State(_read(after), _read(really[1]))))
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


def _walk(path: str, before: _State, after: _State) -> Iterator[Difference]:
    if path in OF_THE_SERVER:
        return
    if isinstance(before.shown, Mapping) and isinstance(after.shown, Mapping):
        for key in sorted({*before.shown, *after.shown}):
            yield from _walk(_inside(path, str(key)), before.inside(key), after.inside(key))
    elif before != after:
        yield Difference(path=path, before=_told(path, before.shown), after=_told(path, after.shown))


def _member(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None


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
