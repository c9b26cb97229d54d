"""What came of encrypting anew what other keys than the first encrypted.

Each room does it with its own rows; when, `gyre secrets` knows.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many were encrypted anew, how many had been, and the names of those that nobody can open."""

    renewed: int = 0
    current: int = 0
    lost: tuple[str, ...] = ()

    def __add__(self, other: "Resealed") -> "Resealed":
        return Resealed(
            renewed=self.renewed + other.renewed, current=self.current + other.current, lost=self.lost + other.lost
        )
