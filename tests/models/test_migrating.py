"""The migrations of both databases: from empty to exactly the models, once, whole or not at all."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import anyio
import pytest
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import OperationalError

from gyre.errors import BadSettings
from gyre.settings import Settings
from models.connecting import open_database
from models.migrating import Migration, migrate, migrations_for, pending, require_current
from tests.support.databases import settings_on

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent.parent

POSTGRES_SHAPE = (
    (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable "
        "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
    ),
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    (
        "SELECT conrelid::regclass::text AS held_by, conname, pg_get_constraintdef(oid) AS rule FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
    ),
)
SQLITE_SHAPE = (
    (
        'SELECT m.name AS held_by, c.name, c.type, c."notnull", c.pk, c.dflt_value FROM sqlite_master m '
        "JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2"
    ),
    (
        'SELECT m.name AS held_by, i."unique", i.origin, group_concat(x.name) AS columns FROM sqlite_master m '
        "JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) x WHERE m.type = 'table' "
        "GROUP BY m.name, i.name ORDER BY 1, 4"
    ),
    (
        'SELECT m.name AS held_by, f."from", f."table", f."to", f.on_delete FROM sqlite_master m '
        "JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2"
    ),
)


async def shape(connection: BaseDBAsyncClient) -> list[list[dict[str, object]]]:
    queries = POSTGRES_SHAPE if connection.capabilities.dialect == "postgres" else SQLITE_SHAPE
    return [[dict(row) for row in await connection.execute_query_dict(query)] for query in queries]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_the_migrations_make_exactly_what_the_models_say(dialect: str, tmp_path: Path) -> None:
    async with open_database(settings_on(dialect, tmp_path / "migrated")) as connection:
        await migrate(connection)
        migrated = await shape(connection)
    async with open_database(settings_on(dialect, tmp_path / "generated")) as connection:
        await Tortoise.generate_schemas(safe=False)
        generated = await shape(connection)
    assert [len(part) > 0 for part in migrated] == [True, True, True]
    assert migrated == generated


async def test_from_empty_all_are_applied_and_a_second_time_none(settings: Settings) -> None:
    async with open_database(settings) as connection:
        known = [migration.version for migration in migrations_for(connection.capabilities.dialect)]
        assert [migration.version for migration in await pending(connection)] == known
        assert await migrate(connection) == known
        before = await shape(connection)
        assert await migrate(connection) == []
        assert await pending(connection) == ()
        assert await shape(connection) == before


async def test_who_starts_on_tables_that_are_behind_is_told_what_to_run(settings: Settings) -> None:
    async with open_database(settings) as connection:
        lacking = len(migrations_for(connection.capabilities.dialect))
        told = rf"lacks {lacking} of Gyre's migrations .* run `gyre migrate` once"
        with pytest.raises(BadSettings, match=told):
            await require_current(connection)
        await migrate(connection)
        await require_current(connection)


def _made_up(version: str, script: str) -> Migration:
    module = ModuleType(version)

    async def upgrade(_: BaseDBAsyncClient) -> str:
        return script

    module.__dict__.update(upgrade=upgrade, MODELS_STATE="eJyrrgUAAXUA+Q==")
    return Migration(version, module)


async def test_a_migration_that_fails_leaves_the_database_as_it_was(settings: Settings) -> None:
    async with open_database(settings) as connection:
        await migrate(connection)
        before = await shape(connection)
        known = migrations_for(connection.capabilities.dialect)
        good = _made_up("8_good.py", "CREATE TABLE kept (a INT); ALTER TABLE users ADD COLUMN extra INT;")
        broken = _made_up("9_broken.py", "CREATE TABLE half (a INT); ALTER TABLE missing ADD COLUMN b INT;")
        with pytest.raises(OperationalError):
            await migrate(connection, known=(*known, good, broken))
        assert await shape(connection) == before
        assert await migrate(connection, known=(*known, good)) == ["8_good.py"]
        assert await shape(connection) != before


async def test_two_who_migrate_at_once_take_turns(tmp_path: Path) -> None:
    done: list[list[str]] = []
    async with open_database(settings_on("postgres", tmp_path)) as connection:

        async def one() -> None:
            done.append(await migrate(connection))

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            group.start_soon(one)
    assert sorted(map(len, done)) == [0, len(migrations_for("postgres"))]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_aerich_finds_nothing_in_the_models_that_no_migration_has(dialect: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "migrations" / dialect, tmp_path / "migrations" / dialect)
    aerich = Path(sys.executable).with_name("aerich")
    command = [str(aerich), "-c", f"migrations/{dialect}/aerich.toml", "migrate", "--offline", "--no-input"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "No changes detected"


def test_both_dialects_have_the_same_history() -> None:
    names = [
        [migration.version.split("_", 2)[2] for migration in migrations_for(dialect)]
        for dialect in ("postgres", "sqlite")
    ]
    assert names[0] == names[1]
    assert names[0][0] == "init.py"
