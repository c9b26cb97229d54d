"""The rarer rules of schemas, and that the fast test of a schema and the telling one never disagree."""

from copy import deepcopy
from typing import Any

import pytest

from gyre.demo import fitting, structural

TEXT = {"type": "string"}
RULES: dict[str, Any] = {
    "any": {
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
    },
    "one": {
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
    },
    "never": {"type": "string", "not": {"enum": ["bad"]}},
    "step": {"type": "integer", "multipleOf": 5},
    "above": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
    "below": {"type": "number", "maximum": 1, "exclusiveMaximum": True},
    "few": {"type": "object", "additionalProperties": TEXT, "minProperties": 1, "maxProperties": 2},
    "most": {"type": "array", "items": TEXT, "minItems": 1},
    "port": {"x-kubernetes-int-or-string": True},
    "when": {"type": "string", "format": "date-time"},
    "maybe": {"type": "string", "nullable": True},
    "unique": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
    "keyed": {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": {"type": "object", "properties": {"name": TEXT}},
    },
    "all": {"type": "string", "allOf": [{"minLength": 2}, {"maxLength": 3}]},
}
SCHEMA = {"type": "object", "properties": {"spec": {"type": "object", "properties": RULES}}}
FITTING: list[dict[str, Any]] = [
    {"any": {"a": "x"}},
    {"one": {"b": "x"}},
    {"never": "good", "step": 10, "above": 0.5, "below": 0.5, "few": {"a": "x"}, "most": ["a"]},
    {"port": 80},
    {"port": "http"},
    {"when": "2026-01-31T12:00:00Z"},
    {"maybe": None},
    {"unique": ["a", "b"], "keyed": [{"name": "a"}, {"name": "b"}], "all": "ab"},
]
BREAKING: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"any": {}}, ("spec.any", "FieldValueInvalid")),
    ({"one": {"a": "x", "b": "y"}}, ("spec.one", "FieldValueInvalid")),
    ({"never": "bad"}, ("spec.never", "FieldValueInvalid")),
    ({"step": 7}, ("spec.step", "FieldValueInvalid")),
    ({"above": 0}, ("spec.above", "FieldValueInvalid")),
    ({"below": 1}, ("spec.below", "FieldValueInvalid")),
    ({"few": {}}, ("spec.few", "FieldValueInvalid")),
    ({"few": {"a": "1", "b": "2", "c": "3"}}, ("spec.few", "FieldValueTooMany")),
    ({"most": []}, ("spec.most", "FieldValueInvalid")),
    ({"port": 1.5}, ("spec.port", "FieldValueTypeInvalid")),
    ({"when": "yesterday"}, ("spec.when", "FieldValueTypeInvalid")),
    ({"unique": ["a", "a"]}, ("spec.unique[1]", "FieldValueDuplicate")),
    ({"keyed": [{"name": "a"}, {"name": "a"}]}, ("spec.keyed[1]", "FieldValueDuplicate")),
    ({"all": "a"}, ("spec.all", "FieldValueInvalid")),
]


@pytest.mark.parametrize("spec", FITTING, ids=str)
def test_what_fits_is_taken(spec: dict[str, Any]) -> None:
    assert structural.validate(SCHEMA, {"spec": spec}) == []
    assert structural.prune(SCHEMA, {"spec": deepcopy(spec)}) == []


@pytest.mark.parametrize(("spec", "cause"), BREAKING, ids=str)
def test_what_breaks_a_rule_is_told_at_its_path(spec: dict[str, Any], cause: tuple[str, str]) -> None:
    found = structural.validate(SCHEMA, {"spec": spec})
    assert [(each.field, each.reason) for each in found] == [cause]
    assert not fitting.compiled(SCHEMA)({"spec": spec})


@pytest.mark.parametrize("spec", [*FITTING, *(spec for spec, _ in BREAKING)], ids=str)
def test_the_fast_test_never_takes_what_the_telling_one_refuses(spec: dict[str, Any]) -> None:
    if fitting.compiled(SCHEMA)({"spec": deepcopy(spec)}):
        assert structural.validate(SCHEMA, {"spec": spec}) == []


def test_defaults_are_not_shared_between_objects() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"list": {"type": "array", "items": TEXT, "default": ["a"]}},
    }
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    for value in (first, second):
        structural.default(schema, value)
    first["list"].append("b")
    assert (second, schema["properties"]["list"]["default"]) == ({"list": ["a"]}, ["a"])
