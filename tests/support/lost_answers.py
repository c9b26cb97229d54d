"""A database that is away for some of the audit's transactions: before they commit, or between that and saying so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import pytest
from tortoise.transactions import in_transaction


class Failing(Protocol):
    def __call__(self, *numbers: int, committed: bool) -> None: ...


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """The connection is lost in these transactions of the audit, counted from 1 from here on."""

    def fail(*numbers: int, committed: bool) -> None:
        begun = 0

        @asynccontextmanager
        async def transaction() -> AsyncIterator[Any]:
            nonlocal begun
            begun += 1
            lost = begun in numbers
            async with in_transaction() as real:
                yield real
                if lost and not committed:
                    raise ConnectionResetError
            if lost:
                raise ConnectionResetError

        monkeypatch.setattr("gyre.audit.ledger.in_transaction", transaction)

    return fail
