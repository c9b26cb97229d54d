"""What one may ask of the audit: which deeds, and how each ended.

How it is answered is reading's; who may ask is decided in resolvers.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Final

from gyre.errors import Invalid

MOST_VALUES: Final = 50
LONGEST_VALUE: Final = 253
LARGEST_PAGE: Final = 500


class Outcome(Enum):
    """How a deed ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What a deed must fulfil: one of each list (an empty list asks nothing), and all else that is given.

    `who` is a user's name or id; kinds are as entries hold them (`kustomizations.kustomize.toolkit.fluxcd.io`) or
    their plural alone; `text` stands anywhere in a name, a reason, an address or a detail, in any case.
    """

    who: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    clusters: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""

    def check(self) -> None:
        """Raise Invalid for what is too long to be meant."""
        values = [self.text]
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, tuple):
                continue
            if len(value) > MOST_VALUES:
                raise Invalid(f"The filter `{field.name}` takes at most {MOST_VALUES} values.")
            values += [each for each in value if isinstance(each, str)]
        if any(len(value) > LONGEST_VALUE or "\0" in value for value in values):
            raise Invalid(f"A value of a filter has at most {LONGEST_VALUE} characters and no NUL.")


EVERYTHING = AuditFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPart:
    """A page: so many deeds, the newest first, older than the one the cursor is of."""

    first: int = 50
    after: str | None = None

    def check(self) -> None:
        """Raise Invalid for what cannot be answered."""
        if not 0 <= self.first <= LARGEST_PAGE:
            raise Invalid(f"A page has between 0 and {LARGEST_PAGE} entries.", details={"path": ["first"]})
        self.older_than()

    def older_than(self) -> int | None:
        """The number the cursor stands for."""
        if self.after is None:
            return None
        number = self.after.removeprefix("a")
        if not (self.after.startswith("a") and number.isascii() and number.isdecimal() and len(number) < MOST_DIGITS):
            raise Invalid("`after` is a cursor that Gyre answered, unchanged.", details={"path": ["after"]})
        return int(number)


MOST_DIGITS: Final = 19


def cursor_of(number: int) -> str:
    """What stands for the place behind a deed."""
    return f"a{number}"
