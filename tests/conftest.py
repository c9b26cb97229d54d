"""What every test has: asyncio as the one backend of async tests, and answers that are as documented."""

from collections.abc import Iterator

import pytest

from tests.support import answers


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _every_answer_is_as_documented() -> Iterator[None]:
    """Whatever a test asked of the REST API, its answers stand in the OpenAPI document."""
    yield
    found, answers.wrong[:] = list(answers.wrong), []
    assert found == []
