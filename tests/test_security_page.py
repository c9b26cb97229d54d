"""SECURITY.md promises tests by name: each is there, and the page is where people look for it."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text()


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert len(named) > 30
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


def test_what_it_links_to_is_there_and_the_readme_links_to_it() -> None:
    assert [each for each in re.findall(r"\]\(([\w/.]+)\)", PAGE) if not (ROOT / each).exists()] == []
    assert "[SECURITY.md](SECURITY.md)" in (ROOT / "README.md").read_text()


def test_every_threat_says_what_defends_and_what_tries_it() -> None:
    table = PAGE.partition("## What is defended")[2].partition("## What is not defended")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 12
    for row in rows:
        threat, defence, tried = (cell.strip() for cell in row.strip("|").split("|"))
        assert threat
        assert len(defence) > 40
        assert "`tests/" in tried
