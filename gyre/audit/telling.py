"""A deed as JSON tells it: in an export, over REST, line by line.

Which deeds are told is asked of reading.
"""

from datetime import UTC, datetime

from gyre.audit.reading import Record


def told(record: Record) -> dict[str, object]:
    """Everything that is known of a deed, its places in the chain included."""
    begun, ended = record.begun, record.ended
    return {
        "id": begun.id,
        "at": _moment(begun.at),
        "endedAt": _moment(record.ended_at),
        "outcome": record.outcome.value,
        "action": begun.action,
        "username": begun.username,
        "userId": begun.user_id or None,
        "address": begun.address,
        "requestId": begun.request_id,
        "cluster": begun.cluster,
        "kind": begun.kind,
        "namespace": begun.namespace,
        "name": begun.name,
        "reason": record.reason,
        "details": record.details,
        "changes": record.changes,
        "chain": begun.chain,
        "number": begun.n,
        "hash": begun.hash,
        "end": {"number": ended.n, "hash": ended.hash} if ended else None,
    }


def _moment(at: datetime | None) -> str | None:
    """To the microsecond, as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None
