"""`gyre demo`: the whole program beside an embedded cluster, to try it, show it and measure it.

The cluster is gyre.demo's, and a process of its own; what is served is what `gyre serve` serves.
"""

import asyncio
import os
import shlex
from dataclasses import replace
from pathlib import Path

import click
import uvloop

from gyre.app import DEFAULT, create_app
from gyre.auth import FirstAdmin, Passwords, PeopleVersion
from gyre.auth.bootstrap import FIRST_ADMIN, generated_password
from gyre.cli import screen
from gyre.cli.server import listen, serve
from gyre.clock import SystemClock
from gyre.demo.embedded import Embedded, start_embedded
from gyre.kube.access import from_kubeconfig
from gyre.log import set_up
from gyre.people import Users
from gyre.settings import Settings, read_settings
from models.folders import private_folder

PASSWORD_FILE = "admin-password"  # noqa: S105  a file's name
MOST_OBJECTS = 50_000
MOST_CHANGES = 1_000


@click.command()
@click.option("--objects", type=click.IntRange(0, MOST_OBJECTS), default=0, help="Beside the story, so many in all.")
@click.option("--changes", type=click.FloatRange(0, MOST_CHANGES), default=0.0, help="How many change each second.")
@click.option("--port", type=click.IntRange(0, 65535), help="By default GYRE_PORT, or any free one.")
def command(objects: int, changes: float, port: int | None) -> None:
    """Serve an embedded cluster whose Flux objects live."""
    settings = read_settings(os.environ)
    folder = private_folder(settings.data_dir / "demo")
    settings = replace(
        settings,
        data_dir=folder,
        database_url=None,  # what is tried out must not reach what is in use
        redis_url=None,
        port=settings.port if port is None else port,
        admin_password=settings.admin_password or _kept_password(folder / PASSWORD_FILE),
    )
    set_up(settings.log_format, settings.log_level if "GYRE_LOG_LEVEL" in os.environ else "warning")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_demo(settings, objects, changes, any_port=port is None and "GYRE_PORT" not in os.environ))


async def _demo(settings: Settings, objects: int, changes: float, *, any_port: bool) -> None:
    made: list[FirstAdmin] = []
    with listen(settings, or_any_port=any_port) as listening:
        port: int = listening.getsockname()[1]
        async with start_embedded(settings.data_dir, objects=objects, changes_per_second=changes) as embedded:
            clusters = {DEFAULT: from_kubeconfig(embedded.kubeconfig)}
            app = create_app(settings, clusters, announce=made.append)
            await serve(app, listening, ready=lambda: _show(settings, port, embedded))


async def _show(settings: Settings, port: int, embedded: Embedded) -> None:
    clock, password = SystemClock(), settings.admin_password or ""
    users = Users(passwords=Passwords(), version=PeopleVersion(clock), clock=clock)
    if not await users.password_is(FIRST_ADMIN, password):
        password = "the one it was changed to"  # noqa: S105  a remark
    kubeconfig = shlex.quote(str(embedded.kubeconfig))
    screen.show(
        "demo",
        [
            ("Open", screen.address(settings, port), ""),
            ("Sign in", FIRST_ADMIN, ""),
            ("Password", password, ""),
            ("Cluster", "default", f"embedded, at {embedded.server}"),
            ("Try", f"kubectl --kubeconfig {kubeconfig} get kustomizations -A", ""),
        ],
    )


def _kept_password(path: Path) -> str:
    """The demo's own password, the same at every start: its cluster holds nothing to protect."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(generated_password())
    return path.read_text(encoding="ascii").strip()
