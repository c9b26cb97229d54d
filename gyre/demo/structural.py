"""Structural schemas of CRDs: fill in defaults, drop unknown fields, say what is wrong and where.

Rules in CEL (`x-kubernetes-validations`) are not evaluated. `metadata` is gyre.demo.metadata's.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from typing import Any

from gyre.demo.causes import Cause, shown
from gyre.demo.resources import Manifest

PRESERVE = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING = "x-kubernetes-int-or-string"
EMBEDDED = "x-kubernetes-embedded-resource"
OBJECT_KEYS = frozenset(("apiVersion", "kind", "metadata"))


def prune(schema: Manifest, value: Any, path: str = "") -> list[str]:
    """Drop what the schema does not know, in place; the paths of what was dropped are returned."""
    return list(_prune(schema, value, path, root=True))


def _prune(schema: Manifest, value: Any, path: str, *, root: bool = False) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _prune(schema.get("items") or {}, item, f"{path}[{index}]")
        return
    if not isinstance(value, dict):
        return
    known: Manifest = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    whole = root or schema.get(EMBEDDED)
    for key in list(value):
        inner = f"{path}.{key}" if path else key
        if whole and key in OBJECT_KEYS:
            continue
        if key in known:
            yield from _prune(known[key], value[key], inner)
        elif isinstance(others, dict):
            yield from _prune(others, value[key], inner)
        elif not (schema.get(PRESERVE) or others is True):
            del value[key]
            yield inner


def default(schema: Manifest, value: Any) -> None:
    """Fill in what is missing and has a default, in place; null where it is not allowed counts as missing."""
    if isinstance(value, list):
        for item in value:
            default(schema.get("items") or {}, item)
    elif isinstance(value, dict):
        known: Manifest = schema.get("properties") or {}
        others = schema.get("additionalProperties")
        for key in [key for key in value if value[key] is None]:
            inner = known.get(key, others)
            if isinstance(inner, dict) and not inner.get("nullable") and not inner.get(PRESERVE):
                del value[key]
        for key, inner in known.items():
            if key not in value and "default" in inner:
                value[key] = deepcopy(inner["default"])
        for key, item in value.items():
            inner = known.get(key, others)
            if isinstance(inner, dict):
                default(inner, item)


def validate(schema: Manifest, value: Any) -> list[Cause]:
    """What is wrong with an object by its schema, with the path of each field."""
    return list(_validate(schema, value, ""))


def _validate(schema: Manifest, value: Any, path: str) -> Iterator[Cause]:
    yield from _type(schema, value, path)
    if value is not None:
        yield from _combined(schema, value, path)
        if isinstance(value, str):
            yield from _string(schema, value, path)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield from _number(schema, value, path)
        elif isinstance(value, list):
            yield from _list(schema, value, path)
        elif isinstance(value, dict):
            yield from _object(schema, value, path)
    if "enum" in schema and value not in schema["enum"] and not (value is None and schema.get("nullable")):
        supported = ", ".join(shown(each if isinstance(each, str) else shown(each)) for each in schema["enum"])
        message = f"Unsupported value: {shown(value)}: supported values: {supported}"
        yield Cause("FieldValueNotSupported", message, _field(path))


def _type(schema: Manifest, value: Any, path: str) -> Iterator[Cause]:
    wanted = ["integer", "string"] if schema.get(INT_OR_STRING) else [schema["type"]] if "type" in schema else []
    if not wanted or (value is None and schema.get("nullable")):
        return
    found = _type_of(value)
    if found in wanted or ("number" in wanted and found == "integer"):
        return
    if "integer" in wanted and found == "number" and value.is_integer():
        return
    detail = f'{_place(path)} must be of type {",".join(wanted)}: "{found}"'
    yield Cause("FieldValueTypeInvalid", f'Invalid value: "{found}": {detail}', _field(path))


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names: dict[type, str] = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names[type(value)]


def _string(schema: Manifest, value: str, path: str) -> Iterator[Cause]:
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        message = f"Too long: may not be more than {schema['maxLength']} bytes"
        yield Cause("FieldValueTooLong", message, _field(path))
    if "minLength" in schema and len(value) < schema["minLength"]:
        yield _wrong(path, value, f"should be at least {schema['minLength']} chars long")
    if "pattern" in schema and not _compiled(schema["pattern"]).search(value):
        yield _wrong(path, value, f"should match '{schema['pattern']}'")
    if schema.get("format") == "date-time" and not is_moment(value):
        detail = f"{_place(path)} must be of type date-time: {shown(value)}"
        yield Cause("FieldValueTypeInvalid", f"Invalid value: {shown(value)}: {detail}", _field(path))


def _number(schema: Manifest, value: float, path: str) -> Iterator[Cause]:
    low, high, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if low is not None and schema.get("exclusiveMinimum") and value <= low:
        yield _wrong(path, value, f"should be greater than {low}")
    elif low is not None and value < low:
        yield _wrong(path, value, f"should be greater than or equal to {low}")
    if high is not None and schema.get("exclusiveMaximum") and value >= high:
        yield _wrong(path, value, f"should be less than {high}")
    elif high is not None and value > high:
        yield _wrong(path, value, f"should be less than or equal to {high}")
    if schema.get("type") == "integer" and not float(value).is_integer():
        detail = f"Checked value must be of type integer (default format) in {path}"
        yield Cause("FieldValueInvalid", f'Invalid value: "": {detail}', "<nil>")
    if step and value % step:
        yield _wrong(path, value, f"should be a multiple of {step}")


def _list(schema: Manifest, value: list[Any], path: str) -> Iterator[Cause]:
    for index, item in enumerate(value):
        yield from _validate(schema.get("items") or {}, item, f"{path}[{index}]")
    if "maxItems" in schema and len(value) > schema["maxItems"]:
        message = f"Too many: {len(value)}: must have at most {schema['maxItems']} items"
        yield Cause("FieldValueTooMany", message, _field(path))
    if "minItems" in schema and len(value) < schema["minItems"]:
        yield _wrong(path, len(value), f"should have at least {schema['minItems']} items")
    keys = schema.get("x-kubernetes-list-map-keys")
    seen: list[Any] = []
    for index, item in enumerate(value):
        if keys and isinstance(item, dict):
            identity: Any = {key: item.get(key) for key in keys}
        elif schema.get("x-kubernetes-list-type") == "set":
            identity = item
        else:
            continue
        if identity in seen:
            yield Cause("FieldValueDuplicate", f"Duplicate value: {shown(identity)}", f"{path}[{index}]")
        seen.append(identity)


def _object(schema: Manifest, value: Manifest, path: str) -> Iterator[Cause]:
    known: Manifest = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    if "minProperties" in schema and len(value) < schema["minProperties"]:
        yield _wrong(path, len(value), f"should have at least {schema['minProperties']} properties")
    if "maxProperties" in schema and len(value) > schema["maxProperties"]:
        message = f"Too many: {len(value)}: must have at most {schema['maxProperties']} items"
        yield Cause("FieldValueTooMany", message, _field(path))
    for key, item in value.items():
        inner = f"{path}.{key}" if path else key
        if not path and key == "metadata":
            continue
        if key in known:
            yield from _validate(known[key], item, inner)
        elif isinstance(others, dict):
            yield from _validate(others, item, inner)
    for key in schema.get("required") or ():
        if key not in value:
            yield Cause("FieldValueRequired", "Required value", f"{path}.{key}" if path else key)


def _combined(schema: Manifest, value: Any, path: str) -> Iterator[Cause]:
    for each in schema.get("allOf") or ():
        yield from _validate(each, value, path)
    if schema.get("anyOf") and all(list(_validate(each, value, path)) for each in schema["anyOf"]):
        yield Cause(
            "FieldValueInvalid",
            f'Invalid value: "": {shown(path)} must validate at least one schema (anyOf)',
            _field(path),
        )
    if schema.get("oneOf"):
        fitting = sum(1 for each in schema["oneOf"] if not list(_validate(each, value, path)))
        if fitting != 1:
            found = "Found none valid" if not fitting else f"Found {fitting} valid alternatives"
            detail = f"{shown(path)} must validate one and only one schema (oneOf). {found}"
            yield Cause("FieldValueInvalid", f'Invalid value: "": {detail}', _field(path))
    if schema.get("not") and not list(_validate(schema["not"], value, path)):
        yield Cause(
            "FieldValueInvalid", f'Invalid value: "": {shown(path)} must not validate the schema (not)', _field(path)
        )


def _wrong(path: str, value: Any, detail: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown(value)}: {_place(path)} {detail}", _field(path))


def _field(path: str) -> str:
    return path or "<nil>"


def _place(path: str) -> str:
    return f"{path} in body"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def is_moment(text: str) -> bool:
    """Whether this is a time with its zone, as RFC 3339 has it."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
