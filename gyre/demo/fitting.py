"""Structural schemas as compiled tests: whether an object keeps to its schema in every way, told fast.

A test fills in defaults on its way. Where it says no, gyre.demo.structural finds out what is wrong, or drops it.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from gyre.demo.resources import Manifest
from gyre.demo.structural import EMBEDDED, INT_OR_STRING, OBJECT_KEYS, PRESERVE, is_moment

Fits = Callable[[Any], bool]

LEFT_TO_STRUCTURAL = frozenset(
    (
        *("allOf", "anyOf", "oneOf", "not", "nullable", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
        *("minProperties", "maxProperties", "uniqueItems", "x-kubernetes-list-type", INT_OR_STRING, EMBEDDED),
    )
)


def compiled(schema: Manifest) -> Fits:
    """The test of a whole object by the schema of its kind."""
    return _object(schema, whole=True)


def _node(schema: Manifest) -> Fits:
    if not LEFT_TO_STRUCTURAL.isdisjoint(schema):
        return _doubtful
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, whole=False)
    if kind == "array":
        return _list(schema)
    simple: dict[Any, Callable[[Manifest], Fits]] = {"string": _string, "integer": _integer, "boolean": _boolean}
    if kind in simple:
        return simple[kind](schema)
    return _anything if kind is None and schema.get(PRESERVE) and "enum" not in schema else _doubtful


def _doubtful(_value: Any) -> bool:
    return False


def _anything(value: Any) -> bool:
    return value is not None


def _boolean(schema: Manifest) -> Fits:
    return _doubtful if "enum" in schema else lambda value: value is True or value is False


def _integer(schema: Manifest) -> Fits:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "enum" in schema:
        return _doubtful
    if low is None and high is None:
        return lambda value: type(value) is int
    return lambda value: type(value) is int and (low is None or value >= low) and (high is None or value <= high)


def _string(schema: Manifest) -> Fits:
    tests: list[Fits] = []
    if "enum" in schema:
        allowed = frozenset(each for each in schema["enum"] if isinstance(each, str))
        tests.append(lambda value: value in allowed)
    if "pattern" in schema:
        search = re.compile(schema["pattern"]).search
        tests.append(lambda value: search(value) is not None)
    if "maxLength" in schema or "minLength" in schema:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1 << 62)
        tests.append(lambda value: least <= len(value) <= most)
    if schema.get("format") == "date-time":
        tests.append(is_moment)
    if not tests:
        return lambda value: type(value) is str
    if len(tests) == 1:
        (only,) = tests
        return lambda value: type(value) is str and only(value)
    return lambda value: type(value) is str and all(test(value) for test in tests)


def _list(schema: Manifest) -> Fits:
    fits = _node(schema.get("items") or {})
    least, most = schema.get("minItems", 0), schema.get("maxItems", 1 << 62)

    def test(value: Any) -> bool:
        if type(value) is not list or not least <= len(value) <= most:
            return False
        return all(map(fits, value))

    return test


def _object(schema: Manifest, *, whole: bool) -> Fits:
    properties: Manifest = schema.get("properties") or {}
    known = {name: _node(inner) for name, inner in properties.items() if not (whole and name in OBJECT_KEYS)}
    defaults = [(name, inner["default"]) for name, inner in properties.items() if "default" in inner]
    required = tuple(schema.get("required") or ())
    others = _others(schema)
    if whole:
        known |= dict.fromkeys(OBJECT_KEYS, _anything)

    def test(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name, usual in defaults:
            if name not in value:
                value[name] = deepcopy(usual) if isinstance(usual, dict | list) else usual
        for name, inner in value.items():
            if not known.get(name, others)(inner):
                return False
        return all(name in value for name in required)

    return test


def _others(schema: Manifest) -> Fits:
    described = schema.get("additionalProperties")
    if isinstance(described, dict):
        return _node(described)
    return _anything if schema.get(PRESERVE) or described is True else _doubtful
