"""One process at a time on an SQLite database: a second `gyre serve` on the same file is refused at start.

Commands that only add or change a row (`gyre user`) need no claim; SQLite itself orders their writes.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from gyre.errors import BadSettings
from gyre.settings import Settings
from models.folders import private_folder


@contextmanager
def claim_database(settings: Settings) -> Iterator[None]:
    """Hold the SQLite file of these settings until left. On PostgreSQL there is nothing to hold."""
    if settings.on_postgres:
        yield
        return
    private_folder(settings.sqlite_file.parent)
    path = settings.sqlite_file.with_name(f"{settings.sqlite_file.name}.lock")
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            holder = file.read().strip() or "another one"
            raise BadSettings(
                f"{settings.sqlite_file} is in use by process {holder}; one Gyre at a time may use an SQLite "
                "database. Stop the other, give this one another GYRE_DATA_DIR, or use PostgreSQL"
            ) from held
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
