"""The database the audit is in, for what is asked of it in SQL.

Who asks is opened's and reading's.
"""

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient

from models.auditing import AuditEntry


def audit_connection() -> BaseDBAsyncClient:
    """The open connection."""
    return Tortoise.get_connection(AuditEntry._meta.default_connection or "")  # noqa: SLF001 # no public way
