"""Label and field selectors: parsed once, then asked of each object.

Which fields a kind can be selected by is its ResourceType's `selectable`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gyre.demo import refusals
from gyre.demo.journal import Held
from gyre.demo.resources import ResourceType

Matcher = Callable[[Held], bool]

_LABEL_TERMS = re.compile(r",(?![^()]*\))")
_SET = re.compile(r"(?P<key>[^\s!=(),]+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUAL = re.compile(r"(?P<key>[^\s!=(),<>]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^\s!=(),<>]*)")
_NUMBER = re.compile(r"(?P<key>[^\s!=(),<>]+)\s*(?P<operator>[<>])\s*(?P<value>-?\d+)")
_EXISTS = re.compile(r"(?P<absent>!?)\s*(?P<key>[^\s!=(),<>]+)")


@dataclass(frozen=True, slots=True)
class Selection:
    """Both selectors of a request; `text` is empty when everything is asked for."""

    labels: str = ""
    fields: str = ""

    def __bool__(self) -> bool:
        return bool(self.labels.strip() or self.fields.strip())

    def matcher(self, resource: ResourceType) -> Matcher | None:
        """What decides for one object; None when everything matches."""
        tests = [_label_test(term.strip()) for term in _LABEL_TERMS.split(self.labels)] if self.labels.strip() else []
        if self.fields.strip():
            tests += [_field_test(term.strip(), resource) for term in self.fields.split(",") if term.strip()]
        if not tests:
            return None
        return lambda held: all(test(held) for test in tests)


EVERYTHING = Selection()


def _label_test(term: str) -> Matcher:
    if found := _SET.fullmatch(term):
        values = frozenset(value.strip() for value in found["values"].split(","))
        return _labels_in(found["key"], values, wanted=found["operator"] == "in")
    if found := _EQUAL.fullmatch(term):
        return _labels_in(found["key"], frozenset((found["value"],)), wanted=found["operator"] != "!=")
    if found := _NUMBER.fullmatch(term):
        return _labels_compared(found["key"], int(found["value"]), greater=found["operator"] == ">")
    if found := _EXISTS.fullmatch(term):
        key, present = found["key"], not found["absent"]
        return lambda held: (key in held.labels) is present
    raise refusals.bad_request(f'unable to parse requirement: found {term!r}, expected: an identifier or "!"')


def _labels_in(key: str, values: frozenset[str], *, wanted: bool) -> Matcher:
    if wanted:
        return lambda held: held.labels.get(key) in values
    return lambda held: held.labels.get(key) not in values


def _labels_compared(key: str, bound: int, *, greater: bool) -> Matcher:
    def test(held: Held) -> bool:
        try:
            value = int(held.labels[key])
        except (KeyError, ValueError):
            return False
        return value > bound if greater else value < bound

    return test


def _field_test(term: str, resource: ResourceType) -> Matcher:
    found = re.fullmatch(r"(?P<key>[^=!]+?)\s*(?P<operator>==|=|!=)\s*(?P<value>.*)", term)
    if found is None:
        raise refusals.bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
    key, value, wanted = found["key"], found["value"], found["operator"] != "!="
    if key == "metadata.name":
        return lambda held: (held.name == value) is wanted
    if key == "metadata.namespace" and resource.namespaced:
        return lambda held: (held.namespace == value) is wanted
    if key in resource.selectable:
        return lambda held: (held.fields.get(key, "") == value) is wanted
    raise refusals.bad_request(f"field label not supported: {key}")


def selectable_values(manifest: Mapping[str, object], paths: tuple[str, ...]) -> dict[str, str]:
    """The values an object can be selected by, as text."""
    values: dict[str, str] = {}
    for path in paths:
        at: object = manifest
        for part in path.split("."):
            at = at.get(part) if isinstance(at, Mapping) else None
        if isinstance(at, bool):
            values[path] = "true" if at else "false"
        elif at is not None:
            values[path] = str(at)
    return values
