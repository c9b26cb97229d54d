"""A small application behind the middlewares, asked over ASGI."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gyre.clock import SystemClock
from gyre.settings import Settings
from gyre.web import facts_of, surround
from gyre.web.security_headers import page_policy

Ask = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]


async def echo(request: Request) -> JSONResponse:
    """What a route behind the middlewares gets to see."""
    body = await request.body()
    facts = facts_of(request.scope)
    return JSONResponse(
        {
            "bytes": len(body),
            "address": facts.address,
            "secure": facts.secure,
            "requestId": facts.request_id,
            "host": request.headers["host"],
            "forwarded": sorted(name for name in request.headers if name.startswith("x-")),
        }
    )


async def broken(_: Request) -> JSONResponse:
    raise RuntimeError("a bug")


def application() -> Starlette:
    return Starlette(routes=[Route("/echo", echo, methods=["GET", "POST", "PUT"]), Route("/broken", broken)])


@pytest.fixture
def ask() -> Ask:
    @asynccontextmanager
    async def opened(
        *, client: str = "192.0.2.7", base: str = "http://gyre.test", **changes: Any
    ) -> AsyncIterator[httpx2.AsyncClient]:
        settings = replace(Settings(data_dir=Path("/nowhere")), **changes)
        app = surround(application(), settings, policy=page_policy(), clock=SystemClock())
        transport = httpx2.ASGITransport(app=app, client=(client, 5000), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=base) as asking:
            yield asking

    return opened
