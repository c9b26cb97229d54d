"""docs/access.md, read as the tests need it: its roles, what their lack leads to, and the calls it lists.

What is compared with it: tests/test_access_page.py (the source) and tests/cluster/test_permissions.py (a real cluster).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gyre.flux.kinds import GROUPS

PAGE = (Path(__file__).parents[2] / "docs" / "access.md").read_text()
FLUX = "Flux kinds"
Rule = dict[str, list[str]]


@dataclass(frozen=True, order=True)
class Permission:
    """One verb on what one rule of a role is about."""

    role: str
    verb: str
    on: str

    def __str__(self) -> str:
        return f"{self.role} without {self.verb} {self.on}"


@dataclass(frozen=True, order=True)
class OwnCall:
    """One call with Gyre's own rights."""

    where: str
    what: str
    why: str


def roles() -> dict[str, list[Rule]]:
    """The rules of each ClusterRole on the page."""
    found: dict[str, list[Rule]] = {}
    for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL):
        document: dict[str, Any] = yaml.safe_load(block)
        assert document["kind"] == "ClusterRole"
        found[document["metadata"]["name"]] = document["rules"]
    return found


def permissions() -> dict[Permission, str]:
    """What the page says of each permission's lack."""
    lines = re.findall(r"^\| `(\S+)` \| `(\w+)` of `([^`]+)` \| (.+) \|$", PAGE, flags=re.MULTILINE)
    return {Permission(role, verb, on): shows for role, verb, on, shows in lines}


def granted() -> list[Permission]:
    """Every permission that a role on the page has."""
    return [
        Permission(role, verb, about(rule))
        for role, rules in roles().items()
        for rule in rules
        for verb in rule["verbs"]
    ]


def about(rule: Rule) -> str:
    """What a rule is about, as the page calls it."""
    return FLUX if set(rule["apiGroups"]) == set(GROUPS) else ", ".join(rule["resources"])


def without(lacking: Permission) -> list[Rule]:
    """The rules of its role without this one permission."""
    left = [
        {**rule, "verbs": [verb for verb in rule["verbs"] if (verb, about(rule)) != (lacking.verb, lacking.on)]}
        for rule in roles()[lacking.role]
    ]
    return [rule for rule in left if rule["verbs"]]


def own_calls() -> list[OwnCall]:
    """The calls that the page lists."""
    section = PAGE.partition("## Calls with Gyre's own rights")[2]
    return [OwnCall(*cells) for cells in re.findall(r"^\| `(\S+)` \| `(\S+)` \| (.+) \|$", section, flags=re.MULTILINE)]
