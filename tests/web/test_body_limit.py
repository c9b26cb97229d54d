"""Bodies that are too large, announced or not."""

from collections.abc import AsyncIterator

import pytest

from gyre.web.body_limit import LARGEST_BODY_BYTES
from tests.web.conftest import Ask

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
