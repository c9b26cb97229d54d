"""API tokens, and from where each was used.

What a token's scope leaves of its owner's rights is gyre.access's; how a token is checked is gyre.auth's.
"""

import uuid

from tortoise import fields
from tortoise.models import Model

from models.people import User

Scope = list[dict[str, list[str]]]
"""`[{"clusters": […], "resources": […], "namespaces": […], "actions": […]}]`, checked when it was written."""


class ApiToken(Model):
    """One token of a user. Of its text only a digest is kept; a scope of None is all its owner may do."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="tokens", db_index=True)
    user_id: uuid.UUID
    name = fields.CharField(max_length=64)
    hint = fields.CharField(max_length=16)
    digest = fields.CharField(max_length=64, unique=True)
    scope: fields.JSONField[Scope | None] = fields.JSONField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)
    used_from = fields.CharField(max_length=64, default="")
    revoked_at = fields.DatetimeField(null=True)
    revoked_because = fields.CharField(max_length=100, default="")

    class Meta:
        """Names the table."""

        table = "api_tokens"


class TokenUse(Model):
    """When a token was last seen from an address: the row that one process of many may renew once an hour."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    token: fields.ForeignKeyRelation[ApiToken] = fields.ForeignKeyField("models.ApiToken", related_name="uses")
    token_id: uuid.UUID
    address = fields.CharField(max_length=64)
    used_at = fields.DatetimeField(db_index=True)

    class Meta:
        """Names the table; an address stands once for a token."""

        table = "token_uses"
        unique_together = (("token", "address"),)
