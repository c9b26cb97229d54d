"""uvicorn, run by us: on a socket of ours, telling when it is ready, and gone in time when told to stop.

What it serves is gyre.app's.
"""

import contextlib
import logging
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import Literal

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gyre.cli.connections import BoundedHttp
from gyre.errors import BadSettings, GyreError
from gyre.settings import Settings

log = logging.getLogger(__name__)

WAITS_SECONDS = 2
"""How long answers under way may take after SIGTERM; open streams are cut then."""
GONE_SECONDS = 4.7
"""When the process ends itself, whatever still hangs: orchestrators and people expect 5 s."""
BACKLOG = 2048
UNREAD_SECONDS = 45
"""A client that takes nothing of what was sent for so long is gone, or as good as gone: the system ends the connection.
Nothing else would: a stream that nobody reads blocks whoever writes to it, and closing it waits for what is unsent."""
MOST_FILES = 65_536
"""Each connection is a file to the system, which often lets a process have 1,024 of them unless it asks for more."""
LARGEST_MESSAGE_BYTES = 1024 * 1024
"""What a WebSocket client may say in one message; queries are far smaller."""


def listen(settings: Settings, *, or_any_port: bool = False) -> socket.socket:
    """A listening socket for GYRE_HOST and GYRE_PORT; BadSettings says what is in the way."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        listening = socket.create_server((str(address[0]), port), family=family, backlog=BACKLOG)
    except OSError as problem:
        if or_any_port and port != 0:
            return listen(replace(settings, port=0))
        reason = (problem.strerror or str(problem)).partition(" (")[0]  # Python adds the address to it
        raise BadSettings(
            f"cannot listen on {host} port {port}: {reason}; set GYRE_HOST and GYRE_PORT to what is free"
        ) from problem
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; what is accepted takes it over
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
    return listening


def allow_many_files() -> None:
    """Take as many open files as the system lets this process have, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def configured(
    app: ASGIApp, *, lifespan: Literal["on", "off"] = "on", waits_seconds: int = WAITS_SECONDS
) -> uvicorn.Config:
    """How an application is served: the bounds of a connection, and nothing of uvicorn's own in log or answer."""
    return uvicorn.Config(
        app,
        http=BoundedHttp,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # three times slower and larger with it
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=waits_seconds,
    )


async def serve(app: ASGIApp, listening: socket.socket, *, ready: Callable[[], Awaitable[None]]) -> None:
    """Serve until told to stop. Raises what kept the application from starting."""
    allow_many_files()
    guarded = _Startup(app)
    server = _Server(configured(guarded), ready)
    await server.serve(sockets=[listening])
    problem = guarded.problem or server.failure
    if problem is not None:
        raise problem
    if not server.started:
        raise GyreError("Gyre could not start; the log says why")


class _Server(uvicorn.Server):
    """Tells when it serves, and ends without raising the signal again, so that what stands around it can end too."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._ready = ready
        self.failure: Exception | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell; a start that failed ends the server, not the process."""
        try:
            await super().startup(sockets)
        except SystemExit:
            self.should_exit = True
            return
        log.info("ready")
        try:
            await self._ready()
        except Exception as failure:  # noqa: BLE001  raised again when what was started is closed
            self.failure = failure
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, and tell: a handler of signals may not write to the log."""
        log.info("ending")
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the server, not the process."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; a second signal hurries."""
        del sig, frame
        if not self.should_exit:
            threading.Thread(target=_end_in_time, daemon=True).start()
        self.force_exit = self.should_exit
        self.should_exit = True


class _Startup:
    """Keeps what Gyre itself says of a failed start, which uvicorn would print as a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.problem: GyreError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def unless_failed(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                held.append(message)
            else:
                await send(message)

        try:
            await self.app(scope, receive, unless_failed)
        except GyreError as problem:
            self.problem = problem
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # the problem says it better
            await send({"type": "lifespan.startup.failed", "message": ""})
            raise
        except BaseException:
            for message in held:
                await send(message)
            raise


def _end_in_time() -> None:
    time.sleep(GONE_SECONDS)
    log.error("something did not end within %s s; ending all the same", GONE_SECONDS)
    os._exit(1)
