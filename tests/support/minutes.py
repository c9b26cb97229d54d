"""The minute that budgets are counted in, standing still: where tests begin in it would be luck otherwise."""

import pytest


class Minute:
    """What the library that counts takes for the time, at the first second of a minute until it is turned."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


def stopped_minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    """Let it stand still for one test."""
    minute = Minute()
    for module in ("limits.aio.storage.memory", "limits.aio.strategies"):
        monkeypatch.setattr(f"{module}.time", minute)
    return minute
