"""What one may ask of the Events kept: which, and from where on. The newest always come first.

Whether names in it mean anything (a kind, a cluster) is checked where it is answered.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

from gyre.errors import Invalid
from gyre.fleet.queries import LARGEST_PAGE, LONGEST_VALUE, MOST_VALUES
from gyre.terms.events import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What an Event must fulfil: one of each list (an empty list asks nothing), all words of the text.

    `kinds`, `namespaces` and `names` are of the object it is about: kinds by any of their names, the others exactly or
    by glob. `since` is the earliest moment it was last told.
    """

    clusters: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    types: tuple[EventType, ...] = ()
    reasons: tuple[str, ...] = ()
    text: str = ""
    since: str = ""

    def check(self) -> None:
        """Raise Invalid for what is too long to be meant, or no moment."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and len(value) > MOST_VALUES:
                raise Invalid(f"The filter `{field.name}` takes at most {MOST_VALUES} values.")
        values = (*self.clusters, *self.kinds, *self.namespaces, *self.names, *self.reasons, self.text, self.since)
        if max(map(len, values)) > LONGEST_VALUE:
            raise Invalid(f"A value of a filter has at most {LONGEST_VALUE} characters.")
        self.earliest  # noqa: B018 # raises

    @property
    def earliest(self) -> str:
        """`since` as places are compared: in UTC, without the zone; empty when it is not given."""
        if not self.since:
            return ""
        try:
            moment = datetime.fromisoformat(self.since)
            if moment.tzinfo is not None:
                text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
                return text.rstrip("0") if "." in text else text
        except (ValueError, OverflowError):
            pass
        message = "`since` is a moment with its time zone, as 2026-01-31T12:00:00Z."
        raise Invalid(message, details={"path": ["since"]})


NO_EVENT_FILTER: Final = EventFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Up to `limit` Events after the cursor `after`, or after the newest `offset`."""

    limit: int = 50
    after: str | None = None
    offset: int = 0

    def check(self) -> None:
        """Raise Invalid for what cannot be answered."""
        if not 0 <= self.limit <= LARGEST_PAGE:
            raise Invalid(f"A page has between 0 and {LARGEST_PAGE} events.")
        if self.offset < 0:
            raise Invalid("An offset is not negative.")
        if self.after is not None and self.offset:
            raise Invalid("Give either `after` or `offset`: a page begins in one place.")


FIRST_PART: Final = Part()
