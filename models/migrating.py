"""Bringing a database's tables up to date with the migrations that aerich wrote, and saying when they are not.

All pending migrations of one run are one transaction on both databases: a failure leaves what was there before.
"""

import importlib.util
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from aerich.models import Aerich
from aerich.utils import decompress_dict
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

import migrations
from gyre.errors import BadSettings
from gyre.settings import Settings
from models.connecting import APP, tortoise_config

ADVISORY_LOCK = 0x67797265
"""`gyre` as a number: the lock on PostgreSQL that lets one of several `gyre migrate` run at a time."""

POSTGRES = tortoise_config(Settings(data_dir=Path("/nowhere"), database_url="postgresql://gyre@localhost:5432/gyre"))
SQLITE = tortoise_config(Settings(data_dir=Path("/nowhere")))
"""What aerich reads to write a new migration, which needs no database; see CONTRIBUTING.md."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file that aerich wrote."""

    version: str
    module: ModuleType

    async def script(self, connection: BaseDBAsyncClient) -> str:
        """The SQL that brings the tables from the migration before to this one."""
        sql: str = await self.module.upgrade(connection)
        return sql

    @property
    def state(self) -> dict[str, Any]:
        """The models as they were, which aerich compares with to write the next one."""
        state: dict[str, Any] = decompress_dict(self.module.MODELS_STATE)
        return state


@cache
def migrations_for(dialect: str) -> tuple[Migration, ...]:
    """All migrations of a dialect, `postgres` or `sqlite`, oldest first."""
    folder = Path(migrations.__file__ or "").parent / dialect / APP
    files = [path for path in folder.glob("*.py") if re.match(r"\d+_", path.name)]
    return tuple(_load(path) for path in sorted(files, key=lambda path: int(path.name.split("_")[0])))


async def pending(
    connection: BaseDBAsyncClient, *, known: tuple[Migration, ...] | None = None
) -> tuple[Migration, ...]:
    """The migrations that this database does not have yet, of the `known` (by default Gyre's own)."""
    if known is None:
        known = migrations_for(connection.capabilities.dialect)
    if not await _has_history(connection):
        return known
    # Only the names are read: aerich unpickles what stands in `content`.
    names = await Aerich.filter(app=APP).using_db(connection).values_list("version", flat=True)
    applied = {str(name) for name in names}
    return tuple(migration for migration in known if migration.version not in applied)


async def migrate(connection: BaseDBAsyncClient, *, known: tuple[Migration, ...] | None = None) -> list[str]:
    """Apply what is pending and return its names. Safe to call from several processes at the same time."""
    if connection.capabilities.dialect == "postgres":
        async with in_transaction() as transaction:
            await transaction.execute_query(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
            due = await pending(transaction, known=known)
            for migration in due:
                await transaction.execute_script(await migration.script(transaction))
                await Aerich.create(using_db=transaction, version=migration.version, app=APP, content=migration.state)
    else:
        due = await pending(connection, known=known)
        await _migrate_sqlite(connection, due)
    return [migration.version for migration in due]


async def _migrate_sqlite(connection: BaseDBAsyncClient, due: tuple[Migration, ...]) -> None:
    """One script with its own transaction in it: sqlite3 commits whatever is open before it runs a script."""
    parts = ["BEGIN IMMEDIATE;"]
    for migration in due:
        state = json.dumps(migration.state).replace("'", "''")
        entry = f"INSERT INTO aerich (version, app, content) VALUES ('{migration.version}', '{APP}', '{state}');"  # noqa: S608  all three are our own files' words
        parts += [await migration.script(connection), ";", entry]
    try:
        await connection.execute_script("\n".join([*parts, "COMMIT;"]))
    except OperationalError:
        with suppress(OperationalError):  # nothing to roll back when the script failed to begin
            await connection.execute_query("ROLLBACK")
        raise


async def make_current(connection: BaseDBAsyncClient, settings: Settings) -> None:
    """What a start does: SQLite has one process and is migrated by it; on PostgreSQL someone runs `gyre migrate`."""
    if settings.on_postgres:
        await require_current(connection)
    else:
        await migrate(connection)


async def require_current(connection: BaseDBAsyncClient) -> None:
    """BadSettings when the tables are behind: with several replicas, only `gyre migrate` brings them up to date."""
    due = await pending(connection)
    if due:
        raise BadSettings(
            f"the database in GYRE_DATABASE_URL lacks {len(due)} of Gyre's migrations (next: {due[0].version}); "
            "run `gyre migrate` once, then start again"
        )


async def _has_history(connection: BaseDBAsyncClient) -> bool:
    if connection.capabilities.dialect == "postgres":
        rows = await connection.execute_query_dict("SELECT to_regclass('aerich') IS NOT NULL AS found")
        return bool(rows[0]["found"])
    rows = await connection.execute_query_dict("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aerich'")
    return bool(rows)


def _load(path: Path) -> Migration:
    spec = importlib.util.spec_from_file_location(f"migrations.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be read as a migration")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Migration(path.name, module)
