"""Where the secret keys come from: the setting, or a file made at the first start beside an SQLite database.

What is done with them is vault's matter.
"""

import base64
import os
import stat
from pathlib import Path

from gyre.errors import BadSettings
from gyre.settings import SHORTEST_KEY_BYTES, SecretKey, Settings, secret_keys_of
from gyre.vault.vault import Vault
from models.folders import private_folder

KEY_FILE = "secret-keys"


def open_vault(settings: Settings) -> Vault:
    """The vault of these settings. With PostgreSQL a missing GYRE_SECRET_KEYS is an error: replicas must share it."""
    if settings.secret_keys:
        return Vault(settings.secret_keys)
    if settings.on_postgres:
        raise BadSettings(
            "GYRE_SECRET_KEYS is not set; with PostgreSQL it should be id:base64 with at least "
            f"{SHORTEST_KEY_BYTES} random bytes, the same for every replica"
        )
    return Vault(_kept_keys(settings.data_dir / KEY_FILE))


def _kept_keys(path: Path) -> tuple[SecretKey, ...]:
    private_folder(path.parent)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & stat.S_IRWXO:
        raise BadSettings(f"{path} can be read by everyone on this machine; make it yours alone with chmod 600")
    try:
        return secret_keys_of(path.read_text(encoding="ascii").strip())
    except ValueError as broken:
        raise BadSettings(
            f"{path} cannot be used: {broken}. Restore it from a backup; without it, sessions end "
            "and what is encrypted in the database is lost"
        ) from broken


def _make(path: Path) -> None:
    """Written whole under another name first: a crash in between leaves no broken key behind."""
    text = f"first:{base64.b64encode(os.urandom(SHORTEST_KEY_BYTES)).decode()}\n"
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
