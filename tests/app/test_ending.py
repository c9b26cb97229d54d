"""Told to end, the program ends in time whatever its clients do: sockets, streams nobody reads, half a body."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.support.gyre_process import Started, started

pytestmark = pytest.mark.timeout(300)

CHANGES = "subscription { resourceChanges { position row { name message } } }"
OVERVIEW = "subscription { overviewChanges { total } }"


def opened(stack: ExitStack, demo: Started, cookie: str, path: str, *protocols: str) -> ClientConnection:
    """A WebSocket that is open until the stack ends."""
    connecting = connect(
        demo.url.replace("http", "ws") + path,
        subprotocols=[Subprotocol(each) for each in protocols] or None,
        origin=Origin(demo.url),
        additional_headers={"Cookie": cookie},
        proxy=None,
    )
    return stack.enter_context(connecting)


def listen(stack: ExitStack, demo: Started, cookie: str) -> None:
    """On both kinds of WebSocket."""
    live = opened(stack, demo, cookie, "/graphql", "graphql-transport-ws")
    live.send(json.dumps({"type": "connection_init"}))
    assert json.loads(live.recv(timeout=20))["type"] == "connection_ack"
    live.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": OVERVIEW}}))
    assert json.loads(live.recv(timeout=20))["type"] == "next"
    assert json.loads(opened(stack, demo, cookie, "/api/ws").recv(timeout=20))["type"] == "connected"


def said(demo: Started, head: str, body: str, *, length: int | None = None) -> socket.socket:
    """A connection on which this was sent, and from which nothing more is read than the first bytes of an answer."""
    place = urlsplit(demo.url)
    connection = socket.create_connection((place.hostname or "", place.port or 0), timeout=20)
    lines = [head, f"Host: {place.netloc}", "Content-Type: application/json", f"Content-Length: {length or len(body)}"]
    connection.sendall("\r\n".join([*lines, "", body]).encode())
    return connection


@contextmanager
def besieged(demo: Started) -> Iterator[None]:
    """Clients of every kind, each in the middle of something."""
    cookie = demo.sign_in().headers["set-cookie"].partition(";")[0]
    stream = f"POST /graphql HTTP/1.1\r\nAccept: text/event-stream\r\nCookie: {cookie}"
    with ExitStack() as stack:
        listen(stack, demo, cookie)
        for query in (OVERVIEW, CHANGES):
            unread = stack.enter_context(said(demo, stream, json.dumps({"query": query})))
            assert unread.recv(15) == b"HTTP/1.1 200 OK"
        stack.enter_context(said(demo, "POST /api/auth/login HTTP/1.1", '{"username"', length=100))
        stack.enter_context(said(demo, "GET /api/flux/kustomizations HTTP/1.1", ""))
        yield


def test_it_ends_within_five_seconds_of_sigterm_with_clients_of_every_kind(tmp_path: Path) -> None:
    with started("demo", "--changes", "50", data=tmp_path) as demo:
        children = psutil.Process(demo.process.pid).children(recursive=True)
        assert children
        with besieged(demo):
            assert demo.told_to_end(signal.SIGTERM) < 5
        assert demo.process.returncode == 0
        assert psutil.wait_procs(children, timeout=5)[1] == []
    assert (tmp_path / "log").read_text() == ""


def test_a_second_ctrl_c_hurries_it(tmp_path: Path) -> None:
    with started("demo", "--changes", "50", data=tmp_path) as demo:
        children = psutil.Process(demo.process.pid).children(recursive=True)
        with besieged(demo):
            demo.process.send_signal(signal.SIGINT)
            assert demo.told_to_end(signal.SIGINT) < 5
        assert psutil.wait_procs(children, timeout=5)[1] == []
    assert "Traceback" not in (tmp_path / "log").read_text()
