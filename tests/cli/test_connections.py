"""What one connection may cost the server that `gyre serve` runs: a head without end, a request that never comes."""

import asyncio
import json
import resource
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gyre.audit import settled
from gyre.cli import connections, server
from gyre.cli.connections import BoundedHttp
from gyre.cli.server import allow_many_files, listen
from gyre.clock import SystemClock
from gyre.settings import SecretKey, Settings, read_settings
from models.auditing import AuditEntry
from tests.support.people import people_on
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    if scope["path"] == "/endless":
        await StreamingResponse(_endless())(scope, receive, send)
    else:
        size = len(await request.body())
        await Response(str(size))(scope, receive, send)


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65_536
        await asyncio.sleep(0)


@asynccontextmanager
async def served() -> AsyncIterator[tuple[int, uvicorn.Server]]:
    listening = listen(read_settings({"GYRE_PORT": "0", "HOME": "/nowhere"}))
    config = uvicorn.Config(application, http=BoundedHttp, lifespan="off", log_config=None, access_log=False)
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        await until(lambda: running.started)
        yield listening.getsockname()[1], running
    finally:
        running.should_exit = running.force_exit = True
        await task
        listening.close()


async def answered(port: int, *pieces: bytes, pause_seconds: float = 0.0) -> bytes:
    """All that comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            try:
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause_seconds)
            except OSError:
                pass  # it has closed already
            return await _all(reader)
    finally:
        writer.close()


async def _all(reader: asyncio.StreamReader) -> bytes:
    said = b""
    try:
        while piece := await reader.read(65_536):
            said += piece
    except OSError:
        pass  # closed while more was on its way
    return said


async def test_requests_within_the_bounds_are_answered_one_after_another() -> None:
    body = b"x" * 300_000
    head = b"POST / HTTP/1.1\r\nHost: a\r\nX-Long: %b\r\nContent-Length: %d\r\n" % (b"y" * 30_000, len(body))
    async with served() as (port, _):
        told = await answered(port, head, b"\r\n", body, head + b"Connection: close\r\n\r\n" + body)
    assert told.count(OK) == 2
    assert told.endswith(b"300000")


@pytest.mark.parametrize(
    "begins",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ",
        b"GET /",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Trailer: ",
    ],
)
async def test_a_head_without_end_is_cut_off(begins: bytes) -> None:
    async with served() as (port, running):
        told = await answered(port, begins, *([b"x" * 32_768] * 20), pause_seconds=0.01)
        assert told in (connections.TOO_LARGE, b"")  # nothing, when what was still on its way resets the connection
        await _nobody_is_left(running)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("pieces", [1, 3])
async def test_a_head_may_be_as_large_as_the_bound_to_the_byte(method: str, pieces: int) -> None:
    def request(head_bytes: int) -> list[bytes]:
        before, behind = f"{method} /?q HTTP/1.1\r\nHost: a\r\nX-Long: ".encode(), b"\r\nContent-Length: 3\r\n\r\n"
        whole = before + b"x" * (head_bytes - len(before) - len(behind)) + behind + b"abc"
        size = len(whole) // pieces + 1
        return [whole[start : start + size] for start in range(0, len(whole), size)]

    async with served() as (port, running):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):  # the second begins anew
            writer.writelines(request(connections.LARGEST_HEAD_BYTES))
            assert (await reader.readuntil(b"\r\n\r\n3")).startswith(OK)
        writer.close()
        told = await answered(port, *request(connections.LARGEST_HEAD_BYTES + 1), pause_seconds=0.01)
        assert told == connections.TOO_LARGE
        await _nobody_is_left(running)


async def test_a_head_without_end_and_what_is_no_http_are_in_the_audit(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_keys=(SecretKey("test", b"k" * 32),))
    async with people_on(settings, SystemClock()), served() as (port, running):
        await answered(port, b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ", *([b"x" * 32_768] * 20), pause_seconds=0.01)
        assert b"400 Bad Request" in await answered(port, b"no request at all\r\n\r\n")
        await _nobody_is_left(running)
        await settled()
        told = await AuditEntry.all().order_by("id")
    assert [(each.phase.value, each.action, each.address, each.reason, each.details) for each in told] == [
        ("refused", "request", "127.0.0.1", connections.WHY_TOO_LARGE, {"what": "HTTP", "code": "TOO_LARGE"}),
        (
            "refused",
            "request",
            "127.0.0.1",
            "Invalid HTTP request received.",
            {"what": "HTTP", "code": "VALIDATION_FAILED"},
        ),
    ]


@pytest.mark.parametrize(("method", "megabytes"), [("GET", 1), ("DELETE", 1), ("GET", 16)])
async def test_a_megabyte_of_query_is_told_to_be_too_large_also_while_it_is_sent_and_asks_nobody(
    method: str, megabytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LINGER_SECONDS", 60)
    async with served() as (port, running):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        query = b"x" * 1024 * 1024 * megabytes
        writer.write(b"%b /api/flux/kustomizations?q=%b HTTP/1.1\r\nHost: a\r\n\r\n" % (method.encode(), query))
        async with asyncio.timeout(20):
            await writer.drain()
            assert await reader.readexactly(len(connections.TOO_LARGE)) == connections.TOO_LARGE
        assert running.server_state.total_requests == 0
        writer.close()
        assert await _all(reader) == b""
        await _nobody_is_left(running)


def test_that_it_is_too_large_is_told_in_the_format_of_errors() -> None:
    head, _, body = connections.TOO_LARGE.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert f"content-length: {len(body)}".encode() in head
    message = "All of a request but its body has at most 65536 bytes."
    assert json.loads(body) == {"error": {"code": "TOO_LARGE", "message": message, "details": {}}}


@pytest.mark.parametrize("begins", [b"", b"GET / HTTP/1.1\r\nHo", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"])
async def test_a_request_that_never_comes_whole_is_not_waited_for(
    begins: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    async with served() as (port, running):
        assert OK not in await answered(port, begins)
        await _nobody_is_left(running)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux can")
async def test_who_reads_nothing_of_a_stream_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "UNREAD_SECONDS", 1)
    async with served() as (port, running):
        with socket.create_connection(("127.0.0.1", port)) as silent:
            silent.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
            await until(lambda: bool(running.server_state.tasks))
            began = time.monotonic()
            await _nobody_is_left(running)
            assert time.monotonic() - began > 0.9


async def _nobody_is_left(running: uvicorn.Server) -> None:
    await until(lambda: not running.server_state.connections and not running.server_state.tasks, seconds=15)


def test_a_process_may_open_as_many_files_as_the_system_lets_it() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        allow_many_files()
        most = before[1] if before[1] != resource.RLIM_INFINITY else server.MOST_FILES
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(most, server.MOST_FILES), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
