"""The command's words, run as people run it: in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gyre import __version__
from tests.support.databases import fresh_postgres

GYRE = Path(sys.executable).with_name("gyre")
PASSWORD = "a long winter's tale"


def gyre(*arguments: str, data: Path, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(data), "GYRE_DATA_DIR": str(data)} | variables
    return subprocess.run(
        [GYRE, *arguments], env=environment, input=typed, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_says_its_version_and_lists_its_commands_at_once(tmp_path: Path) -> None:
    assert gyre("--version", data=tmp_path).stdout == f"gyre {__version__}\n"
    told = gyre("--help", data=tmp_path).stdout
    assert "\n  migrate  bring the database's tables up to date\n" in told
    assert list(tmp_path.iterdir()) == []


def test_the_schema_is_printed_as_it_is_committed_and_nothing_else_is_done(tmp_path: Path) -> None:
    printed = gyre("schema", data=tmp_path)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout == (Path(__file__).parents[2] / "schema" / "schema.graphql").read_text()
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_the_settings_is_told_in_full_and_ends_with_2(tmp_path: Path) -> None:
    done = gyre("migrate", data=tmp_path, GYRE_PORT="x", GYRE_PROT="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "gyre: GYRE_PROT is not a setting of Gyre; did you mean GYRE_PORT?\n"
        "      GYRE_PORT is 'x'; it should be a whole number from 0 to 65535, where 0 takes a free port\n"
    )


def test_migrating_says_what_was_applied_and_the_second_time_that_nothing_was(tmp_path: Path) -> None:
    for variables in ({}, {"GYRE_DATABASE_URL": fresh_postgres()}):
        first = gyre("migrate", data=tmp_path, **variables)
        assert first.stdout.splitlines()[-1] == "the database is up to date", first.stderr
        assert [line.split("_", 2)[2] for line in first.stdout.splitlines()[:-1]] == [
            "init",
            "groups_and_policies",
            "api_tokens",
            "clusters",
            "audit_chains",
            "identities_invites_and_preferences",
        ]
        assert gyre("migrate", data=tmp_path, **variables).stdout == "the database was up to date already\n"


def test_a_database_that_does_not_answer_is_one_line_without_its_password(tmp_path: Path) -> None:
    done = gyre("migrate", data=tmp_path, GYRE_DATABASE_URL="postgresql://gyre:hush@127.0.0.1:1/gyre")
    assert done.returncode == 1
    assert done.stderr.startswith("gyre: the database gyre on 127.0.0.1 (GYRE_DATABASE_URL) cannot be opened: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hush" not in done.stderr


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = gyre("migrate", data=tmp_path / "file" / "data")
    assert done.returncode == 2
    assert done.stderr == (
        f"gyre: the folder {tmp_path}/file/data cannot be made: Not a directory; set GYRE_DATA_DIR to one that can\n"
    )


def test_users_are_added_listed_and_given_another_password(tmp_path: Path) -> None:
    assert gyre("user", "list", data=tmp_path).stderr == "there are no users yet; the first start makes `admin`\n"
    added = gyre("user", "add", "Eve", "--role", "editor", "--password-stdin", data=tmp_path, typed=f"{PASSWORD}\n")
    assert (added.stdout, added.stderr) == ("added eve (editor)\n", "")
    adam = gyre("user", "add", "adam", "--json", data=tmp_path, GYRE_USER_PASSWORD=PASSWORD)
    assert json.loads(adam.stdout)["role"] == "viewer"
    people = json.loads(gyre("user", "list", "--json", data=tmp_path).stdout)
    assert [(person["username"], person["role"], person["signedInAt"]) for person in people] == [
        ("adam", "viewer", None),
        ("eve", "editor", None),
    ]
    assert gyre("user", "list", data=tmp_path).stdout == (
        "adam  viewer  never signed in\neve   editor  never signed in\n"
    )
    changed = gyre("user", "passwd", "eve", data=tmp_path, GYRE_USER_PASSWORD="another winter's tale")
    assert changed.stdout == "changed the password of eve (editor)\n"


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("add", "eve", "--password-stdin"), "short\n", "the password needs at least 12 characters"),
        (("add", "eve"), "", "there is no terminal to ask for the password: use --password-stdin"),
        (("add", "a b", "--password-stdin"), PASSWORD, "a user name is 1 to 64 letters"),
        (("passwd", "nobody", "--password-stdin"), PASSWORD, "there is no user nobody"),
        (("add", "eve", "--role", "king", "--password-stdin"), PASSWORD, "'king' is not one of"),
    ],
)
def test_what_cannot_be_done_to_users_is_told_and_not_done(
    tmp_path: Path, arguments: tuple[str, ...], typed: str, told: str
) -> None:
    done = gyre("user", *arguments, data=tmp_path, typed=typed)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(gyre("user", "list", "--json", data=tmp_path).stdout) == []
