"""How people come in: who they are to sign-in providers.

What an identity is, and how it is kept, is gyre.people's.
"""

from gyre.people.identities import Linked
from resolvers.administration import administering, require_admin
from resolvers.context import Context


async def identities(context: Context, user_id: str) -> list[Linked]:
    """Who a user is to providers."""
    await require_admin(context, "identity-list", {"userId": user_id})
    return await context.services.directory.identities.of(user_id)


async def link(context: Context, user_id: str, provider_id: str, subject: str) -> Linked:
    """Let a user sign in as this subject."""
    async with administering(context, "identity-link", userId=user_id, provider=provider_id, subject=subject) as found:
        issuer = context.services.providers.one(provider_id).issuer
        linked = await context.services.directory.identities.link(user_id, issuer, subject)
        found["username"] = linked.username
    return linked


async def unlink(context: Context, user_id: str, provider_id: str, subject: str) -> Linked:
    """Let nobody sign in as this subject any more."""
    told = {"userId": user_id, "provider": provider_id, "subject": subject}
    async with administering(context, "identity-unlink", **told) as found:
        issuer = context.services.providers.one(provider_id).issuer
        gone = await context.services.directory.identities.unlink(user_id, issuer, subject)
        found["username"] = gone.username
    return gone
