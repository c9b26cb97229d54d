"""A stream of events is cut into lines wherever its pieces end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gyre.kube.watching import Lines, LineTooLong

lines_of_events = st.lists(st.binary(min_size=1).filter(lambda line: b"\n" not in line))


@given(lines_of_events, st.lists(st.integers(min_value=1, max_value=40), min_size=1))
def test_however_it_is_cut_the_lines_are_the_same(expected: list[bytes], sizes: list[int]) -> None:
    whole = b"".join(line + b"\n" for line in expected)
    lines = Lines()
    found: list[bytes] = []
    at = 0
    for turn in range(len(whole)):
        size = sizes[turn % len(sizes)]
        found += lines.feed(whole[at : at + size])
        at += size

    assert found == expected


def test_a_line_that_was_never_ended_is_never_told() -> None:
    lines = Lines()

    assert lines.feed(b"one\ntw") == [b"one"]
    assert lines.feed(b"") == []


def test_a_line_that_never_ends_is_refused_and_not_kept() -> None:
    lines = Lines(longest=10)
    assert lines.feed(b"12345") == []
    assert lines.feed(b"67890") == []

    with pytest.raises(LineTooLong, match="longer than 10 bytes"):
        lines.feed(b"1")


def test_many_short_lines_in_a_large_piece_are_no_long_line() -> None:
    assert Lines(longest=10).feed(b"12345\n" * 100) == [b"12345"] * 100
