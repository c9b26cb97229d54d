"""What can be done about how people come in.

Who may is decided in resolvers; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from resolvers import accounts
from schema.refusing import refusals
from schema.types.accounts import Identity, IdentityInput, IdentityPayload
from schema.types.declare import mutation, object_type

Info = strawberry.Info
GIVEN = strawberry.argument(description="What.")


@object_type
class AccountMutation:
    """What can be done about how people come in."""

    @mutation("Let a user sign in as this subject of a provider. For administrators.")
    async def link_identity(self, info: Info, input: Annotated[IdentityInput, GIVEN]) -> IdentityPayload:  # noqa: A002
        """Link a user."""
        identity = None
        with refusals() as errors:
            linked = await accounts.link(info.context, input.user_id, input.provider, input.subject)
            identity = Identity.of(linked)
        return IdentityPayload(identity=identity, errors=errors)

    @mutation("Let nobody sign in as this user by this subject of a provider any more. For administrators.")
    async def unlink_identity(self, info: Info, input: Annotated[IdentityInput, GIVEN]) -> IdentityPayload:  # noqa: A002
        """Unlink a user."""
        identity = None
        with refusals() as errors:
            gone = await accounts.unlink(info.context, input.user_id, input.provider, input.subject)
            identity = Identity.of(gone)
        return IdentityPayload(identity=identity, errors=errors)
