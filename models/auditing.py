"""What was done: rows that are added and never changed.

What is worth a row is gyre.audit's.
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
    """Who did what, from where, on which object, and how it ended. It outlives the people and objects it names."""

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

    class Meta:
        """Names the table."""

        table = "audit_entries"
        indexes = (("cluster", "kind", "namespace", "name"),)
