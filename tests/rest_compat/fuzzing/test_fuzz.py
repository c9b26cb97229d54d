"""Whatever the OpenAPI document allows, and much that it does not: an answer as documented, never a failure of Gyre's.

schemathesis makes the requests, in a process of its own, as schemathesis.toml says.
"""

import asyncio
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.app import open_app
from tests.support.demo_process import DemoProcess

CONFIG = Path(__file__).with_name("schemathesis.toml")
COMMAND = Path(sys.executable).with_name("schemathesis")
LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What came of it."""

    code: int
    screen: str
    still_signed_in: int


async def fuzz(folder: Path) -> Fuzzed:
    """Serve Gyre on the embedded cluster, and let schemathesis at it as an administrator."""
    free = {"allow_local_clusters": True, "rate_limit_user": 0, "rate_limit_anonymous": 0}
    async with DemoProcess(folder) as demo, open_app(folder, demo.access, **free) as app:
        admin = await app.sign_in()
        await app.synced(admin)
        own = (await app.get("/api/me", admin)).json()["user"]["id"]
        process = await asyncio.create_subprocess_exec(
            *(COMMAND, "--config-file", CONFIG, "run", f"http://{app.address}/api/openapi.json"),
            *("-H", f"Cookie: {admin.cookie}"),
            env={**os.environ, "FUZZ_OWN_ID": own, "FUZZ_KUBECONFIG": demo.kubeconfig.read_text(), "COLUMNS": "200"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        screen, _ = await asyncio.wait_for(process.communicate(), LONGEST_SECONDS)
        assert process.returncode is not None
        still = (await app.get("/api/me", admin)).status_code
        return Fuzzed(process.returncode, screen.decode(), still)


@pytest.mark.anyio
@pytest.mark.timeout(LONGEST_SECONDS + 60)
async def test_nothing_that_can_be_asked_is_answered_otherwise_than_documented(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        found = await fuzz(tmp_path)
    assert found.code == 0, found.screen
    assert found.still_signed_in == 200
    assert [record.getMessage() for record in caplog.records] == []
