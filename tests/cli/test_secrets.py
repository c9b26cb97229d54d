"""Keys rotated on the command line: everything is encrypted anew, and what cannot be is named."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gyre.fleet.registry import bound_to
from gyre.kube.uploaded import Upload
from gyre.settings import Settings, read_settings
from gyre.vault import Vault, open_vault
from models.auditing import AuditEntry
from models.clusters import StoredCluster
from models.connecting import open_database
from models.migrating import migrate
from tests.cli.test_commands import gyre
from tests.support.databases import fresh_postgres

OLD = f"old:{base64.b64encode(b'o' * 32).decode()}"
NEW = f"new:{base64.b64encode(b'n' * 32).decode()}"
UPLOAD = Upload(server="https://203.0.113.7", context="there", token="a-secret-token")
NOW = datetime(2026, 1, 31, tzinfo=UTC)


def on(settings: Settings, do: Callable[[], Awaitable[Any]]) -> Any:
    async def done() -> Any:
        async with open_database(settings) as connection:
            await migrate(connection)
            return await do()

    return asyncio.run(done())


async def store(vault: Vault, *names: str) -> None:
    for name in names:
        row = StoredCluster(id=uuid4(), name=name, server="203.0.113.7", context="there", added_by="ada")
        row.added_at = row.changed_at = NOW
        row.sealed = vault.encrypt(UPLOAD.dump(), bound_to=bound_to(row.id))
        await row.save(force_create=True)


async def opened(vault: Vault) -> dict[str, bytes]:
    rows = await StoredCluster.all().order_by("name")
    return {row.name: vault.decrypt(bytes(row.sealed), bound_to=bound_to(row.id)) for row in rows}


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_everything_is_encrypted_anew_and_then_the_old_key_can_go(tmp_path: Path, dialect: str) -> None:
    place = {} if dialect == "sqlite" else {"GYRE_DATABASE_URL": fresh_postgres()}

    def settings(keys: str) -> Settings:
        return read_settings({"HOME": str(tmp_path), "GYRE_DATA_DIR": str(tmp_path), "GYRE_SECRET_KEYS": keys, **place})

    on(settings(OLD), lambda: store(open_vault(settings(OLD)), "one", "two"))
    both = f"{NEW},{OLD}"
    told = gyre("secrets", "status", data=tmp_path, GYRE_SECRET_KEYS=both, **place)
    assert told.stdout == "new: 0 secrets, 0 signatures, signs and encrypts\nold: 2 secrets, 0 signatures\n", (
        told.stderr
    )
    done = gyre("secrets", "rotate", data=tmp_path, GYRE_SECRET_KEYS=both, **place)
    assert done.returncode == 0
    assert done.stdout == (
        "encrypted anew with new: 2; were so already: 0\n"
        "signed anew of the audit: 0\n"
        "nothing stored needs old any more; sessions signed with them last until they end\n"
    )
    again = gyre("secrets", "rotate", data=tmp_path, GYRE_SECRET_KEYS=both, **place)
    assert again.stdout.startswith("encrypted anew with new: 0; were so already: 2\n")
    alone = settings(NEW)
    assert on(alone, lambda: opened(open_vault(alone))) == {"one": UPLOAD.dump(), "two": UPLOAD.dump()}
    entries = on(alone, lambda: AuditEntry.filter(action="secrets-rotate").order_by("id").values_list("details"))
    assert entries[0] == ({"key": "new", "renewed": 2, "current": 0, "lost": []},)
    assert "a-secret-token" not in told.stdout + done.stdout + done.stderr


def test_what_no_key_opens_is_named_and_stops_nothing(tmp_path: Path) -> None:
    first = read_settings({"HOME": str(tmp_path), "GYRE_DATA_DIR": str(tmp_path), "GYRE_SECRET_KEYS": OLD})
    other = base64.b64encode(b"x" * 32).decode()
    lost = read_settings({"HOME": str(tmp_path), "GYRE_DATA_DIR": str(tmp_path), "GYRE_SECRET_KEYS": f"gone:{other}"})
    on(first, lambda: store(open_vault(first), "one"))
    on(lost, lambda: store(open_vault(lost), "lost"))
    done = gyre("secrets", "rotate", data=tmp_path, GYRE_SECRET_KEYS=f"{NEW},{OLD}")
    assert (done.returncode, done.stdout) == (
        1,
        "encrypted anew with new: 1; were so already: 0\nsigned anew of the audit: 0\n",
    )
    assert done.stderr == "no key opens these, upload their kubeconfigs again: lost\n"
    told = gyre("secrets", "status", data=tmp_path, GYRE_SECRET_KEYS=f"{NEW},{OLD}")
    assert told.stdout == (
        "new: 1 secret, 0 signatures, signs and encrypts\nold: 0 secrets, 0 signatures\n"
        "gone: 1 secret, and the key is not there: nobody can open them\n"
    )


def test_a_new_key_is_made_where_gyre_keeps_its_own(tmp_path: Path) -> None:
    settings = read_settings({"HOME": str(tmp_path), "GYRE_DATA_DIR": str(tmp_path)})
    on(settings, lambda: store(open_vault(settings), "one"))
    for new, old in (("key-2", "first"), ("key-3", "key-2, first")):
        done = gyre("secrets", "rotate", "--new-key", data=tmp_path)
        assert done.stdout == (
            f"made {new}, which signs and encrypts from the next start on\n"
            f"encrypted anew with {new}: 1; were so already: 0\n"
            "signed anew of the audit: 0\n"
            f"nothing stored needs {old} any more; sessions signed with them last until they end\n"
        ), done.stderr
    assert (tmp_path / "secret-keys").stat().st_mode & 0o777 == 0o600
    assert on(settings, lambda: opened(open_vault(settings))) == {"one": UPLOAD.dump()}


def test_no_key_is_made_where_they_come_from_outside(tmp_path: Path) -> None:
    done = gyre("secrets", "rotate", "--new-key", data=tmp_path, GYRE_SECRET_KEYS=OLD)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gyre: GYRE_SECRET_KEYS is set: put a new key in front of those in it, then rotate\n"
