"""The application on a free port of loopback, served as `gyre serve` serves it: what a browser would talk to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from gyre.cli.server import configured

PATIENCE_SECONDS = 1
"""How long answers under way may take at the end, before they are cut."""


@asynccontextmanager
async def serving(app: ASGIApp, *, lifespan: Literal["on", "off"] = "on") -> AsyncIterator[str]:
    """Serve while inside; the value is `127.0.0.1:port`."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = _Server(configured(app, lifespan=lifespan, waits_seconds=PATIENCE_SECONDS))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
                raise RuntimeError("the server did not start")
            await asyncio.sleep(0.01)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.end()
        await task
        listener.close()


class _Server(uvicorn.Server):
    """Ends when it is told to, not when it looks next: the looking costs each test up to 0.2 s of doing nothing."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        """Serve no longer."""
        self.should_exit = True
        self._told.set()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """None: they are the test process'."""
        return nullcontext()

    async def main_loop(self) -> None:
        """As uvicorn's, which looks ten times a second."""
        counter = 0
        while not await self.on_tick(counter):
            counter += 10
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which sleeps for 100 ms between two looks at who is still connected."""
        del sockets
        state = self.server_state
        for listening in self.servers:
            listening.close()
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while state.connections or state.tasks:  # noqa: ASYNC110 # uvicorn tells nobody when one is gone
                    await asyncio.sleep(0.005)
        except TimeoutError:
            for task in state.tasks:
                task.cancel()
        await self.lifespan.shutdown()
