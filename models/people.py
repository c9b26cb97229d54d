"""Who may sign in, and who is signed in.

What a role may do is gyre.access's; how a password becomes a hash is gyre.auth's.
"""

import uuid

from tortoise import fields
from tortoise.models import Model

from gyre.terms.people import Role


class User(Model):
    """One person. `password_hash` is None for who cannot sign in with a password."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    username = fields.CharField(max_length=64, unique=True)
    display_name = fields.CharField(max_length=128, null=True)
    email = fields.CharField(max_length=254, null=True)
    role = fields.CharEnumField(Role, max_length=16, description="admin, editor, viewer or member")
    password_hash = fields.CharField(max_length=255, null=True)
    must_change_password = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    signed_in_at = fields.DatetimeField(null=True)

    sessions: fields.ReverseRelation["Session"]

    class Meta:
        """Names the table."""

        table = "users"


class Session(Model):
    """One sign-in. It is over when `ended_at` is set, after `expires_at`, or when idle for too long since `seen_at`."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", db_index=True
    )
    user_id: uuid.UUID
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_because = fields.CharField(max_length=64, default="")
    address = fields.CharField(max_length=64, default="")
    user_agent = fields.CharField(max_length=255, default="")
    provider = fields.CharField(max_length=32, null=True)
    id_token = fields.BinaryField(
        null=True
    )  # sealed by gyre.vault; shown to the provider alone, to end the session there

    class Meta:
        """Names the table."""

        table = "sessions"


class Version(Model):
    """A number for each topic that is raised with every change of it: processes compare it to know when to re-read."""

    topic = fields.CharField(primary_key=True, max_length=32)
    n = fields.BigIntField(default=0)

    class Meta:
        """Names the table."""

        table = "versions"
