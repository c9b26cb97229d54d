"""How people come in other than by a password that an administrator gave them, and what is theirs alone.

What a provider's word is worth is gyre.auth's; what becomes of it is gyre.people's.
"""

import uuid

from tortoise import fields
from tortoise.models import Model

from models.people import User


class Identity(Model):
    """Who a user is to an OpenID provider. The pair of issuer and subject is the only thing that tells."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="identities", db_index=True
    )
    user_id: uuid.UUID
    issuer = fields.CharField(max_length=1024)
    subject = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()
    signed_in_at = fields.DatetimeField(null=True)

    class Meta:
        """Names the table; nobody is two users."""

        table = "identities"
        unique_together = (("issuer", "subject"),)


class ClaimedGroup(Model):
    """A group that a provider put somebody in at their last sign-in, by name: it counts when there is such a group."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    identity: fields.ForeignKeyRelation[Identity] = fields.ForeignKeyField(
        "models.Identity", related_name="claimed_groups"
    )
    identity_id: uuid.UUID
    name = fields.CharField(max_length=64, db_index=True)

    class Meta:
        """Names the table; nobody is in a group twice."""

        table = "claimed_groups"
        unique_together = (("identity", "name"),)


class Invite(Model):
    """A link by which a user sets their own password, once, until it expires. A new one takes the old one's place."""

    user: fields.OneToOneRelation[User] = fields.OneToOneField("models.User", related_name="invite", primary_key=True)
    user_id: uuid.UUID
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        """Names the table."""

        table = "invites"


class Preferences(Model):
    """How somebody likes Gyre to look, as their browsers wrote it; checked and bounded by gyre.people."""

    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="preferences", primary_key=True
    )
    user_id: uuid.UUID
    content: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    changed_at = fields.DatetimeField()

    class Meta:
        """Names the table."""

        table = "preferences"
