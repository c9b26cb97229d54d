"""Signing in through an OpenID provider.

How a provider is asked, and when its answer is believed, is gyre.auth.oidc's; which user it is, gyre.people's.
"""

import logging
from collections.abc import Mapping

from gyre.audit import Deed, refused
from gyre.auth.oidc import Arrived, Departure
from gyre.auth.sessions import Begun
from gyre.errors import AccountDisabled, GyreError, NoAccount, NoSuchProvider, ProviderUnavailable, SignInFailed
from gyre.identity_providers import IdentityProvider
from resolvers.context import Context

log = logging.getLogger(__name__)


def providers(context: Context) -> list[IdentityProvider]:
    """Those one can sign in through; anyone may know."""
    return context.services.providers.all()


async def depart(context: Context, provider_id: str, return_to: str | None) -> Departure:
    """Where to send the browser. Raises NoSuchProvider or ProviderUnavailable."""
    try:
        return await context.services.providers.depart(provider_id, return_to)
    except (NoSuchProvider, ProviderUnavailable) as error:
        await _failed(context, provider_id, None, error)
        raise


async def arrive(context: Context, provider_id: str, answer: Mapping[str, str], cookie: str | None) -> str:
    """A new session for who comes back from a provider: where they wanted to go.

    Raises NoSuchProvider, ProviderUnavailable, SignInLapsed, SignInFailed, NoAccount or AccountDisabled.
    """
    services, arrived = context.services, None
    try:
        arrived = await services.providers.arrive(provider_id, answer, cookie)
        welcomed = await services.directory.identities.welcome(arrived.arrival)
        details = {"provider": provider_id, "subject": arrived.arrival.subject, **welcomed.changed}
        if arrived.left_out:
            log.warning("provider %s left claims out for their size: %s", provider_id, ", ".join(arrived.left_out))
            details["leftOut"] = list(arrived.left_out)
        begun = Begun(provider=provider_id, id_token=arrived.id_token, details=details)
        done = await services.sessions.begin(welcomed.user_id, context.facts, begun=begun)
    except (NoSuchProvider, ProviderUnavailable, SignInFailed, NoAccount, AccountDisabled) as error:
        await _failed(context, provider_id, arrived, error)
        raise
    context.signed_in_now, context.principal = done, done.principal
    return arrived.return_to


async def _failed(context: Context, provider_id: str, arrived: Arrived | None, error: GyreError) -> None:
    reason = error.why if isinstance(error, SignInFailed | ProviderUnavailable) else error.message
    log.warning("nobody was signed in through provider %s: %s", provider_id[:64], reason)
    details = {"provider": provider_id[:64]} | ({"subject": arrived.arrival.subject} if arrived else {})
    claimed = arrived.arrival.username if arrived else ""
    deed = Deed(action="sign-in", who=None, claimed=claimed, facts=context.facts, details=details)
    await refused(deed, clock=context.services.clock, reason=reason, told=error)
