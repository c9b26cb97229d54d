"""`gyre serve` and `gyre demo` as a person starts them: a process, its screen, and how it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

GYRE = Path(sys.executable).with_name("gyre")
SIGN_IN = """
mutation ($name: String!, $password: String!) {
  login(username: $name, password: $password) { viewer { username } errors { code } }
}
"""


class Started:
    """A running command, and what its screen said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.screen = ""
        while "Ctrl+C" not in self.screen:
            line = process.stdout.readline()
            assert line, f"it ended with {process.wait()}"
            self.screen += line
        self.url = self.shown("Open")

    def shown(self, label: str) -> str:
        found = re.search(rf"^  {label} +(\S.*?)(  .*)?$", self.screen, re.MULTILINE)
        assert found, self.screen
        return found[1]

    def sign_in(self) -> httpx2.Response:
        variables = {"name": self.shown("Sign in"), "password": self.shown("Password")}
        return httpx2.post(f"{self.url}/graphql", json={"query": SIGN_IN, "variables": variables}, timeout=20)

    def told_to_end(self, how: signal.Signals) -> float:
        began = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(20)
        return time.monotonic() - began


@contextmanager
def started(*arguments: str, data: Path, **variables: str) -> Iterator[Started]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "GYRE_DATA_DIR": str(data / "gyre"),
        "GYRE_PORT": "0",
    } | variables
    with (data / "log").open("w") as log:
        process = subprocess.Popen([GYRE, *arguments], env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield Started(process)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
