"""The embedded cluster at full size and `gyre serve` on it, each a process of its own, for benchmarks to talk to."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from gyre.demo.embedded import start_embedded

PASSWORD = "only for a benchmark, and only on loopback"
READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Served:
    """Where Gyre listens, and a client that is signed in."""

    address: str
    http: httpx2.AsyncClient
    kubeconfig: Path
    process_id: int

    @property
    def cookie(self) -> str:
        """The session, as a header holds it."""
        return f"gyre_session={self.http.cookies['gyre_session']}"

    @property
    def resident_megabytes(self) -> float:
        """What the server's process holds."""
        return float(psutil.Process(self.process_id).memory_info().rss) / 1024**2


@asynccontextmanager
async def served(*, objects: int, changes_per_second: float) -> AsyncIterator[Served]:
    """Gyre on a fleet of this size, once it knows all of it."""
    with tempfile.TemporaryDirectory() as folder:
        demo = start_embedded(Path(folder) / "demo", objects=objects, changes_per_second=changes_per_second)
        async with (
            demo as embedded,
            _server(Path(folder), embedded.kubeconfig) as (process, address),
            httpx2.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=30) as http,
        ):
            made = Served(address, http, embedded.kubeconfig, process.pid)
            await _ready(made, objects)
            yield made


@asynccontextmanager
async def _server(folder: Path, kubeconfig: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {
        "GYRE_DATA_DIR": str(folder / "data"),
        "GYRE_PORT": str(port),
        "GYRE_ADMIN_PASSWORD": PASSWORD,
        "KUBECONFIG": str(kubeconfig),
        "GYRE_RATE_LIMIT_USER": "0",  # one person asks here for thousands
        "GYRE_RATE_LIMIT_ANONYMOUS": "0",
        "GYRE_RATE_LIMIT_GRAPHQL": "0",
    }
    program = Path(sys.executable).parent / "gyre"
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        str(program), "serve", env={**os.environ, **ours}, stdout=quiet, stderr=quiet
    )
    try:
        yield process, f"127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _ready(made: Served, objects: int) -> None:
    async with asyncio.timeout(READY_SECONDS):
        while not await _signed_in(made.http):  # noqa: ASYNC110 # another process has no event to wait for
            await asyncio.sleep(0.1)
        query = {"query": "{ overview { total } }"}
        while True:
            answer = (await made.http.post("/graphql", json=query)).json()
            if (answer.get("data") or {"overview": {"total": 0}})["overview"]["total"] >= objects:
                return
            await asyncio.sleep(0.1)


async def _signed_in(http: httpx2.AsyncClient) -> bool:
    try:
        answer = await http.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
    except httpx2.TransportError:
        return False
    return answer.status_code == httpx2.codes.OK
