"""API tokens: one's own, and for administrators anyone's.

How they are kept is gyre.people's; whose a token is that comes with a request is gyre.auth's.
"""

from gyre.access.administering import may_administer
from gyre.access.rules import NAMES_IN_A_RULE
from gyre.audit import Deed, differences, recorded, refused
from gyre.errors import NoSuchToken
from gyre.people.tokens import MOST_RULES, NamedToken, NewToken, ScopeDraft, TokenDraft
from resolvers.context import Context
from resolvers.people import require_own_account, require_session, whose
from resolvers.states import of_token


async def tokens(context: Context, user_id: str | None = None) -> list[NamedToken]:
    """One's own tokens; an administrator may name another user."""
    return await context.services.directory.tokens.of(await whose(context, "token-list", user_id))


async def create_token(context: Context, draft: TokenDraft) -> NewToken:
    """A token of one's own. Its text is in the answer, and nowhere else."""
    principal = context.signed_in()
    await require_session(context, "token-create")
    told = {"name": draft.name[:100], "expiresInDays": draft.days, "scope": _told(draft)}
    deed = Deed(action="token-create", who=principal, facts=context.facts, details=told)
    async with recorded(deed, clock=context.services.clock) as found:
        known = context.services.fleet.names(context.sight)
        made = await context.services.directory.tokens.create(principal.user_id, draft, clusters=known)
        found |= {"tokenId": made.token.id, "hint": made.token.hint}
        found.changes = differences(None, of_token(made.token))
    return made


async def revoke_token(context: Context, token_id: str) -> NamedToken:
    """End one token: one's own, or as an administrator anyone's. Others' do not exist for anyone else.

    A token may end itself, whatever its scope.
    """
    principal, services = context.signed_in(), context.services
    if token_id != principal.token_id:
        await require_own_account(context, "token-revoke")
    deed = Deed(action="token-revoke", who=principal, facts=context.facts, details={"tokenId": token_id})
    found, verdict = await services.directory.tokens.find(token_id), may_administer(principal)
    if found is None or (found.user_id != principal.user_id and not verdict):
        reason = "there is no such token" if found is None or verdict else verdict.because
        error = NoSuchToken(f"there is no API token {token_id[:64]!r}")
        await refused(deed, clock=services.clock, reason=reason, told=error)
        raise error
    async with recorded(deed, clock=services.clock) as told:
        gone = await services.directory.tokens.revoke(found.id, f"by {principal.username}")
        told |= {"name": gone.name, "owner": gone.username}
        told.changes = differences(of_token(gone), None)
    return gone


def _told(draft: TokenDraft) -> list[dict[str, list[str]]] | None:
    """The scope as it was asked for, so that the audit can say what a token could do."""
    return None if draft.scope is None else [_rule(each) for each in draft.scope[:MOST_RULES]]


def _rule(rule: ScopeDraft) -> dict[str, list[str]]:
    told = {
        "clusters": rule.clusters,
        "resources": rule.resources,
        "namespaces": rule.namespaces,
        "actions": rule.actions,
    }
    return {field: list(names[:NAMES_IN_A_RULE]) for field, names in told.items()}
