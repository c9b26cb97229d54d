"""Where the secret keys come from: the setting, or a file made at the first start beside an SQLite database.

What is done with them is vault's matter.
"""

import base64
import os
import re
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


def put_new_key_first(settings: Settings) -> str:
    """Make a key and put it before those in the file, which keep verifying and decrypting; its id."""
    if settings.secret_keys:
        raise BadSettings("GYRE_SECRET_KEYS is set: put a new key in front of those in it, then rotate")
    if settings.on_postgres:
        raise BadSettings("with PostgreSQL the keys come from GYRE_SECRET_KEYS; there is no file to put one into")
    path = settings.data_dir / KEY_FILE
    kept = _kept_keys(path)
    numbers = [int(key.id.removeprefix("key-")) for key in kept if re.fullmatch(r"key-[0-9]{1,9}", key.id)]
    new_id = f"key-{max([len(kept), *numbers]) + 1}"
    _write(path, f"{_new_key(new_id)},{path.read_text(encoding='ascii').strip()}")
    return new_id


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
    _write(path, _new_key("first"))


def _new_key(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode(os.urandom(SHORTEST_KEY_BYTES)).decode()}"


def _write(path: Path, keys: str) -> None:
    """Written whole under another name first: a crash in between leaves no broken key behind."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"{keys}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
