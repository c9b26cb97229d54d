import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyre.flux.dependencies import Blocker, blockers, chains, cycles, roots, waits
from gyre.terms.naming import Reference
from gyre.terms.rows import Row, Word
from tests.support.rows import row

GROUP = "kustomize.toolkit.fluxcd.io"


def reference(name: str) -> Reference:
    return Reference("Kustomization", name, "flux-system", GROUP)


def made(name: str, word: Word, *waited_for: str) -> Row:
    reason = "DependencyNotReady" if word is Word.PROGRESSING else "Whatever"
    depends_on = tuple(reference(one) for one in waited_for)
    return msgspec.structs.replace(row(name), status=word, reason=reason, depends_on=depends_on)


FLEET = {
    one.name: one
    for one in (
        made("crds", Word.READY),
        made("infra", Word.FAILED, "crds"),
        made("databases", Word.PROGRESSING, "infra"),
        made("queues", Word.PROGRESSING, "infra", "missing"),
        made("apps", Word.PROGRESSING, "databases", "queues", "crds"),
        made("egg", Word.PROGRESSING, "hen"),
        made("hen", Word.PROGRESSING, "egg"),
        made("lost", Word.PROGRESSING, "egg"),
        made("both", Word.PROGRESSING, "egg", "infra"),
        made("alone", Word.READY),
    )
}


def find(wanted: Reference) -> Row | None:
    return FLEET.get(wanted.name)


def names(found: tuple[Blocker, ...]) -> list[tuple[str, Word | None]]:
    return [(one.reference.name, one.row.status if one.row else None) for one in found]


def test_what_blocks_an_object_is_what_it_names_and_is_not_ready() -> None:
    assert waits(FLEET["apps"])
    assert not waits(FLEET["infra"])
    assert names(blockers(FLEET["apps"], find)) == [("databases", Word.PROGRESSING), ("queues", Word.PROGRESSING)]
    assert names(blockers(FLEET["queues"], find)) == [("infra", Word.FAILED), ("missing", None)]
    assert blockers(FLEET["alone"], find) == ()


def steps(name: str) -> list[tuple[list[str], bool]]:
    return [([one.reference.name for one in chain.steps], chain.circle) for chain in chains(FLEET[name], find)]


def test_a_chain_is_told_step_by_step_once_for_each_root() -> None:
    assert steps("apps") == [(["databases", "infra"], False), (["queues", "missing"], False)]
    assert steps("databases") == [(["infra"], False)]
    assert steps("infra") == steps("alone") == []


def test_a_circle_is_told_up_to_where_it_closes_and_only_when_there_is_no_root() -> None:
    assert steps("egg") == [(["hen", "egg"], True)]
    assert steps("lost") == [(["egg", "hen", "egg"], True)]
    assert steps("both") == [(["infra"], False)]


def test_a_chain_begins_at_what_does_not_wait_itself() -> None:
    assert names(roots(FLEET["apps"], find)) == [("infra", Word.FAILED), ("missing", None)]
    assert names(roots(FLEET["databases"], find)) == [("infra", Word.FAILED)]
    assert roots(FLEET["alone"], find) == ()


def test_a_circle_has_no_beginning_and_does_not_keep_one_for_ever() -> None:
    assert roots(FLEET["egg"], find) == ()


@pytest.mark.parametrize(
    ("waits_for", "expected"),
    [
        ({}, ()),
        ({"a": ["b"], "b": ["c"], "c": []}, ()),
        ({"a": ["a"]}, (("a",),)),
        ({"a": ["b"], "b": ["a"]}, (("a", "b"),)),
        ({"a": ["missing"]}, ()),
        ({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["e"], "e": ["d"]}, (("a", "b", "c"), ("d", "e"))),
    ],
)
def test_circles_are_found(waits_for: dict[str, list[str]], expected: tuple[tuple[str, ...], ...]) -> None:
    assert cycles(waits_for) == expected


def test_a_chain_longer_than_any_stack_is_no_trouble() -> None:
    chain = {n: [n + 1] for n in range(50_000)}
    assert cycles(chain) == ()
    assert cycles({**chain, 49_999: [0]}) == (tuple(range(50_000)),)


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4), max_size=8))
def test_members_of_a_circle_are_just_those_that_reach_themselves(waits_for: dict[int, list[int]]) -> None:
    reach = {node: {end for end in ends if end in waits_for} for node, ends in waits_for.items()}
    for _ in waits_for:
        for ends in reach.values():
            ends.update([far for end in ends for far in reach[end]])
    circles = cycles(waits_for)
    assert {node for circle in circles for node in circle} == {node for node in reach if node in reach[node]}
    assert all(other in reach[node] for circle in circles for node in circle for other in circle)
