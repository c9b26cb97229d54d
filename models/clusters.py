"""The clusters that were added while Gyre ran. Those that the operator gives from outside have no row.

What may be kept of an uploaded kubeconfig is gyre.kube's, how it is sealed gyre.vault's.
"""

import uuid

from tortoise import fields
from tortoise.models import Model


class StoredCluster(Model):
    """One added cluster. `sealed` opens only for this row; `revision` grows when it has to be connected anew."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    name = fields.CharField(max_length=63, unique=True)
    sealed = fields.BinaryField()
    revision = fields.IntField(default=1)
    server = fields.CharField(max_length=300)
    context = fields.CharField(max_length=253)
    impersonate = fields.BooleanField(default=False)
    added_by = fields.CharField(max_length=64)
    added_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    tested_at = fields.DatetimeField(null=True)
    tested_code = fields.CharField(max_length=64, default="")
    tested_message = fields.TextField(default="")

    class Meta:
        """Names the table."""

        table = "clusters"
