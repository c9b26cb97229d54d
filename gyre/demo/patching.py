"""The patches Kubernetes knows, as pure functions from an object to the object it shall be.

Which kinds take which patch: gyre.demo.api. What a patched object must obey: gyre.demo.store.
"""

from typing import Any

from gyre.demo import refusals
from gyre.demo.resources import Manifest


def merge(target: Any, patch: Any) -> Any:
    """RFC 7386: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def json_patch(target: Manifest, operations: list[Manifest]) -> Manifest:
    """RFC 6902, all or nothing."""
    document: Any = target
    for operation in operations:
        document = _apply(document, operation)
    result: Manifest = document
    return result


def _apply(document: Any, operation: Manifest) -> Any:
    name, path = operation.get("op"), _pointer(operation.get("path"))
    if name == "test":
        if _value_at(document, path) != operation.get("value"):
            raise refusals.unprocessable()
        return document
    if name == "remove":
        return _removed(document, path)
    if name in ("add", "replace"):
        return _placed(document, path, operation.get("value"), replace=name == "replace")
    if name in ("move", "copy"):
        origin = _pointer(operation.get("from"))
        value = _value_at(document, origin)
        return _placed(_removed(document, origin) if name == "move" else document, path, value, replace=False)
    raise refusals.unprocessable()


def _pointer(text: object) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise refusals.unprocessable()
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _value_at(document: Any, path: list[str]) -> Any:
    at = document
    for part in path:
        at = _child(at, part)
    return at


def _child(at: Any, part: str) -> Any:
    if isinstance(at, dict) and part in at:
        return at[part]
    if isinstance(at, list) and part.isdecimal() and int(part) < len(at):
        return at[int(part)]
    raise refusals.unprocessable()


def _removed(document: Any, path: list[str]) -> Any:
    if not path:
        return {}
    _value_at(document, path)
    return _rebuilt(document, path, _without)


def _without(parent: Any, last: str) -> Any:
    if isinstance(parent, dict):
        return {key: value for key, value in parent.items() if key != last}
    return parent[: int(last)] + parent[int(last) + 1 :]


def _placed(document: Any, path: list[str], value: Any, *, replace: bool) -> Any:
    if not path:
        return value
    if replace:
        _value_at(document, path)

    def place(parent: Any, last: str) -> Any:
        if isinstance(parent, dict):
            return {**parent, last: value}
        if isinstance(parent, list) and (last == "-" or (last.isdecimal() and int(last) <= len(parent))):
            at = len(parent) if last == "-" else int(last)
            return [*parent[:at], value, *parent[at + replace :]]
        raise refusals.unprocessable()

    return _rebuilt(document, path, place)


def _rebuilt(document: Any, path: list[str], change: Any) -> Any:
    first, *rest = path
    if not rest:
        return change(document, first)
    child = _rebuilt(_child(document, first), rest, change)
    if isinstance(document, dict):
        return {**document, first: child}
    return [*document[: int(first)], child, *document[int(first) + 1 :]]
