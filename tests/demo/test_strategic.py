"""Strategic merge: lists of named things by their key, directives, and what is refused."""

from typing import Any

import pytest

from gyre.demo.refusals import Refusal
from gyre.demo.strategic import merge

WEB = {"name": "web", "image": "web:1", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
SIDE = {"name": "side", "image": "side:1"}


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}}, {"a": {"c": 2, "d": 3}}),
        ({"args": ["x", "y"]}, {"args": ["z"]}, {"args": ["z"]}),
        (
            {"containers": [WEB, SIDE]},
            {"containers": [{"name": "web", "image": "web:2", "env": [{"name": "B", "value": "3"}]}]},
            {
                "containers": [
                    {
                        "name": "web",
                        "image": "web:2",
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}],
                    },
                    SIDE,
                ]
            },
        ),
        ({"containers": [WEB, SIDE]}, {"containers": [{"name": "web", "$patch": "delete"}]}, {"containers": [SIDE]}),
        ({"containers": [WEB]}, {"containers": [SIDE, {"$patch": "replace"}]}, {"containers": [SIDE]}),
        ({"spec": {"a": 1, "b": 2}}, {"spec": {"$patch": "replace", "c": 3}}, {"spec": {"c": 3}}),
        ({"spec": {"a": 1}}, {"spec": {"$patch": "delete"}}, {"spec": {}}),
        (
            {"strategy": {"type": "A", "a": 1}},
            {"strategy": {"type": "B", "$retainKeys": ["type"]}},
            {"strategy": {"type": "B"}},
        ),
        ({"finalizers": ["a"]}, {"finalizers": ["b", "a"]}, {"finalizers": ["a", "b"]}),
        ({"finalizers": ["a", "b"]}, {"$deleteFromPrimitiveList/finalizers": ["a"]}, {"finalizers": ["b"]}),
        (
            {"containers": [WEB, SIDE]},
            {
                "containers": [{"name": "new"}],
                "$setElementOrder/containers": [{"name": "new"}, {"name": "side"}, {"name": "web"}],
            },
            {"containers": [{"name": "new"}, SIDE, WEB]},
        ),
        (
            {"ports": [{"port": 80, "name": "http"}]},
            {"ports": [{"port": 80, "name": "web"}, {"port": 443}]},
            {"ports": [{"port": 80, "name": "web"}, {"port": 443}]},
        ),
    ],
)
def test_a_patch_makes_of_an_object(target: dict[str, Any], patch: dict[str, Any], expected: dict[str, Any]) -> None:
    before = repr(target)
    assert merge(target, patch) == expected
    assert repr(target) == before


@pytest.mark.parametrize(
    "patch", [{"containers": [{"image": "nameless"}]}, {"containers": ["web"]}, {"spec": {"$patch": "mangle"}}]
)
def test_a_patch_that_cannot_be_meant_is_refused(patch: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        merge({"containers": [WEB]}, patch)
    assert refused.value.code == 400
