"""An OCI registry on loopback, and images of one small layer.

What an image holds are plain files: nothing runs them.
"""

import gzip
import io
import subprocess
import tarfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.programs import Program, free_port


@dataclass
class Registry:
    """A running registry."""

    crane: Path
    folder: Path
    port: int

    def address(self, name: str) -> str:
        """How an image of this registry is written."""
        return f"127.0.0.1:{self.port}/{name}"

    def push(self, name: str, tag: str, files: dict[str, str]) -> str:
        """Push an image of these files; return its digest."""
        layer = self.folder / "layer.tar.gz"
        layer.write_bytes(_packed(files))
        reference = f"{self.address(name)}:{tag}"
        self._run("append", "--insecure", "--new_layer", str(layer), "--new_tag", reference)
        return self._run("digest", "--insecure", reference)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([self.crane, *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()


def _packed(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    return gzip.compress(packed.getvalue(), mtime=0)


@contextmanager
def open_registry(programs: Path, folder: Path) -> Iterator[Registry]:
    """Serve while inside."""
    port = free_port()
    command = [str(programs / "crane"), "registry", "serve", "--address", f"127.0.0.1:{port}"]
    program = Program(command, folder / "registry.log")
    program.start(lambda: _answers(port))
    try:
        yield Registry(programs / "crane", folder, port)
    finally:
        program.stop()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
