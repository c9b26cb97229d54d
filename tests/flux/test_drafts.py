"""What people write as a manifest, read: one object, bounded, refused with a code where it cannot be meant."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gyre.errors import Invalid, TooLarge
from gyre.flux.drafts import DEEPEST, LARGEST_BYTES, MOST_NODES, read_json, read_value, read_yaml
from resolvers.manifests import as_yaml

TEXT = st.text("aä€😀 :-#'\"{}[]&*!|>%@`\n0123.eyn~<=", max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def problem(error: pytest.ExceptionInfo[Invalid]) -> object:
    return error.value.details["problem"]


@given(st.dictionaries(st.text("abcde.-/", min_size=1, max_size=8), JSON, max_size=4))
def test_what_gyre_shows_as_yaml_is_read_as_what_it_was(document: dict[str, Any]) -> None:
    assert read_yaml(as_yaml(document)) == document


def test_yaml_is_read_as_kubernetes_reads_it_but_times_stay_text() -> None:
    text = """
apiVersion: v1
spec: {on: yes, replicas: 3, ratio: 0.5, mode: 0755, text: "3", none: ~, day: 2026-01-31, time: 22:22, port: "80"}
data: {1: one, true: two}
"""
    assert read_yaml(text) == {
        "apiVersion": "v1",
        "spec": {
            "on": True,
            "replicas": 3,
            "ratio": 0.5,
            "mode": 493,
            "text": "3",
            "none": None,
            "day": "2026-01-31",
            "time": "22:22",
            "port": "80",
        },
        "data": {"1": "one", "true": "two"},
    }


def test_anchors_and_merges_stand_for_what_they_name_each_time_anew() -> None:
    document = read_yaml("a: &a {x: 1, y: [2]}\nb: *a\nc: {<<: *a, x: 3}\nd: {'<<': {z: 1}}\n")
    assert document == {
        "a": {"x": 1, "y": [2]},
        "b": {"x": 1, "y": [2]},
        "c": {"x": 3, "y": [2]},
        "d": {"<<": {"z": 1}},
    }
    assert document["a"]["y"] is not document["b"]["y"]  # type: ignore[index]  # they are mappings, as seen above


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("---\n", "notAnObject"),
        ("text", "notAnObject"),
        ("[1, 2]", "notAnObject"),
        ("a: 1\n---\nb: 2\n", "documents"),
        ("a: 1\na: 2\n", "duplicateKey"),
        ("a: {b: 1, 'b': 2}", "duplicateKey"),
        ('{"a": 1, "a": 2}', "duplicateKey"),
        ("a: [", "syntax"),
        ("\ta: 1", "syntax"),
        ("a: \x00", "syntax"),
        ("a: *nobody", "alias"),
        ("a: &a [*a]", "alias"),
        ("? [1]\n: 2", "key"),
        ("a: &k b\n*k : c", "key"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("a: !!python/name:os.system ''", "tag"),
        ("a: !!binary aGk=", "tag"),
        ("a: !!timestamp 2026-01-31", "tag"),
        ("a: !mine {b: 1}", "tag"),
        ("a: .inf", "number"),
        ("a: .nan", "number"),
        ("a: " + "9" * 5_000, "number"),
        ("a: !!int nine", "number"),
        ("a: " + "[" * 200 + "]" * 200, "depth"),
        ("[" * 100_000, "depth"),
        ("a: " + "{b: " * 200 + "}" * 200, "depth"),
        ("- x\n" * (MOST_NODES + 1), "size"),
        (BOMB, "size"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_one_word_for_programs(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_yaml(text)
    assert (problem(refused), refused.value.code) == (said, "VALIDATION_FAILED")


def test_a_repeated_key_is_told_with_its_place() -> None:
    with pytest.raises(Invalid, match=r"'interval' is there twice \(line 3, column 3\)") as refused:
        read_yaml("spec:\n  interval: 1m\n  interval: 2m\n")
    assert refused.value.details == {"problem": "duplicateKey", "key": "interval", "line": 3, "column": 3}


def test_an_alias_below_its_anchor_counts_its_depth() -> None:
    half = DEEPEST // 2
    with pytest.raises(Invalid) as refused:
        read_yaml(f"a: &a {'[' * half}{']' * half}\nb: {'[' * half}*a{']' * half}\n")
    assert problem(refused) == "depth"


def test_a_manifest_larger_than_etcd_takes_is_too_large() -> None:
    with pytest.raises(TooLarge):
        read_yaml("a: " + "x" * LARGEST_BYTES)
    with pytest.raises(TooLarge):
        read_yaml("a: " + "ü" * (LARGEST_BYTES // 2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "syntax"),
        (b"{", "syntax"),
        (b"\xff{}", "syntax"),
        (b'{"a": NaN}', "number"),
        (b'{"a": -Infinity}', "number"),
        (b'{"a": 1e999}', "number"),
        (b'{"a": ' + b"9" * 30 + b"}", "number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "syntax"),
        (b'{"a": 1, "a": 1}', "duplicateKey"),
        (b'{"a": [{"b": 1, "b": 1}]}', "duplicateKey"),
        (b'{"a": "\\ud800"}', "text"),
        (b'{"\\ud800": 1}', "text"),
        (b"[" * 200 + b"]" * 200, "depth"),
        (b"[" * 1_000_000, "depth"),
        (b"[" + b"0," * MOST_NODES + b"0]", "size"),
    ],
)
def test_json_is_bounded_in_the_same_way(text: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_json(text)
    assert problem(refused) == said


@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_json_that_fits_is_read_as_it_is(document: dict[str, Any]) -> None:
    assert read_json(json.dumps(document).encode()) == read_value(document) == document


@pytest.mark.parametrize("value", [None, 1, "text", [], [{}]])
def test_a_value_that_is_no_object_is_no_manifest(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_value(value)
    assert problem(refused) == "notAnObject"
