"""The process of the embedded cluster: its objects, served over HTTPS on loopback until it is told to end.

How Gyre starts and ends this process: gyre.demo.embedded.
"""

import asyncio
import gc
import json
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gyre.demo.api.application import Guard, create_application
from gyre.demo.api.serving import Serving
from gyre.demo.certificates import make_identity, write_kubeconfig
from gyre.demo.store import Store

LOOPBACK = "127.0.0.1"
KEEP_ALIVE_SECONDS = 120  # longer than Go's clients keep idle connections, so that they close first
GRACE_SECONDS = 2
BACKLOG = 512
Life = Callable[[], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the cluster is served: its folder, and a port (0: any that is free)."""

    folder: Path
    port: int = 0

    @property
    def kubeconfig(self) -> Path:
        """The file with which clients reach it."""
        return self.folder / "kubeconfig"


class _Server(uvicorn.Server):
    """Uvicorn, without its own idea of signals: it would raise them again before we have cleaned up."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def serve(store: Store, place: Place, *, life: Life | None = None, with_parent: bool = False) -> None:
    """Serve until SIGTERM, SIGINT or (with_parent) until standard input ends.

    One line of JSON on standard output says when it is ready, and where. `life` runs beside it; if that fails, so does
    all.
    """
    identity = make_identity(place.folder)
    serving = Serving(store, token=secrets.token_urlsafe(32))
    listener = _listener(place.port)
    config = uvicorn.Config(
        Guard(create_application(serving), serving.token),
        ssl_certfile=identity.certificate,
        ssl_keyfile=identity.key,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    server = _Server(config)
    url = f"https://{LOOPBACK}:{listener.getsockname()[1]}"
    write_kubeconfig(place.kubeconfig, server=url, authority=identity.authority, token=serving.token)

    def end() -> None:
        serving.close()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, end)
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(life())] if life else []
        if with_parent:
            beside.append(group.create_task(_wait_for_parent(end)))
        beside.append(group.create_task(_tell_ready(server, url, place)))
        await server.serve(sockets=[listener])
        for task in beside:
            task.cancel()


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(BACKLOG)
    return listener


async def _tell_ready(server: uvicorn.Server, url: str, place: Place) -> None:
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    gc.collect()
    gc.freeze()
    sys.stdout.write(json.dumps({"server": url, "kubeconfig": str(place.kubeconfig)}) + "\n")
    sys.stdout.flush()


async def _wait_for_parent(end: Callable[[], None]) -> None:
    """Standard input is a pipe that only the parent holds: when it ends, so did the parent."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass
    end()
