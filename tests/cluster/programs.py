"""Starts one of the real programs on loopback and ends it again.

Which ones, and how they are told of each other: see control_plane.py.
"""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.stopping import stop

READY_SECONDS = 90  # four on a quiet machine
STOP_SECONDS = 20


class DidNotStart(Exception):
    """A program ended, or was not ready in time; the end of its log says why."""


@dataclass
class Program:
    """A process with its log, which can be ended, killed, paused and started again with the same command."""

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return Path(self.command[0]).name

    def start(self, ready: Callable[[], bool]) -> None:
        """Start it and return when it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self.environment
            )
        until = time.monotonic() + READY_SECONDS
        while not ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise DidNotStart(f"{self.name} is not ready:\n{self._said()}")
            time.sleep(0.1)

    def still_runs(self) -> None:
        """Fail with the end of its log when it has ended by itself."""
        if self.process is None or self.process.poll() is not None:
            raise DidNotStart(f"{self.name} ended by itself:\n{self._said()}")

    def _said(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        """End it as an operator would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a failing machine would."""
        if self.process:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave it there, but let it do nothing."""
        if self.process is None:
            raise DidNotStart(f"{self.name} was never started")
        stop(self.process.pid)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
