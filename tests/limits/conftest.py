"""A clock, a minute that stands still, and a real Valkey."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gyre.limits import shared
from tests.support.clocks import HandClock
from tests.support.minutes import Minute, stopped_minute
from tests.support.valkey import ValkeyProcess


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    return stopped_minute(monkeypatch)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """How long Redis is waited for: on a busy machine it is not away only because it is slow."""

    def has(seconds: float) -> None:
        monkeypatch.setattr(shared, "PATIENCE_SECONDS", seconds)

    has(30)
    return has


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyProcess]:
    process = ValkeyProcess(tmp_path, password="hush")
    process.start()
    yield process
    process.close()
