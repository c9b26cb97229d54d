"""Flux's own controllers beside the real API server, as plain processes on free ports of loopback.

What they are given to reconcile stands in the tests.
"""

import os
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.cluster.control_plane import ControlPlane
from tests.cluster.programs import Program, free_port

NAMESPACE = "flux-system"
FAST = ("--requeue-dependency=2s", "--min-retry-delay=500ms")
CONTROLLERS: dict[str, tuple[str, ...]] = {
    "source-controller": FAST,
    "kustomize-controller": FAST,
    "helm-controller": FAST,
    "image-reflector-controller": (),
    "image-automation-controller": (),
    "source-watcher": (),
}


@contextmanager
def open_flux(plane: ControlPlane, folder: Path, *names: str) -> Iterator[None]:
    """These controllers run while inside, and report their events to notification-controller when it is among them."""
    started: list[Program] = []
    with ExitStack() as stack:

        def start(name: str, arguments: tuple[str, ...]) -> None:
            started.append(_start(plane, folder, name, arguments))
            stack.callback(started[-1].stop)

        events: tuple[str, ...] = ()
        if "notification-controller" in names:
            port = free_port()
            events = (f"--events-addr=http://127.0.0.1:{port}/",)
            own = (f"--events-addr=127.0.0.1:{port}", f"--receiverAddr=127.0.0.1:{free_port()}")
            start("notification-controller", own)
        for name in names:
            if name in CONTROLLERS:
                start(name, (*CONTROLLERS[name], *events, *_storage(name, folder)))
        yield
        for program in started:
            program.still_runs()


def _storage(name: str, folder: Path) -> tuple[str, ...]:
    """Controllers that keep artifacts serve them to the others."""
    if name not in {"source-controller", "source-watcher"}:
        return ()
    path = folder / f"{name}-artifacts"
    path.mkdir()
    address = f"127.0.0.1:{free_port()}"
    return (f"--storage-path={path}", f"--storage-addr={address}", f"--storage-adv-addr={address}")


def _start(plane: ControlPlane, folder: Path, name: str, arguments: tuple[str, ...]) -> Program:
    health = free_port()
    command = [
        str(plane.programs / name),
        f"--health-addr=127.0.0.1:{health}",
        f"--metrics-addr=127.0.0.1:{free_port()}",
        "--log-level=info",
        *arguments,
    ]
    environment = {**os.environ, "KUBECONFIG": str(plane.admin), "RUNTIME_NAMESPACE": NAMESPACE}
    program = Program(command, folder / f"{name}.log", environment)
    program.start(lambda: _is_healthy(health))
    return program


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
