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


def test_whatever_is_done_on_the_command_line_is_in_it_with_what_it_changed(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = gyre(*words, data=tmp_path, typed=PASSWORD)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("user", "add", "ada", "--role", "editor", "--password-stdin")
    run("user", "passwd", "ada", "--password-stdin")
    made = json.loads(run("token", "create", "ada", "--name", "ci", "--action", "view", "--json"))
    run("token", "revoke", made["id"])
    exported = run("audit", "export")
    assert PASSWORD not in exported
    assert made["secret"] not in exported
    lines = [json.loads(line) for line in exported.splitlines()]
    told = [(line["action"], line["username"], line["outcome"], line["details"]["username"]) for line in lines]
    words = ("user-add", "user-set-password", "token-create", "token-revoke")
    assert told == [(word, "command line", "succeeded", "ada") for word in words]
    added, set_password, created, revoked = ([_sides(each) for each in line["changes"]] for line in lines)
    user = {"username": "ada", "role": "editor", "active": True, "mustChangePassword": False}
    token = {"name": "ci", "hint": made["hint"], "owner": "ada", "expiresAt": made["expiresAt"]}
    scope = {"resources": ["*"], "namespaces": ["*"], "actions": ["view"], "clusters": ["*"]}
    assert (added, set_password) == ([("", None, user)], [])
    assert created == [("", None, {**token, "scope": [scope]})]
    assert revoked == [("", {**token, "scope": [scope]}, None)]


def _sides(change: dict[str, str | None]) -> tuple[object, object, object]:
    before, after = change["before"], change["after"]
    return change["path"], before and json.loads(before), after and json.loads(after)
