"""What was done: rows that are added and never changed, and what was signed of them.

What is worth a row, and how rows hang together, is gyre.audit's.
"""

from enum import Enum

from tortoise import fields
from tortoise.models import Model


class Phase(Enum):
    """INTENT stands before a write and has one OUTCOME after it; REFUSED and NOTED stand alone."""

    INTENT = "intent"
    OUTCOME = "outcome"
    REFUSED = "refused"
    NOTED = "noted"


class AuditEntry(Model):
    """Who did what, from where, on which object, and how it ended. It outlives the people and objects it names.

    `chain`, `n` and `hash` are null in entries from before there were chains.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(db_index=True)
    phase = fields.CharEnumField(Phase, max_length=8, description="intent, outcome, refused or noted")
    intent_id = fields.BigIntField(null=True, db_index=True)
    user_id = fields.CharField(max_length=36, default="", db_index=True)
    username = fields.CharField(max_length=64, default="")
    address = fields.CharField(max_length=64, default="")
    request_id = fields.CharField(max_length=64, default="")
    action = fields.CharField(max_length=64)
    cluster = fields.CharField(max_length=253, default="")
    kind = fields.CharField(max_length=253, default="")
    namespace = fields.CharField(max_length=253, default="")
    name = fields.CharField(max_length=253, default="")
    succeeded = fields.BooleanField(null=True)
    reason = fields.TextField(default="")
    details: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    changes: fields.JSONField[list[dict[str, object]] | None] = fields.JSONField(null=True)
    chain = fields.CharField(max_length=36, null=True)
    n = fields.BigIntField(null=True)
    hash = fields.CharField(max_length=64, null=True)

    class Meta:
        """Names the table."""

        table = "audit_entries"
        indexes = (("cluster", "kind", "namespace", "name"), ("chain", "n"))


class AuditCheckpoint(Model):
    """A signature under a chain as it was: its n-th entry had this hash. `prunes` when what is before it may go."""

    id = fields.BigIntField(primary_key=True)
    chain = fields.CharField(max_length=36)
    n = fields.BigIntField()
    hash = fields.CharField(max_length=64)
    at = fields.DatetimeField()
    prunes = fields.BooleanField()
    signature = fields.TextField()

    class Meta:
        """Names the table."""

        table = "audit_checkpoints"
        indexes = (("chain", "n"),)
