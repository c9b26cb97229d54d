"""How much one person, or one address of nobody, keeps open."""

from contextlib import ExitStack

import pytest

from gyre.errors import TooOften
from gyre.limits.connections import OF_A_USER, OF_AN_ADDRESS, Connections


@pytest.mark.parametrize(("signed_in", "most"), [(True, OF_A_USER), (False, OF_AN_ADDRESS)])
def test_there_is_a_most_for_each_and_what_is_closed_makes_room(*, signed_in: bool, most: int) -> None:
    connections = Connections()
    with ExitStack() as others:
        with ExitStack() as stack:
            for _ in range(most):
                stack.enter_context(connections.one("eve", signed_in=signed_in))
            with pytest.raises(TooOften) as refused, connections.one("eve", signed_in=signed_in):
                pass
            assert refused.value.details == {"retryAfterSeconds": 60}
            others.enter_context(connections.one("ada", signed_in=signed_in))
        others.enter_context(connections.one("eve", signed_in=signed_in))
        assert dict(connections._open) == {"ada": 1, "eve": 1}
    assert dict(connections._open) == {}
