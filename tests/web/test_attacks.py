"""What a client can write on the wire that no library would: each is tried on a served application by a raw socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gyre.clock import SystemClock
from gyre.settings import Settings
from gyre.web import Frontend, surround
from tests.support.serving import serving

pytestmark = pytest.mark.anyio

SECRET = b"the secret beside the folder"
PAGE = b"<!doctype html><title>Gyre</title>"


@dataclass(slots=True)
class Wire:
    """A served application: what reached it, and a socket to it."""

    address: str = ""
    reached: list[str] = field(default_factory=list)

    async def send(self, *parts: bytes) -> bytes:
        """Everything it answers until it closes the connection, which a last request asks for."""
        host, _, port = self.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            for part in parts:
                writer.write(part)
            await writer.drain()
            async with asyncio.timeout(30):
                return await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    folder = tmp_path / "static"
    (folder / "_app" / "immutable").mkdir(parents=True)
    (folder / "200.html").write_bytes(PAGE)
    (folder / "_app" / "immutable" / "a.js").write_bytes(b"1")
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (folder / ".hidden").write_bytes(SECRET)
    found = Wire()

    async def echo(request: Request) -> JSONResponse:
        found.reached.append(f"{request.method} {request.url.path}")
        return JSONResponse({"bytes": len(await request.body())})

    app = Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"]), Route("/smuggled", echo, methods=["GET"])])
    frontend = Frontend(folder)
    app.router.default = frontend
    served = surround(app, Settings(data_dir=tmp_path), policy=frontend.policy, clock=SystemClock())
    async with serving(served) as address:
        found.address = address
        yield found


HOST = b"Host: gyre.test\r\nContent-Type: application/json\r\n"
INNER = b"GET /smuggled HTTP/1.1\r\nHost: gyre.test\r\nConnection: close\r\n\r\n"
SMUGGLING = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(INNER),
    "two lengths, the larger first": b"Content-Length: %d\r\nContent-Length: 0\r\n" % len(INNER),
    "a list of lengths": b"Content-Length: 0, %d\r\n" % len(INNER),
    "a length and chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(INNER),
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    "chunks in other words": b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n",
    "chunks that are not last": b"Transfer-Encoding: chunked, identity\r\n",
    "a length with a sign": b"Content-Length: +0\r\n",
    "a negative length": b"Content-Length: -1\r\n",
    "a length in hexadecimal": b"Content-Length: 0x0\r\n",
    "a length beyond all numbers": b"Content-Length: 99999999999999999999999999\r\n",
    "a blank before the colon": b"Content-Length : 0\r\n",
    "a header that goes on": b"X: y\r\n Content-Length: 0\r\nTransfer-Encoding\r\n : chunked\r\n",
    "a bare carriage return": b"X: y\rContent-Length: 0\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    "a NUL in a name": b"Content\0-Length: 0\r\n",
}


@pytest.mark.parametrize("trick", SMUGGLING)
async def test_a_request_whose_end_is_in_doubt_carries_no_other_in_it(wire: Wire, trick: str) -> None:
    answer = await wire.send(b"POST /echo HTTP/1.1\r\n" + HOST + SMUGGLING[trick] + b"\r\n" + INNER)
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1
    assert wire.reached in ([], ["POST /echo"])
    assert "GET /smuggled" not in wire.reached


async def test_two_requests_that_are_two_are_both_answered(wire: Wire) -> None:
    first = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{}"
    assert (await wire.send(first + INNER)).count(b"HTTP/1.1 200 ") == 2
    assert wire.reached == ["POST /echo", "GET /smuggled"]


TRAVERSAL = [
    b"/../secret.txt",
    b"/../../../../../../etc/passwd",
    b"/_app/../../secret.txt",
    b"/_app/immutable/../../../secret.txt",
    b"/%2e%2e/secret.txt",
    b"/%2e%2e%2fsecret.txt",
    b"/..%2fsecret.txt",
    b"/..%5csecret.txt",
    b"/..\\secret.txt",
    b"/%252e%252e/secret.txt",
    b"/....//secret.txt",
    b"/..;/secret.txt",
    b"//../secret.txt",
    b"/./../secret.txt",
    b"/%c0%ae%c0%ae/secret.txt",
    b"/200.html%00/../../secret.txt",
    b"/.hidden",
    b"/%2ehidden",
    b"/file:///etc/passwd",
    b"http://gyre.test/../secret.txt",
]


@pytest.mark.parametrize("path", TRAVERSAL)
async def test_no_path_leads_out_of_the_folder_of_the_pages(wire: Wire, path: bytes) -> None:
    for accept in (b"text/html", b"*/*"):
        headers = b" HTTP/1.1\r\nHost: gyre.test\r\nConnection: close\r\nAccept: " + accept + b"\r\n\r\n"
        answer = await wire.send(b"GET " + path + headers)
        status, body = answer.partition(b"\r\n")[0], answer.partition(b"\r\n\r\n")[2]
        assert SECRET not in answer
        assert b"root:" not in answer
        assert status in (b"HTTP/1.1 200 OK", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 400 Bad Request"), answer[:200]
        assert body == PAGE or b'"error"' in body or status == b"HTTP/1.1 400 Bad Request"


HOSTS = [
    b"evil.example",
    b"evil.example:80@gyre.test",
    b"gyre.test\r\nX-Forwarded-Host: evil.example",
    b"gyre.test\r\nHost: evil.example",
    b"gyre.test\r\nForwarded: host=evil.example",
    b"[::1",
    b"",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "path", [b"/", b"/echo", b"/resources/", b"//evil.example/..", b"/%5cevil.example", b"/missing.js"]
)
async def test_no_answer_leads_to_the_host_that_a_request_names(wire: Wire, host: bytes, path: bytes) -> None:
    request = b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\nAccept: text/html\r\n\r\n"
    answer = await wire.send(request)
    assert b"evil.example" not in answer
    assert b"\r\nlocation:" not in answer.lower()
    assert not answer.startswith(b"HTTP/1.1 5")


async def test_a_line_break_in_an_address_makes_no_header(wire: Wire) -> None:
    for path in (b"/%0d%0aset-cookie:%20x=y", b"/echo?a=%0d%0aset-cookie:%20x=y", b"/\xe2\x80\xa8"):
        request = b"GET " + path + b" HTTP/1.1\r\nHost: gyre.test\r\nConnection: close\r\n\r\n"
        assert b"set-cookie" not in (await wire.send(request)).lower().partition(b"\r\n\r\n")[0]
