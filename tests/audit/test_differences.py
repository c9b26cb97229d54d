"""What a write changed is told path by path, bounded, and nothing of what is hidden but that it changed."""

import json
from collections.abc import Mapping

import pytest

from gyre.audit import differences
from gyre.audit.differences import LONGEST_VALUE, MOST_PATHS
from gyre.flux.masking import MASK

Told = list[tuple[str, str | None, str | None]]


def told(before: object, after: object, hidden: tuple[object, object] | None = None) -> Told:
    sides = [None if each is None else json.dumps(each).encode() for each in (before, after, *(hidden or ()))]
    found = differences(sides[0], sides[1], unmasked=(sides[2], sides[3]) if hidden else None)
    return [(each["path"], each["before"], each["after"]) for each in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"spec": {"a": 1, "b": 2}}, {"spec": {"a": 1, "b": 3}}, [("spec.b", "2", "3")]),
        ({"spec": {"a": 1}}, {"spec": {}}, [("spec.a", "1", None)]),
        ({"spec": {}}, {"spec": {"a": {"b": [1]}}}, [("spec.a", None, '{"b":[1]}')]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("a", "[1,2]", "[2,1]")]),
        ({"a": "1"}, {"a": 1}, [("a", '"1"', "1")]),
        ({"a": False}, {"a": None}, [("a", "false", None)]),
        (
            {"metadata": {"annotations": {"x.io/y": "1", "plain": "2"}}},
            {"metadata": {"annotations": {"x.io/y": "2"}}},
            [("metadata.annotations.plain", '"2"', None), ('metadata.annotations["x.io/y"]', '"1"', '"2"')],
        ),
        ({"spec": {"a": 1}}, {"spec": {"a": 1}}, []),
    ],
)
def test_each_path_that_differs_is_told_with_both_values(before: object, after: object, expected: Told) -> None:
    assert told(before, after) == expected


def test_what_the_server_writes_is_no_part_of_what_was_changed() -> None:
    def at(version: str) -> dict[str, object]:
        mine = {"resourceVersion": version, "generation": int(version), "uid": version, "managedFields": [version]}
        return {"metadata": {"name": "apps", "creationTimestamp": version, **mine}, "status": {"seen": version}}

    assert told(at("1"), at("2")) == []
    assert told(None, at("1")) == [("", None, '{"metadata":{"name":"apps"}}')]
    assert told(at("1"), None) == [("", '{"metadata":{"name":"apps"}}', None)]


def test_where_only_what_is_hidden_changed_the_path_is_told_with_the_mask_on_both_sides() -> None:
    def shown(size: int) -> Mapping[str, object]:
        return {"spec": {"password": MASK, "other": MASK, "size": size, "list": [{"token": MASK}]}}

    def real(secret: str, size: int) -> Mapping[str, object]:
        return {"spec": {"password": secret, "other": "same", "size": size, "list": [{"token": secret}]}}

    mask = f'"{MASK}"'
    assert told(shown(1), shown(2), (real("horse", 1), real("battery", 2))) == [
        ("spec.list", f'[{{"token":{mask}}}]', f'[{{"token":{mask}}}]'),
        ("spec.password", mask, mask),
        ("spec.size", "1", "2"),
    ]
    assert told(shown(1), shown(1), (real("horse", 1), real("horse", 1))) == []


def test_what_is_not_shown_at_all_is_not_told_of() -> None:
    note = {"kubectl.kubernetes.io/last-applied-configuration": "secret"}
    hidden = {"metadata": {"annotations": {**note, "a": "1"}}}, {"metadata": {"annotations": {"a": "1"}}}
    shown = {"metadata": {"annotations": {"a": "1"}}}
    assert told(shown, shown, hidden) == []


def test_no_more_paths_are_told_than_that_and_the_last_says_how_many_there_were() -> None:
    many = {f"k{number:03}": number for number in range(MOST_PATHS)}
    assert len(told({}, many)) == MOST_PATHS
    found = told({}, {**many, "more": 1, "still": 2})
    assert len(found) == MOST_PATHS
    assert found[-2:] == [("k048", None, "48"), ("…", None, "3 more paths")]


def test_a_long_value_is_cut_visibly() -> None:
    fits, longer = "x" * (LONGEST_VALUE - 2), "x" * (LONGEST_VALUE - 1)
    ((_, before, after),) = told({"a": fits}, {"a": longer})
    assert before == f'"{fits}"'
    assert after == f'"{fits}…'
    assert (len(before), len(after)) == (LONGEST_VALUE, LONGEST_VALUE)
