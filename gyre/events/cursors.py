"""The one opaque text a client holds for "what I have seen", over all clusters.

Epochs are unique over all clusters, so the text names no cluster: whoever reads it learns of none they may not see.
"""

import re
from collections.abc import Iterable, Mapping

from gyre.errors import Invalid
from gyre.terms.changes import Position

NOTHING = "0"
"""The cursor over no cluster at all."""

LONGEST = 65_536
"""Characters: 2,000 clusters at 32 each. A longer text was not written here."""

_ENTRY = re.compile(r"([0-9a-z]{1,40})\.([0-9]{1,18})", re.ASCII)


def encode(positions: Iterable[Position]) -> str:
    """The text for these positions, one a cluster."""
    return "~".join(f"{position.epoch}.{position.n}" for position in positions) or NOTHING


def decode(text: str) -> Mapping[str, int]:
    """How far each epoch was seen. Raises Invalid for what `encode` never wrote."""
    if text == NOTHING:
        return {}
    if len(text) > LONGEST:
        raise Invalid("This position is longer than any that Gyre gives out; read again without one.")
    seen: dict[str, int] = {}
    for entry in text.split("~"):
        match = _ENTRY.fullmatch(entry)
        if match is None or match[1] in seen:
            raise Invalid("This is not a position that Gyre gave out; read again without one.")
        seen[match[1]] = int(match[2])
    return seen
