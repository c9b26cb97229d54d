"""How people come in: who they are to sign-in providers.

What they are and how they are kept is gyre.people's.
"""

from typing import Self

import strawberry

from gyre.people.identities import Linked
from schema.types.actions import MutationError
from schema.types.declare import described, input_type, object_type


@object_type
class Identity:
    """Who a user is to a sign-in provider: whoever it vouches for as this subject signs in as the user."""

    user_id: strawberry.ID = described("The user's id.")
    username: str = described("The user's name.")
    issuer: str = described("The provider's address.")
    subject: str = described("What the provider calls them; it never changes.")

    @classmethod
    def of(cls, linked: Linked) -> Self:
        """An identity as gyre.people has it."""
        user_id = strawberry.ID(linked.user_id)
        return cls(user_id=user_id, username=linked.username, issuer=linked.issuer, subject=linked.subject)


@input_type
class IdentityInput:
    """Who somebody is to a sign-in provider."""

    user_id: strawberry.ID = described("The user's id.")
    provider: str = described("The provider's id, as it is configured.")
    subject: str = described("What the provider calls them; somebody new is told it when they come.")


@object_type
class IdentityPayload:
    """The answer to linking and unlinking."""

    identity: Identity | None = described("The identity, when it worked.")
    errors: list[MutationError] = described("Why it did not work.")
