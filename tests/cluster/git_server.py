"""A Git server on loopback: Git's own smart HTTP back end behind the smallest bridge that a client needs.

No access control: it serves one test run.
"""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

AUTHOR = {
    "GIT_AUTHOR_NAME": "gyre",
    "GIT_AUTHOR_EMAIL": "gyre@example.dev",
    "GIT_COMMITTER_NAME": "gyre",
    "GIT_COMMITTER_EMAIL": "gyre@example.dev",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def git(folder: Path, *arguments: str) -> str:
    """What Git answers."""
    environment = os.environ | AUTHOR
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass
class Repository:
    """A served repository and a working copy of it."""

    url: str
    copy: Path

    def commit(self, files: dict[str, str | None], message: str = "change") -> str:
        """Write these files (None: remove), push, and return the revision as Flux writes it."""
        for name, content in files.items():
            path = self.copy / name
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
        git(self.copy, "add", "--all")
        git(self.copy, "commit", "--quiet", "--message", message)
        git(self.copy, "push", "--quiet", "origin", "HEAD:main")
        return f"main@sha1:{git(self.copy, 'rev-parse', 'HEAD')}"


class GitServer:
    """Serves every repository below its folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port

    def repository(self, name: str) -> Repository:
        """A new, empty repository."""
        bare, copy = self._folder / f"{name}.git", self._folder / f"{name}-copy"
        for folder in (bare, copy):
            folder.mkdir(parents=True)
        git(bare, "init", "--quiet", "--bare", "--initial-branch=main")
        git(bare, "config", "http.receivepack", "true")
        git(copy, "init", "--quiet", "--initial-branch=main")
        git(copy, "remote", "add", "origin", str(bare))
        return Repository(f"http://127.0.0.1:{self._port}/{name}.git", copy)


class _Bridge(BaseHTTPRequestHandler):
    """CGI, as RFC 3875 has it, for one program."""

    protocol_version = "HTTP/1.1"
    root: Path

    def do_GET(self) -> None:
        self._run(b"")

    def do_POST(self) -> None:
        self._run(self._body())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the base class names it so
        """Nothing: the controllers' logs tell enough."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _run(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def open_git_server(folder: Path) -> Iterator[GitServer]:
    """Serve while inside."""
    bridge = type("Bridge", (_Bridge,), {"root": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bridge)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield GitServer(folder, server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
