"""A caller who is refused all the time is recorded so often a minute, and how often not."""

from gyre.audit.sparing import CALLERS_REMEMBERED, MOST_A_MINUTE, Spares


def test_so_many_a_minute_are_recorded_and_the_next_one_says_how_many_were_not() -> None:
    spares = Spares()
    assert [spares.within("a", 0.0) for _ in range(MOST_A_MINUTE)] == [0] * MOST_A_MINUTE
    assert [spares.within("a", 59.0) for _ in range(7)] == [None] * 7
    assert spares.within("b", 59.0) == 0
    assert [spares.within("a", 60.0), spares.within("a", 60.0)] == [7, 0]


def test_no_more_callers_are_remembered_than_that() -> None:
    spares = Spares()
    for number in range(CALLERS_REMEMBERED + 5):
        spares.within(str(number), 0.0)
    assert len(spares._counts) == CALLERS_REMEMBERED
