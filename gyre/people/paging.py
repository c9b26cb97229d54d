"""A part of a list that administrators look through: by a word, from an offset.

Pages of Flux objects are gyre.fleet's.
"""

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from tortoise.queryset import QuerySet

from gyre.errors import Invalid

T = TypeVar("T")

LARGEST_PART: Final = 1_000
LARGEST_OFFSET: Final = 1_000_000
LONGEST_TEXT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Those with this text in their name, `first` of them from an offset on."""

    text: str = ""
    first: int = 50
    offset: int = 0

    def check(self) -> None:
        """Invalid for what cannot be meant."""
        if not 1 <= self.first <= LARGEST_PART:
            raise Invalid(f"`first` is a whole number from 1 to {LARGEST_PART}.", details={"path": ["first"]})
        if not 0 <= self.offset <= LARGEST_OFFSET:
            raise Invalid(f"`offset` is a whole number from 0 to {LARGEST_OFFSET}.", details={"path": ["offset"]})
        if len(self.text) > LONGEST_TEXT or not self.text.isprintable():
            message = f"`text` has at most {LONGEST_TEXT} characters that can be printed."
            raise Invalid(message, details={"path": ["text"]})


ALL: Final = Wanted(first=1_000_000)
"""For those who list what is bounded where it is made."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """What was found, and how many there are in all."""

    items: tuple[T, ...]
    total: int


async def part_of(rows: QuerySet[Any], wanted: Wanted) -> tuple[list[Any], int]:
    """The rows asked for, in the order they have, and how many there are."""
    found = await rows.offset(wanted.offset).limit(wanted.first)
    return list(found), await rows.count()
