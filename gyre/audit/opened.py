"""What a start finds in the audit: deeds whose end is not known, and how far the other chains are.

An intent without an outcome is a write that was under way when its process stopped; the cluster may have done it.
"""

from dataclasses import dataclass
from typing import Final

from gyre.audit.connecting import audit_connection
from gyre.clock import rfc3339
from models.asking import asking_the_database
from models.auditing import AuditEntry, Phase

MOST_NAMED: Final = 100
"""Open deeds named at one start. What is more is counted, and named by the starts after it."""

LOOKED_AT: Final = 10_000
"""Of the newest entries: the chains among them are those that a start is a witness of."""

MOST_HEADS: Final = 50

START: Final = "start"

_OPEN: Final = (
    "FROM audit_entries i WHERE i.phase = 'intent' AND i.id > {after} AND NOT EXISTS "
    "(SELECT 1 FROM audit_entries o WHERE o.intent_id = i.id)"
)
_HEADS: Final = (
    "SELECT h.chain AS chain, h.n AS n, h.hash AS hash FROM audit_entries h JOIN (SELECT max(e.id) AS id FROM"
    " (SELECT chain, id FROM audit_entries ORDER BY id DESC LIMIT {some}) e"
    " WHERE e.chain IS NOT NULL GROUP BY e.chain ORDER BY max(e.id) DESC LIMIT {most}) newest ON newest.id = h.id"
    " ORDER BY h.id DESC"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """What was found: the deeds to be named, how many there are, up to which entry, and the other chains' heads."""

    deeds: tuple[AuditEntry, ...]
    total: int
    up_to: int
    heads: tuple[dict[str, object], ...]

    def details(self) -> dict[str, object]:
        """As it stands in the entry of the start."""
        named = [each.id for each in self.deeds]
        return {"open": named, "openTotal": self.total, "upTo": self.up_to, "heads": list(self.heads)}


async def left_open() -> LeftOpen:
    """The deeds left open since what the start before this one named."""
    connection = audit_connection()
    with asking_the_database():
        before = await AuditEntry.filter(action=START, phase=Phase.NOTED, user_id="").order_by("-id").first()
        last = await AuditEntry.all().order_by("-id").first()
        told = before.details.get("upTo") if before else 0
        open_ = _OPEN.format(after=told if isinstance(told, int) else 0)
        asked = f"SELECT i.id AS id {open_} ORDER BY i.id LIMIT {MOST_NAMED}"
        ids = [int(row["id"]) for row in await connection.execute_query_dict(asked)]
        total = len(ids)
        if total == MOST_NAMED:
            total = int((await connection.execute_query_dict(f"SELECT count(*) AS found {open_}"))[0]["found"])
        deeds = tuple(await AuditEntry.filter(id__in=ids).order_by("id")) if ids else ()
        heads = await connection.execute_query_dict(_HEADS.format(some=LOOKED_AT, most=MOST_HEADS))
    return LeftOpen(
        deeds=deeds,
        total=total,
        up_to=ids[-1] if total > len(ids) else int(last.id) if last else 0,
        heads=tuple({"chain": head["chain"], "n": head["n"], "hash": head["hash"]} for head in heads),
    )


def told(entry: AuditEntry) -> dict[str, object]:
    """Enough of an open deed for a line in the log."""
    on = f"{entry.cluster}: {entry.kind}/{entry.namespace}/{entry.name}" if entry.name else ""
    return {
        "entry": entry.id,
        "at": rfc3339(entry.at),
        "action": entry.action,
        "who": entry.username,
        "on": on,
        "request": entry.request_id,
    }
