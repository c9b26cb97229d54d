"""A Starlette route that answers with the bytes of a file, and nothing around it: what Gyre's own is compared with.

`python -m tests.load._bare PORT FILE` is the server; `bare` starts it.
"""

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def bare(body: bytes) -> AsyncIterator[str]:
    """The address that answers with this body, from a process of its own."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.load._bare", str(port), file.name, cwd=ROOT
        )
        try:
            await _listening(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            await process.wait()


async def _listening(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


def main(port: str, file: str) -> None:
    body = Path(file).read_bytes()

    async def answer(_: Request) -> Response:
        return Response(body, media_type="application/json")

    app = Starlette(routes=[Route("/", answer)])
    uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
