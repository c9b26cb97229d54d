"""What happens all the time is told once within a while, and only so much is remembered."""

from gyre.audit.lately import REMEMBERED, Lately


def test_it_is_told_once_within_the_time_and_again_after_it() -> None:
    lately = Lately(60.0)
    assert [lately.told("a", now) for now in (0.0, 59.9, 60.0, 119.9)] == [False, True, False, True]
    assert lately.told("b", 0.0) is False


def test_what_could_not_be_told_is_told_the_next_time() -> None:
    lately = Lately(60.0)
    assert lately.told("a", 0.0) is False
    lately.forget("a")
    lately.forget("never told")
    assert [lately.told("a", 1.0), lately.told("a", 2.0)] == [False, True]


def test_who_was_told_first_is_forgotten_first() -> None:
    lately = Lately(60.0)
    for number in range(REMEMBERED):
        lately.told(number, 0.0)
    lately.told(0, 61.0)  # told again, so that it is the last by now
    lately.told("one more", 61.0)
    assert [lately.told(0, 62.0), lately.told(2, 59.0), lately.told(1, 59.0)] == [True, True, False]
