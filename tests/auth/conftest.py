"""People on a real database, once for each dialect, with a clock turned by hand."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gyre.settings import SecretKey, Settings
from tests.support.clocks import HandClock
from tests.support.databases import settings
from tests.support.people import People, people_on

__all__ = ["settings"]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def people(settings: Settings, clock: HandClock) -> AsyncIterator[People]:
    keyed = replace(settings, secret_keys=(SecretKey("test", b"k" * 32),))
    async with people_on(keyed, clock) as people:
        yield people
