"""Two processes on one SQLite file: the second is refused, and told what to do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gyre.errors import BadSettings
from gyre.settings import Settings
from models.locking import claim_database

HOLDER = """
import sys, time
from pathlib import Path
from gyre.settings import Settings
from models.locking import claim_database
with claim_database(Settings(data_dir=Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_is_gone_even_by_kill(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BadSettings) as refused, claim_database(settings):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    assert refused.value.message == (
        f"{tmp_path}/gyre.sqlite3 is in use by process {holder.pid}; one Gyre at a time may use an SQLite database. "
        "Stop the other, give this one another GYRE_DATA_DIR, or use PostgreSQL"
    )
    with claim_database(settings):
        pass


def test_on_postgres_many_may_start(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://gyre@db/gyre")
    with claim_database(settings), claim_database(settings):
        assert list(tmp_path.iterdir()) == []
