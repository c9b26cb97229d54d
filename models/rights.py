"""What people were given: groups, policies, and who is bound to which policy where.

What a rule means is gyre.access's; which names may stand in one is checked there before it comes here.
"""

import uuid

from tortoise import fields
from tortoise.models import Model

from models.people import User

Rules = list[dict[str, list[str]]]
"""`[{"resources": […], "namespaces": […], "actions": […]}]`, each list checked when it was written."""


class Group(Model):
    """Several users who are given policies as one."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    name = fields.CharField(max_length=64, unique=True)
    description = fields.CharField(max_length=1000, default="")
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        """Names the table."""

        table = "groups"


class Membership(Model):
    """One user in one group."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField("models.Group", related_name="memberships")
    group_id: uuid.UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="memberships", db_index=True
    )
    user_id: uuid.UUID

    class Meta:
        """Names the table; nobody is in a group twice."""

        table = "memberships"
        unique_together = (("group", "user"),)


class Policy(Model):
    """Rules under a name."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    name = fields.CharField(max_length=64, unique=True)
    description = fields.CharField(max_length=1000, default="")
    rules: fields.JSONField[Rules] = fields.JSONField()
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        """Names the table."""

        table = "policies"


class Binding(Model):
    """A policy given to a user or to a group, never to both, on one cluster or on `*`."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    policy: fields.ForeignKeyRelation[Policy] = fields.ForeignKeyField("models.Policy", related_name="bindings")
    policy_id: uuid.UUID
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="bindings", null=True, db_index=True
    )
    user_id: uuid.UUID | None
    group: fields.ForeignKeyNullableRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="bindings", null=True, db_index=True
    )
    group_id: uuid.UUID | None
    cluster = fields.CharField(max_length=253)
    created_at = fields.DatetimeField()

    class Meta:
        """Names the table; nothing is given twice."""

        table = "bindings"
        unique_together = (("policy", "user", "cluster"), ("policy", "group", "cluster"))
