"""Who is signed in, and the answers to signing in and out.

Sessions are gyre.auth's.
"""

from typing import Self

import strawberry

from gyre.terms.people import Principal, Role
from schema.types.actions import MutationError
from schema.types.declare import described, object_type


@object_type
class Viewer:
    """You."""

    id: strawberry.ID = described("The user's id.")
    username: str = described("The name you sign in with.")
    role: Role = described("Your built-in role.")
    groups: list[str] = described("The groups you are in.")

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """Who asks."""
        return cls(
            id=strawberry.ID(principal.user_id),
            username=principal.username,
            role=principal.role,
            groups=list(principal.groups),
        )


@object_type
class LoginPayload:
    """The answer to signing in. The session itself is in the cookie `gyre_session`."""

    viewer: Viewer | None = described("You, when it worked.")
    errors: list[MutationError] = described("Why it did not work.")


@object_type
class LogoutPayload:
    """The answer to signing out."""

    errors: list[MutationError] = described("Why it did not work.")
