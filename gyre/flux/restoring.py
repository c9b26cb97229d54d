"""Puts the secrets back that an editor saw masked: where a written manifest holds the mask, the live value stays.

What is masked is gyre.flux.masking's. Where it is not certain which live value is meant, none is: the path is named.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from gyre.errors import Invalid
from gyre.flux.intake import LAST_APPLIED
from gyre.flux.masking import MASK, mask
from gyre.flux.parsing import Document, inside, mapping, text

MOST_NAMED: Final = 20
"""Paths that one refusal names."""

_NOTHING: Final = object()
_IDENTIFYING: Final = ("name", "key", "id")


def restore(written: Document, live_raw: bytes | None) -> Document:
    """The manifest with live values in place of masks; `live_raw` is None when there is no such object yet.

    Raises Invalid, naming the paths, where there is no live value for a mask.
    """
    if not _holds_mask(written):
        return written
    live: Document = orjson.loads(live_raw) if live_raw is not None else {}
    shown: Document = orjson.loads(live_raw) if live_raw is not None else {}
    unknown: list[str] = []  # paths found without a live value
    try:
        mask(shown, live_raw or b"")
        restored = _restored(written, shown, live, "", unknown)
    except RecursionError as error:
        raise Invalid("The object is nested too deeply for its hidden values to be kept; write them.") from error
    if unknown:
        raise _refused(unknown)
    return mapping(restored)


def keep_last_applied(written: Document, live: Document) -> None:
    """Keep kubectl's own note, which no editor is shown, unless another one was written."""
    note = inside(live, "metadata", "annotations").get(LAST_APPLIED)
    metadata = inside(written, "metadata")
    if note is None or not metadata:
        return
    annotations = metadata.get("annotations")
    if annotations is None:
        annotations = metadata["annotations"] = {}
    if isinstance(annotations, dict):
        annotations.setdefault(LAST_APPLIED, note)


def _refused(paths: list[str]) -> Invalid:
    named = ", ".join(paths[:MOST_NAMED])
    message = (
        f"{MASK!r} stands for a value that Gyre hides, and it is not certain which live value is meant at {named}. "
        "Write the value itself, or leave what is around it as it was shown."
    )
    return Invalid(message, details={"problem": "mask", "path": paths[:MOST_NAMED]})


def _restored(written: object, shown: object, live: object, path: str, unknown: list[str]) -> object:
    if isinstance(written, str):
        return _text(written, shown, live, path, unknown) if MASK in written else written
    if isinstance(written, dict):
        return _mapping(written, mapping(shown), mapping(live), path, unknown)
    if isinstance(written, list):
        return _list(written, shown, live, path, unknown)
    return written


def _mapping(written: Document, shown: Document, live: Document, path: str, unknown: list[str]) -> Document:
    found = {}
    for key, value in written.items():
        where = f"{path}.{key}" if path else key
        found[key] = _restored(value, shown.get(key, _NOTHING), live.get(key, _NOTHING), where, unknown)
    return found


def _list(written: list[object], shown: object, live: object, path: str, unknown: list[str]) -> list[object]:
    if not _holds_mask(written):
        return written
    was, is_live = (shown, live) if isinstance(shown, list) and isinstance(live, list) else ([], [])
    if len(was) != len(is_live):
        was, is_live = [], []
    found = []
    for index, item in enumerate(written):
        one, other = _counterpart(written, index, was, is_live) if _holds_mask(item) else (_NOTHING, _NOTHING)
        found.append(_restored(item, one, other, f"{path}[{index}]", unknown))
    return found


def _counterpart(written: list[object], index: int, shown: list[object], live: list[object]) -> tuple[object, object]:
    """Which shown item, with its live one, a written item is: the one it equals, is named as, or stands for."""
    item = written[index]
    if written == shown:
        return shown[index], live[index]
    equal = [place for place, one in enumerate(shown) if one == item]
    if equal:
        certain = all(live[place] == live[equal[0]] for place in equal)
        return (shown[equal[0]], live[equal[0]]) if certain else (_NOTHING, _NOTHING)
    name = _identity(item)
    if name is None:
        return _NOTHING, _NOTHING
    there = [place for place, one in enumerate(shown) if _identity(one) == name]
    once = len(there) == 1 and sum(1 for one in written if _identity(one) == name) == 1
    return (shown[there[0]], live[there[0]]) if once else (_NOTHING, _NOTHING)


def _identity(item: object) -> tuple[object, ...] | None:
    """What tells an item of a list from its neighbours, wherever it stands."""
    if not isinstance(item, Mapping):
        return None
    metadata = item.get("metadata")
    if isinstance(metadata, Mapping) and text(metadata.get("name")):
        return ("object", text(item.get("kind")), text(metadata.get("namespace")), text(metadata.get("name")))
    named = (key for key in _IDENTIFYING if text(item.get(key)) and MASK not in text(item.get(key)))
    key = next(named, None)
    return (key, item[key]) if key else None


def _text(written: str, shown: object, live: object, path: str, unknown: list[str]) -> object:
    if live is not _NOTHING and written in (shown, MASK):
        return live
    if isinstance(live, str) and isinstance(shown, str):
        parsed = _json(written), _json(shown), _json(live)
        if None not in parsed and len({type(each) for each in parsed}) == 1:
            return orjson.dumps(_restored(*parsed, path, unknown)).decode()
        lines = _lines(written, shown, live)
        if lines is not None:
            return lines
    unknown.append(path)
    return written


def _lines(written: str, shown: str, live: str) -> str | None:
    """The text with its masked lines as they are in the live one; None where one was changed or is there in several.

    Masking keeps the lines of a text, so each shown line has its live one; where it did not, nothing is certain.
    """
    was, is_live = shown.split("\n"), live.split("\n")
    if len(was) != len(is_live):
        return None
    meant: dict[str, set[str]] = {}
    for one, other in zip(was, is_live, strict=True):
        if MASK in one:
            meant.setdefault(one, set()).add(other)
    lines = written.split("\n")
    for line in {line for line in lines if MASK in line}:
        if len(meant.get(line, ())) != 1 or lines.count(line) > was.count(line):
            return None
    return "\n".join(next(iter(meant[line])) if MASK in line else line for line in lines)


def _json(written: str) -> object:
    """What a text holds as JSON, when that is an object or a list; else None."""
    if written[:1] not in ("{", "["):
        return None
    try:
        value: object = orjson.loads(written)
        orjson.dumps(value)  # what is too deep to be written again is no JSON to us
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return value


def _holds_mask(value: object) -> bool:
    if isinstance(value, str):
        return MASK in value
    items: Iterable[object] = ()
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, list):
        items = value
    return any(_holds_mask(item) for item in items)
