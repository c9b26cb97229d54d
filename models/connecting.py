"""Opening the database: an SQLite file or a PostgreSQL server, with the same rows behind it.

Bringing its tables up to date is migrating's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext

from gyre.errors import Unavailable
from gyre.settings import Settings
from models.asking import asking_the_database
from models.folders import private_folder

APP = "models"
ROWS = (
    "models.people",
    "models.rights",
    "models.tokens",
    "models.clusters",
    "models.identities",
    "models.auditing",
    "aerich.models",
)
POSTGRES_CONNECTIONS = 10
"""At most so many connections a process: requests read the database rarely, the fleet never."""


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """What Tortoise and aerich want to be told, for these settings."""
    connection = _postgres(settings.database_url or "") if settings.on_postgres else _sqlite(settings)
    # Tortoise keeps the SQL it made by the connection's name: one name for both dialects would mix them.
    name = "postgres" if settings.on_postgres else "sqlite"
    return {
        "connections": {name: connection},
        "apps": {APP: {"models": list(ROWS), "default_connection": name}},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[BaseDBAsyncClient]:
    """The rows are usable inside, from every task of the process; one database at a time."""
    if not settings.on_postgres:
        private_folder(settings.sqlite_file.parent)
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(settings), _enable_global_fallback=True)
        connection = context.db()
        try:
            with asking_the_database():
                await connection.execute_query("SELECT 1")
        except Unavailable as away:
            raise Unavailable(f"{_place(settings)} cannot be opened: {away.__cause__}") from away
        yield connection


def _place(settings: Settings) -> str:
    """Where the database is, without its password."""
    if not settings.on_postgres:
        return str(settings.sqlite_file)
    url = urlsplit(settings.database_url or "")
    return f"the database {url.path.lstrip('/')} on {url.hostname or 'a local socket'} (GYRE_DATABASE_URL)"


def _sqlite(settings: Settings) -> dict[str, Any]:
    pragmas = {"journal_mode": "WAL", "synchronous": "NORMAL", "busy_timeout": 5000, "foreign_keys": "ON"}
    return {
        "engine": "tortoise.backends.sqlite",
        "credentials": {"file_path": str(settings.sqlite_file), **pragmas},
    }


def _postgres(text: str) -> dict[str, Any]:
    url = urlsplit(text)
    options = dict(parse_qsl(url.query))
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": options.pop("host", url.hostname),
            "port": url.port or 5432,
            "user": unquote(url.username or "postgres"),
            "password": unquote(url.password or ""),
            "database": unquote(url.path.lstrip("/")),
            "minsize": 1,
            "maxsize": POSTGRES_CONNECTIONS,
            **({"ssl": options["sslmode"]} if "sslmode" in options else {}),
        },
    }
