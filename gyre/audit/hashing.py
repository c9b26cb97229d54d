"""How entries of one chain hang together: each one's hash covers what it says and the hash before it.

Who writes a chain is ledger's; who checks one is verifying's.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import orjson

NOTHING_BEFORE: Final = ""
"""Stands for the hash before a chain's first entry."""

COVERED: Final = (
    "chain",
    "n",
    "at",
    "phase",
    "intent_id",
    "user_id",
    "username",
    "address",
    "request_id",
    "action",
    "cluster",
    "kind",
    "namespace",
    "name",
    "succeeded",
    "reason",
    "details",
    "changes",
)
"""All that an entry says. The number the database gave it is not known when it is hashed; it only ever grows."""


def hash_of(before: str, content: Mapping[str, object]) -> str:
    """The hash of an entry behind the one with the hash `before`; its phase counts as the word it is kept as."""
    said = [before, *(_plain(content[name]) for name in COVERED)]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: object) -> object:
    """A moment to the microsecond, which both databases keep, whatever zone it is told in."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
