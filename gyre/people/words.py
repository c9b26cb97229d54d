"""What names, descriptions and ids may be written as.

Names of users are users' own matter; names of kinds and actions are gyre.access's.
"""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final
from uuid import UUID

from gyre.errors import Invalid

LONGEST_DESCRIPTION: Final = 1_000
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._@+-]{0,62}[A-Za-z0-9])?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def id_in(text: str) -> UUID | None:
    """The id that a client sends back; None, which is no row's, for what Gyre never gave out."""
    return UUID(text) if _UUID.fullmatch(text) else None


def name_in(text: str, what: str) -> str:
    """The name of a group or policy, or Invalid."""
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"the name of {what} is 1 to 64 letters, digits, spaces and . _ @ + - and begins and ends with a letter "
            "or digit",
            details={"field": "name", "path": ["name"]},
        )
    return name


def description_in(text: str) -> str:
    """A description, or Invalid."""
    if len(text) > LONGEST_DESCRIPTION or not all(sign.isprintable() or sign in "\n\t" for sign in text):
        raise Invalid(
            f"a description has at most {LONGEST_DESCRIPTION} characters that can be printed",
            details={"field": "description", "path": ["description"]},
        )
    return text.strip()


def near(word: str, known: Collection[str]) -> str:
    """` Did you mean …?`, or nothing when nothing is like it."""
    found = get_close_matches(word[:253], sorted(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(found)}?" if found else ""
