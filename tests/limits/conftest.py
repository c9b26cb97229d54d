"""A clock, a minute that stands still, and a real Valkey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clocks import HandClock
from tests.support.minutes import Minute, stopped_minute
from tests.support.valkey import ValkeyProcess


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    return stopped_minute(monkeypatch)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyProcess]:
    process = ValkeyProcess(tmp_path, password="hush")
    process.start()
    yield process
    process.close()
