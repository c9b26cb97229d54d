"""What a start finds in the audit: deeds whose end is not known, and how far the other chains are.

An intent without an outcome is a write that was under way when its process stopped; the cluster may have done it.
"""

from dataclasses import dataclass
from typing import Final

from tortoise import Tortoise

from gyre.clock import rfc3339
from models.asking import asking_the_database
from models.auditing import AuditEntry, Phase

MOST_TOLD: Final = 100
"""Open deeds told of one by one."""

LOOKED_AT: Final = 10_000
"""Of the newest entries: the chains among them are those that a start is a witness of."""

MOST_HEADS: Final = 50

START: Final = "start"

_OPEN: Final = (
    "SELECT i.id FROM audit_entries i WHERE i.phase = 'intent' AND i.id > {after} AND NOT EXISTS "
    "(SELECT 1 FROM audit_entries o WHERE o.intent_id = i.id) ORDER BY i.id LIMIT {most}"
)
_HEADS: Final = (
    "SELECT e.chain AS chain, max(e.n) AS n FROM (SELECT chain, n, id FROM audit_entries ORDER BY id DESC LIMIT {some})"
    " e WHERE e.chain IS NOT NULL GROUP BY e.chain ORDER BY max(e.id) DESC LIMIT {most}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A deed that was meant and has no end."""

    entry: AuditEntry

    def told(self) -> dict[str, object]:
        """Enough of it for a line in the log."""
        entry = self.entry
        on = f"{entry.cluster}: {entry.kind}/{entry.namespace}/{entry.name}" if entry.name else ""
        return {
            "entry": entry.id,
            "at": rfc3339(entry.at),
            "action": entry.action,
            "who": entry.username,
            "on": on,
            "request": entry.request_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """What was found: the deeds, the last entry looked at, and the heads of the other chains."""

    deeds: tuple[Opened, ...]
    up_to: int
    heads: tuple[dict[str, object], ...]

    def details(self) -> dict[str, object]:
        """As it stands in the entry of the start."""
        return {"open": [each.entry.id for each in self.deeds], "upTo": self.up_to, "heads": list(self.heads)}


async def left_open() -> LeftOpen:
    """The deeds left open since the start before this one, which told of those before."""
    connection = Tortoise.get_connection(AuditEntry._meta.default_connection or "")  # noqa: SLF001 # no public way
    with asking_the_database():
        before = await AuditEntry.filter(action=START, phase=Phase.NOTED, user_id="").order_by("-id").first()
        last = await AuditEntry.all().order_by("-id").first()
        told = before.details.get("upTo") if before else 0
        after = told if isinstance(told, int) else 0
        ids = [int(row["id"]) for row in await connection.execute_query_dict(_OPEN.format(after=after, most=MOST_TOLD))]
        entries = await AuditEntry.filter(id__in=ids).order_by("id") if ids else []
        ends = await connection.execute_query_dict(_HEADS.format(some=LOOKED_AT, most=MOST_HEADS))
        heads = [await AuditEntry.filter(chain=end["chain"], n=end["n"]).first() for end in ends]
    return LeftOpen(
        deeds=tuple(Opened(entry=entry) for entry in entries),
        up_to=int(last.id) if last else 0,
        heads=tuple({"chain": head.chain, "n": head.n, "hash": head.hash} for head in heads if head),
    )
