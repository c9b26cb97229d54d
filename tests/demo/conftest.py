"""A living store."""

import pytest

from tests.support.living import Living


@pytest.fixture
def living() -> Living:
    return Living()
