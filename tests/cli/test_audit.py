"""`gyre audit` as an operator runs it: beside a database that somebody has been at."""

import json
import sqlite3
from pathlib import Path

from tests.cli.test_commands import PASSWORD, gyre


def made(data: Path) -> None:
    for name in ("ada", "bob"):
        assert gyre("user", "add", name, "--password-stdin", data=data, typed=PASSWORD).returncode == 0


def test_what_nobody_touched_is_whole_and_heads_can_be_kept_elsewhere(tmp_path: Path) -> None:
    made(tmp_path)
    done = gyre("audit", "verify", data=tmp_path)
    assert (done.returncode, done.stdout) == (0, "2 entries in 2 chains: nothing was changed\n"), done.stderr
    heads = gyre("audit", "verify", "--heads", data=tmp_path).stdout.splitlines()
    assert [head.split(":")[1] for head in heads] == ["1", "1"]
    expected = [part for head in heads for part in ("--expect", head)]
    assert gyre("audit", "verify", *expected, data=tmp_path).returncode == 0

    with sqlite3.connect(tmp_path / "gyre.sqlite3") as database:
        database.execute("DROP TRIGGER audit_entries_are_kept")
        database.execute("DELETE FROM audit_entries WHERE id = 2")
    assert gyre("audit", "verify", data=tmp_path).returncode == 0
    missed = gyre("audit", "verify", *expected, data=tmp_path)
    assert missed.returncode == 1
    assert "it and all behind it are missing: what was kept elsewhere knows of entries up to number 1" in missed.stderr


def test_the_first_broken_entry_is_named(tmp_path: Path) -> None:
    made(tmp_path)
    with sqlite3.connect(tmp_path / "gyre.sqlite3") as database:
        database.execute("DROP TRIGGER audit_entries_are_not_changed")
        database.execute("UPDATE audit_entries SET username = 'mallory' WHERE id = 2")
    done = gyre("audit", "verify", data=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "1 entries in 2 chains: 1 broken\n"
    assert done.stderr.startswith("broken: entry 2, number 1 of chain ")
    assert done.stderr.endswith(": it is not what was written, or what stood before it was\n")


def test_what_is_exported_is_a_line_of_json_each(tmp_path: Path) -> None:
    made(tmp_path)
    done = gyre("audit", "export", data=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["action"], line["username"], line["details"]) for line in lines] == [
        ("user-add", "command line", {"username": "ada"}),
        ("user-add", "command line", {"username": "bob"}),
    ]
    assert gyre("audit", "export", "--until", "2020-01-01", data=tmp_path).stdout == ""
    assert gyre("audit", "verify", "--expect", "x", data=tmp_path).returncode == 2
