"""Reads deeds back: pages of them, how many there are, and all of them one after another.

An intent and its outcome are one deed. What may be asked is asking's; who may, is decided in resolvers.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.audit.asking import EVERYTHING, AuditFilter, AuditPart, Outcome, cursor_of
from gyre.audit.connecting import audit_connection
from gyre.audit.entries import settled
from models.asking import asking_the_database
from models.auditing import AuditEntry, Phase

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One deed: who, from where, what, on which object, and how it ended, when that is known."""

    begun: AuditEntry
    ended: AuditEntry | None
    outcome: Outcome

    @property
    def reason(self) -> str:
        """Why it was refused or failed."""
        return str((self.ended or self.begun).reason)

    @property
    def details(self) -> dict[str, object]:
        """What else is known of it."""
        return (self.ended or self.begun).details

    @property
    def changes(self) -> list[dict[str, object]]:
        """What it changed: path, before, after."""
        return (self.ended or self.begun).changes or []

    @property
    def ended_at(self) -> datetime | None:
        """When it was known how it ended."""
        return self.ended.at if self.ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page, the newest first."""

    records: tuple[Record, ...]
    has_next: bool

    @property
    def end_cursor(self) -> str | None:
        """`after` for the next page."""
        return cursor_of(int(self.records[-1].begun.id)) if self.records else None


async def page(asked: AuditFilter, part: AuditPart) -> AuditPage:
    """One page of what is asked for, with all that was told up to now."""
    asked.check()
    part.check()
    await settled()
    where = _Where(audit_connection(), asked)
    older = part.older_than()
    if older is not None:
        where.also("e.id < {}", older)
    with asking_the_database():
        ids = await where.ids("DESC", part.first + 1)
        records = await _records(ids[: part.first])
    return AuditPage(records=records, has_next=len(ids) > part.first)


async def count(asked: AuditFilter) -> int:
    """How many deeds there are of what is asked for."""
    asked.check()
    with asking_the_database():
        return await _Where(audit_connection(), asked).count()


async def everything(asked: AuditFilter = EVERYTHING) -> AsyncIterator[Record]:
    """All deeds asked for, the oldest first, as they were told up to now."""
    asked.check()
    await settled()
    last = 0
    while True:
        where = _Where(audit_connection(), asked)
        where.also("e.id > {}", last)
        with asking_the_database():
            ids = await where.ids("ASC", AT_ONCE)
            records = await _records(ids)
        for record in records:
            yield record
        if len(ids) < AT_ONCE:
            return
        last = ids[-1]


async def _records(ids: Sequence[int]) -> tuple[Record, ...]:
    if not ids:
        return ()
    begun = {int(entry.id): entry for entry in await AuditEntry.filter(id__in=list(ids))}
    intents = [number for number, entry in begun.items() if entry.phase is Phase.INTENT]
    ends = await AuditEntry.filter(intent_id__in=intents).order_by("id") if intents else []
    ended = {int(entry.intent_id or 0): entry for entry in ends}
    found = [(begun[number], ended.get(number)) for number in ids if number in begun]
    return tuple(Record(begun=one, ended=end, outcome=_outcome(one, end)) for one, end in found)


def _outcome(begun: AuditEntry, ended: AuditEntry | None) -> Outcome:
    if begun.phase is Phase.REFUSED:
        return Outcome.REFUSED
    if begun.phase is Phase.INTENT:
        return Outcome.OPEN if ended is None else Outcome.SUCCEEDED if ended.succeeded else Outcome.FAILED
    return Outcome.SUCCEEDED


_END: Final = "SELECT 1 FROM audit_entries o WHERE o.intent_id = e.id"
_OF: Final = {
    Outcome.REFUSED: "e.phase = 'refused'",
    Outcome.OPEN: f"(e.phase = 'intent' AND NOT EXISTS ({_END}))",
    Outcome.SUCCEEDED: f"(e.phase = 'noted' OR (e.phase = 'intent' AND EXISTS ({_END} AND o.succeeded)))",
    Outcome.FAILED: f"(e.phase = 'intent' AND EXISTS ({_END} AND NOT o.succeeded))",
}
_SAID: Final = ("e.username", "e.name", "e.action", "e.reason", "e.address", "e.request_id", "CAST(e.details AS TEXT)")


class _Where:
    """The condition, with its values apart from it, as the dialect marks them."""

    def __init__(self, connection: BaseDBAsyncClient, asked: AuditFilter) -> None:
        self._connection = connection
        self._on_postgres = connection.capabilities.dialect == "postgres"
        self._values: list[object] = []
        self._parts = ["e.phase <> 'outcome'"]
        self._either(("e.user_id", "lower(e.username)"), [each.lower() for each in asked.who])
        self._either(("e.action",), asked.actions)
        self._either(("e.cluster",), asked.clusters)
        self._kinds(asked.kinds)
        self._either(("e.namespace",), asked.namespaces)
        self._either(("e.name",), asked.names)
        if asked.outcomes:
            self._parts.append(f"({' OR '.join(_OF[each] for each in asked.outcomes)})")
        for condition, moment in (("e.at >= {}", asked.since), ("e.at < {}", asked.until)):
            if moment is not None:
                self.also(condition, moment)
        if asked.text:
            self._says(asked.text)

    def also(self, condition: str, *values: object) -> None:
        """And this, too."""
        self._parts.append(condition.format(*(self._mark(value) for value in values)))

    async def ids(self, order: str, most: int) -> list[int]:
        """The numbers of the deeds that fulfil it."""
        asked = f"SELECT e.id FROM audit_entries e WHERE {self._text} ORDER BY e.id {order} LIMIT {most}"  # noqa: S608 # values are apart
        return [int(row["id"]) for row in await self._connection.execute_query_dict(asked, self._values)]

    async def count(self) -> int:
        """How many fulfil it."""
        asked = f"SELECT count(*) AS found FROM audit_entries e WHERE {self._text}"  # noqa: S608 # values are apart
        return int((await self._connection.execute_query_dict(asked, self._values))[0]["found"])

    @property
    def _text(self) -> str:
        return " AND ".join(self._parts)

    def _mark(self, value: object) -> str:
        if isinstance(value, datetime) and not self._on_postgres:
            value = value.isoformat(" ")  # as Tortoise keeps a moment there
        self._values.append(value)
        return f"${len(self._values)}" if self._on_postgres else "?"

    def _either(self, columns: Sequence[str], values: Sequence[str]) -> None:
        if values:
            each = [f"{column} IN ({', '.join(self._mark(value) for value in values)})" for column in columns]
            self._parts.append(f"({' OR '.join(each)})")

    def _kinds(self, kinds: Sequence[str]) -> None:
        each = [
            part
            for kind in kinds
            for part in (
                f"e.kind = {self._mark(kind)}",
                f"e.kind LIKE {self._mark(f'{_literally(kind)}.%')} ESCAPE '!'",
            )
        ]
        if each:
            self._parts.append(f"({' OR '.join(each)})")

    def _says(self, text: str) -> None:
        pattern = f"%{_literally(text.lower())}%"
        said = [f"lower({column}) LIKE {self._mark(pattern)} ESCAPE '!'" for column in _SAID]
        said.append(f"EXISTS ({_END} AND lower(o.reason) LIKE {self._mark(pattern)} ESCAPE '!')")
        self._parts.append(f"({' OR '.join(said)})")


def _literally(text: str) -> str:
    """Without a meaning for LIKE."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
