"""The HTTP face over a store, in this process, at a time the test sets."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from gyre.demo.api.application import Guard, create_application
from gyre.demo.api.serving import Serving
from gyre.demo.builtin_kinds import NAMESPACE
from gyre.demo.definitions import serve_builtins
from gyre.demo.store import Store
from tests.support.clocks import HandClock

TOKEN = "the-token"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(clock: HandClock) -> Store:
    store = Store(clock, ring=20)
    serve_builtins(store)
    store.create(NAMESPACE, "", {"metadata": {"name": "prod"}})
    return store


@pytest.fixture
async def http(store: Store) -> AsyncIterator[httpx2.AsyncClient]:
    serving = Serving(store, token=TOKEN)
    transport = httpx2.ASGITransport(Guard(create_application(serving), TOKEN))
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(transport=transport, base_url="https://demo", headers=headers) as http:
        yield http
