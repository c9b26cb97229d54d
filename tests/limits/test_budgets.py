"""What is left of a minute that slides, and when there will be enough."""

from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gyre.limits.budgets import Window


@pytest.mark.parametrize(
    ("window", "left", "reset", "wait_for_one"),
    [
        (Window(0, 0, 0, 0), 20, 0, None),
        (Window(0, 0, 5, 120), 15, 120, None),
        (Window(0, 0, 20, 120), 0, 120, 61),
        (Window(20, 60, 0, 60), 0, 60, 1),
        (Window(20, 30, 0, 90), 10, 30, None),
        (Window(20, 30, 10, 90), 0, 90, 1),
        (Window(40, 60, 0, 0), 0, 60, 31),
    ],
)
def test_a_window(window: Window, left: int, reset: int, wait_for_one: int | None) -> None:
    assert (window.left(20), window.reset_seconds()) == (left, reset)
    if wait_for_one is not None:
        assert window.wait_seconds(1, 20) == wait_for_one


@given(
    previous=st.integers(0, 300),
    current=st.integers(0, 100),
    into=st.integers(0, 59),
    cost=st.integers(1, 100),
)
def test_after_the_wait_there_is_enough_and_a_second_earlier_there_was_not(
    previous: int, current: int, into: int, cost: int
) -> None:
    def left(after: int) -> int:
        """The budget so many seconds later, counted slowly: the current minute ends when it is sixty seconds old."""
        age = into + after
        if age < 60:
            return 100 - floor(previous * (60 - age) / 60) - current
        return 100 - floor(current * max(0, 120 - age) / 60)

    assume(left(0) < cost)
    wait = Window(previous, 60 - into, current, 120 - into).wait_seconds(cost, 100)
    assert left(wait) >= cost
    assert left(wait - 1) < cost
