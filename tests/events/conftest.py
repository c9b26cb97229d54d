"""A real Valkey for each test that wants one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.valkey import ValkeyProcess


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyProcess]:
    server = ValkeyProcess(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.close()
