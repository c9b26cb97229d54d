"""`gyre token`, run as people run it."""

import json
from pathlib import Path

import pytest

from gyre.auth.token_text import is_well_formed
from tests.cli.test_commands import PASSWORD, gyre

pytestmark = pytest.mark.timeout(300)  # each starts the program up to nine times, one after another


def test_tokens_are_made_listed_and_revoked(tmp_path: Path) -> None:
    gyre("user", "add", "ada", "--password-stdin", data=tmp_path, typed=PASSWORD)
    made = gyre("token", "create", "Ada", "--name", "ci", "--days", "7", data=tmp_path)
    assert is_well_formed(made.stdout.strip())
    assert made.stderr.startswith("made ci for ada, until 20")
    narrowing = ("--action", "view", "--resource", "kustomizations", "--resource", "ks", "--cluster", "default")
    wrong = gyre("token", "create", "ada", "--name", "x", *narrowing, data=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "'ks' is not a resource" in wrong.stderr
    narrowed = gyre("token", "create", "ada", "--name", "view", *narrowing[:4], "--json", data=tmp_path)
    told = json.loads(narrowed.stdout)
    assert told["scope"] == [
        {"clusters": ["*"], "resources": ["kustomizations"], "namespaces": ["*"], "actions": ["view"]}
    ]
    secret = told.pop("secret")
    listed = gyre("token", "list", "ada", "--json", data=tmp_path).stdout
    assert [each["name"] for each in json.loads(listed)] == ["view", "ci"]
    assert json.loads(listed)[0] == told
    assert secret not in listed
    line, other = gyre("token", "list", data=tmp_path).stdout.splitlines()
    assert line.startswith(f"{told['id']}  ada  view  {told['hint']}…  until 20")
    assert line.endswith("never used  narrowed")
    assert other.endswith("never used")
    assert gyre("token", "revoke", told["id"], data=tmp_path).stdout == "revoked view of ada\n"
    again = gyre("token", "revoke", told["id"], data=tmp_path)
    assert (again.returncode, again.stderr) == (1, f"gyre: there is no API token '{told['id']}'\n")


def test_nobody_has_no_tokens(tmp_path: Path) -> None:
    gyre("user", "add", "ada", "--password-stdin", data=tmp_path, typed=PASSWORD)
    assert gyre("token", "list", data=tmp_path).stderr == "there are no API tokens\n"
    unknown = gyre("token", "create", "bob", "--name", "ci", data=tmp_path)
    assert (unknown.returncode, unknown.stderr) == (1, "gyre: there is no user bob\n")
