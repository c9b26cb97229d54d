"""Bodies that are too large, announced or not."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from gyre.clock import SystemClock
from gyre.settings import Settings
from gyre.web import refusing, surround
from gyre.web.body_limit import LARGEST_BODY_BYTES
from gyre.web.security_headers import page_policy
from tests.support.serving import serving
from tests.web.conftest import Ask, application

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b"x" * 65536
    yield b"x" * (size % 65536)


@pytest.mark.parametrize(("size", "status"), [(LARGEST_BODY_BYTES, 200), (LARGEST_BODY_BYTES + 1, 413)])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_beyond_the_limit_is_refused_also_in_chunks(
    ask: Ask, size: int, status: int, *, chunked: bool
) -> None:
    async with ask() as gyre:
        body = chunks(size) if chunked else b"x" * size
        answer = await gyre.post("/echo", headers=JSON, content=body)
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["error"] == {
            "code": "TOO_LARGE",
            "message": "the body is larger than 2097152 bytes",
            "details": {},
        }
        assert answer.headers["connection"] == "close"
    else:
        assert answer.json()["bytes"] == size


@pytest.mark.parametrize("chunked", [False, True])
async def test_who_is_refused_while_still_sending_reads_why(monkeypatch: pytest.MonkeyPatch, *, chunked: bool) -> None:
    monkeypatch.setattr(refusing, "LINGER_SECONDS", 30.0)  # of a busy machine
    app = surround(application(), Settings(data_dir=Path("/nowhere")), policy=page_policy(), clock=SystemClock())
    size = 2 * LARGEST_BODY_BYTES
    async with serving(app, lifespan="off") as address, httpx2.AsyncClient(base_url=f"http://{address}") as client:
        for _ in range(3):  # on a connection that was used before, too
            assert (await client.get("/echo")).json()["bytes"] == 0
            answer = await client.post("/echo", headers=JSON, content=chunks(size) if chunked else b"x" * size)
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")
            assert answer.headers["connection"] == "close"
