"""A Helm chart repository on loopback: plain files behind a plain web server.

What the charts make: one ConfigMap, so that nothing has to run.
"""

import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

GOOD = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  color: {{ .Values.color | quote }}
  version: {{ .Chart.Version | quote }}
"""
BAD = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data: "not a map"
"""


class ChartRepository:
    """Charts by name and version, and the index that lists them."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/{folder.name}"
        self._folder = folder
        self._entries: dict[str, list[dict[str, object]]] = {}
        folder.mkdir()
        self._write_index()

    def publish(self, name: str, version: str, template: str = GOOD) -> None:
        """Add a chart and list it."""
        described = {"apiVersion": "v2", "name": name, "version": version, "appVersion": version}
        files = {"Chart.yaml": json.dumps(described), "values.yaml": "color: blue\n", "templates/made.yaml": template}
        archive = _archive({f"{name}/{path}": content for path, content in files.items()})
        (self._folder / f"{name}-{version}.tgz").write_bytes(archive)
        entry = {**described, "urls": [f"{name}-{version}.tgz"], "digest": hashlib.sha256(archive).hexdigest()}
        self._entries.setdefault(name, []).insert(0, {**entry, "created": "2026-01-31T12:00:00Z"})
        self._write_index()

    def _write_index(self) -> None:
        index = {"apiVersion": "v1", "entries": self._entries, "generated": "2026-01-31T12:00:00Z"}
        (self._folder / "index.yaml").write_text(json.dumps(index))


def _archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    return gzip.compress(packed.getvalue(), mtime=0)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the base class names it so
        """Nothing: the controllers' logs tell enough."""


@contextmanager
def serve_folder(folder: Path) -> Iterator[int]:
    """Serve the files of this folder while inside, on this port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
