"""Signing in and out, one's own password, sessions and API tokens.

Passwords, sessions and whose a token is are gyre.auth's; the cookie is each face's matter.
"""

from gyre.access.administering import may_administer
from gyre.audit import Deed, recorded, refused
from gyre.auth.sessions import OpenSession
from gyre.errors import Invalid, NoSuchSession, NotAllowed
from gyre.terms.people import Principal
from resolvers.administration import looked, require_admin
from resolvers.context import Context

LONGEST_INPUT = 1024
"""Characters of a user name or a password: a longer one is no person's, and hashing it costs."""


async def login(context: Context, username: str, password: str) -> Principal:
    """A new session for who gives the right password. Raises NotSignedIn when something is wrong, or TooOften."""
    if len(username) > LONGEST_INPUT or len(password) > LONGEST_INPUT:
        raise Invalid(f"A user name or a password has at most {LONGEST_INPUT} characters.")
    done = await context.services.sessions.sign_in(username, password, context.facts)
    context.signed_in_now, context.principal = done, done.principal
    return done.principal


async def logout(context: Context) -> None:
    """End the session, everywhere, at once. Raises NotSignedIn when there is none."""
    await require_session(context, "sign-out")
    services, principal = context.services, context.caller()
    begun = await services.sessions.begun_by(principal)
    await services.sessions.sign_out(principal, context.facts)
    context.signed_out_now, context.principal = True, None
    if begun.provider:
        context.farewell = await services.providers.farewell(begun.provider, begun.id_token)


async def change_password(context: Context, old: str, new: str) -> Principal:
    """Change one's own password; one's other sessions end. Also what who must change it may do."""
    principal, services = await require_session(context, "password-change"), context.services
    if len(old) > LONGEST_INPUT or len(new) > LONGEST_INPUT:
        raise Invalid(f"A password has at most {LONGEST_INPUT} characters.")
    deed = Deed(action="password-change", who=principal, facts=context.facts)
    async with recorded(deed, clock=services.clock), services.sessions.guessing(principal, context.facts):
        await services.directory.users.change_own_password(principal, old, new)
    changed = await services.sessions.next_of(principal) if principal.must_change_password else principal
    context.principal = changed
    return context.signed_in()


async def require_session(context: Context, word: str) -> Principal:
    """Who asks in person. Raises NotAllowed for an API token: what it could change here would outlive it."""
    principal = context.caller()
    if principal.token_id:
        reason = "an API token may not do this; sign in"
        deed = Deed(action=word, who=principal, facts=context.facts, details={"tokenId": principal.token_id})
        error = NotAllowed(f"You may not do this: {reason}.")
        await refused(deed, clock=context.services.clock, reason=reason, told=error)
        raise error
    return principal


async def require_own_account(context: Context, word: str) -> Principal:
    """Who asks in person, or with a token that administers anyone's. A narrowed token has no business here."""
    principal = context.signed_in()
    return principal if may_administer(principal) else await require_session(context, word)


async def whose(context: Context, word: str, user_id: str | None) -> str:
    """The id of whose list is read: one's own; an administrator may name another user, and that is recorded."""
    principal = context.signed_in()
    if user_id is None or user_id == principal.user_id:
        await require_own_account(context, word)
        return principal.user_id
    await looked(context, word, {"userId": user_id})
    return (await context.services.directory.users.one(user_id)).id


async def sessions(context: Context, user_id: str | None = None) -> list[OpenSession]:
    """One's own open sessions; an administrator may name another user."""
    return await context.services.sessions.open_of(await whose(context, "session-list", user_id))


async def end_session(context: Context, session_id: str) -> int:
    """End one session: one's own, or as an administrator anyone's. Others' do not exist for anyone else."""
    principal, services = context.signed_in(), context.services
    await require_own_account(context, "session-end")
    owner = await services.sessions.owner_of(session_id)
    deed = Deed(
        action="session-end", who=principal, facts=context.facts, details={"sessionId": session_id, "userId": owner}
    )
    verdict = may_administer(principal)
    if owner is None or (owner != principal.user_id and not verdict):
        reason = "there is no such open session" if owner is None or verdict else verdict.because
        error = NoSuchSession(f"there is no open session {session_id[:64]!r}")
        await refused(deed, clock=services.clock, reason=reason, told=error)
        raise error
    async with recorded(deed, clock=services.clock):
        await services.sessions.end([session_id], f"ended by {principal.username}")
    if session_id == principal.session_id:
        context.signed_out_now, context.principal = True, None
    return 1


async def end_sessions(context: Context, user_id: str | None = None) -> int:
    """End all one's own sessions but this one; an administrator may end all of another user's."""
    principal, services = context.signed_in(), context.services
    if user_id is None or user_id == principal.user_id:
        await require_own_account(context, "session-end-others")
        deed = Deed(action="session-end-others", who=principal, facts=context.facts)
        others = [each.id for each in await services.sessions.open_of(principal.user_id)]
        ending = [each for each in others if each != principal.session_id]
    else:
        deed = await require_admin(context, "session-end-all", {"userId": user_id})
        person = await services.directory.users.one(user_id)
        ending = [each.id for each in await services.sessions.open_of(person.id)]
    async with recorded(deed, clock=services.clock) as found:
        await services.sessions.end(ending, f"ended by {principal.username}")
        found["ended"] = len(ending)
    return len(ending)
