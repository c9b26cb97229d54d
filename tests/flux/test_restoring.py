"""Hidden values are kept where an editor left them, and named where it is not certain which are meant."""

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gyre.errors import Invalid
from gyre.flux.intake import LAST_APPLIED, take
from gyre.flux.kinds import KINDS
from gyre.flux.masking import MASK
from gyre.flux.restoring import keep_last_applied, restore
from gyre.terms.naming import ClusterName, Kind

HELM_RELEASE = Kind("helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases")


def shown(live: dict[str, Any]) -> dict[str, Any]:
    """The object as an editor sees it."""
    known = next(each for each in KINDS if each.kind.name == live["kind"])
    body = take(ClusterName("default"), known.kind, "v1", orjson.dumps(live)).body
    document: dict[str, Any] = orjson.loads(body)
    return document


def release(**values: Any) -> dict[str, Any]:
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web"},
        "spec": {"values": values},
    }


def values_of(written: dict[str, Any], live: dict[str, Any]) -> Any:
    return restore(written, orjson.dumps(live))["spec"]["values"]  # type: ignore[index]  # as these tests write them


def unknown(written: dict[str, Any], live: dict[str, Any] | None) -> object:
    with pytest.raises(Invalid) as refused:
        restore(written, orjson.dumps(live) if live else None)
    assert refused.value.details["problem"] == "mask"
    return refused.value.details["path"]


WORDS = st.sampled_from(
    ["password", "token", "name", "key", "value", "url", "image", "webhook", "secretRef", "auth", "a"]
)
TEXTS = st.sampled_from(
    [
        "plain",
        "s3cret",
        "other-s3cret",
        "https://user:pass@git.example.com/x?token=abc",
        "https://hooks.slack.com/services/T0/B0/x",
        "-----BEGIN PRIVATE KEY-----\nabc\ndef\n-----END PRIVATE KEY-----\n",
        "a:\n  password: one\nb:\n  password: two\n  image: x\n",
        '{"password": "one", "list": [{"token": "t"}]}',
        "apiVersion: v1\nkind: Secret\nstringData:\n  a: b\n  c: |\n    d\n    e\n",
        MASK,
        "",
    ]
)
TREES = st.recursive(
    TEXTS | st.integers(0, 9) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)


@given(spec=TREES, annotations=st.dictionaries(WORDS, TEXTS, max_size=3), kind=st.sampled_from([k.kind for k in KINDS]))
def test_what_an_editor_saw_unchanged_and_sent_back_changes_nothing(
    spec: Any, annotations: dict[str, str], kind: Kind
) -> None:
    note = {LAST_APPLIED: "{}"}
    live: dict[str, Any] = {
        "apiVersion": f"{kind.group}/v1",
        "kind": kind.name,
        "metadata": {"name": "web", "annotations": {**annotations, **note}},
        "spec": {"values": spec, "url": "https://user:pass@example.com", "address": "https://hooks.slack.com/x"},
        "status": {"webhookPath": "/hook/abc", "conditions": [{"message": "at /hook/abc"}]},
    }
    sent_back = restore(shown(live), orjson.dumps(live))
    keep_last_applied(sent_back, live)
    assert sent_back == live


@given(spec=st.dictionaries(WORDS, TREES, max_size=5))
def test_no_mask_is_ever_written_that_is_not_there_already(spec: dict[str, Any]) -> None:
    live = release(**spec)
    written = shown(live)
    written["spec"]["values"] = {"moved": written["spec"]["values"]}
    try:
        found = restore(written, orjson.dumps(live))
    except Invalid:
        return
    assert MASK not in orjson.dumps(found).decode()


def test_what_was_changed_beside_a_hidden_value_is_written_and_the_value_stays() -> None:
    live = release(db={"password": "s3cret", "host": "a"}, image="x:1")
    written = shown(live)
    assert written["spec"]["values"]["db"]["password"] == MASK
    written["spec"]["values"] |= {"image": "x:2", "new": {"password": "mine"}}
    written["spec"]["values"]["db"]["host"] = "b"
    expected = {"db": {"password": "s3cret", "host": "b"}, "image": "x:2", "new": {"password": "mine"}}
    assert values_of(written, live) == expected


def test_a_mask_where_nothing_is_live_is_refused_naming_the_path() -> None:
    live = release(db={"password": "s3cret"})
    assert unknown(release(database={"password": MASK}), live) == ["spec.values.database.password"]
    assert unknown(release(db={"password": MASK}), None) == ["spec.values.db.password"]
    assert unknown(release(a=[{"b": f"x{MASK}"}], c=MASK), live) == ["spec.values.a[0].b", "spec.values.c"]


def test_items_of_a_list_keep_their_own_values_wherever_they_stand() -> None:
    live = release(
        users=[{"name": "a", "password": "1"}, {"name": "b", "password": "2"}, {"name": "c", "password": "3"}]
    )
    written = shown(live)
    users = written["spec"]["values"]["users"]
    written["spec"]["values"]["users"] = [{"name": "new", "password": "4"}, users[2], {**users[1], "admin": True}]
    assert values_of(written, live)["users"] == [
        {"name": "new", "password": "4"},
        {"name": "c", "password": "3"},
        {"name": "b", "password": "2", "admin": True},
    ]


def test_items_that_cannot_be_told_apart_are_refused_once_their_list_was_changed() -> None:
    live = release(tokens=["1", "2"])
    written = shown(live)
    assert values_of(copy.deepcopy(written), live) == {"tokens": ["1", "2"]}
    written["spec"]["values"]["tokens"].pop()
    assert unknown(written, live) == ["spec.values.tokens[0]"]


def test_a_line_of_an_inline_manifest_keeps_its_value_while_others_are_edited() -> None:
    live = release(patch="a:\n  password: one\n  image: x\n")
    written = shown(live)
    assert written["spec"]["values"]["patch"] == f"a:\n  password: {MASK}\n  image: x\n"
    written["spec"]["values"]["patch"] = f"# mine\na:\n  image: y\n  password: {MASK}\n"
    assert values_of(written, live)["patch"] == "# mine\na:\n  image: y\n  password: one\n"


@pytest.mark.parametrize(
    "edited",
    [
        f"a:\n  password: {MASK}\nb:\n  password: {MASK}\n  image: y\n",
        f"a:\n  password: {MASK}\n",
        f"a:\n    password: {MASK}\n",
    ],
)
def test_lines_whose_value_is_uncertain_are_refused(edited: str) -> None:
    live = release(patch="a:\n  password: one\nb:\n  password: two\n")
    written = shown(live)
    written["spec"]["values"]["patch"] = edited
    assert unknown(written, live) == ["spec.values.patch"]


def test_a_hidden_line_is_not_written_twice() -> None:
    live = release(patch="a:\n  password: one\n")
    written = shown(live)
    written["spec"]["values"]["patch"] += f"b:\n  password: {MASK}\n"
    assert unknown(written, live) == ["spec.values.patch"]


def test_json_within_a_text_is_restored_by_its_own_paths() -> None:
    live = release(patch='{"password": "one", "image": "x"}')
    written = shown(live)
    written["spec"]["values"]["patch"] = f'{{"image": "y", "password": "{MASK}"}}'
    assert orjson.loads(values_of(written, live)["patch"]) == {"image": "y", "password": "one"}


def test_an_address_is_kept_whole_or_written_whole() -> None:
    live = release(url="https://user:pass@example.com/a")
    written = shown(live)
    assert values_of(copy.deepcopy(written), live) == {"url": "https://user:pass@example.com/a"}
    written["spec"]["values"]["url"] = f"https://{MASK}:{MASK}@elsewhere.example.com/a"
    assert unknown(written, live) == ["spec.values.url"]


def test_the_note_of_kubectl_stays_unless_another_is_written() -> None:
    live: dict[str, object] = {"metadata": {"annotations": {LAST_APPLIED: "old"}}}
    for annotations, expected in (({}, "old"), ({LAST_APPLIED: "new"}, "new")):
        written: dict[str, object] = {"metadata": {"annotations": dict(annotations)}}
        keep_last_applied(written, live)
        assert written == {"metadata": {"annotations": {LAST_APPLIED: expected}}}
