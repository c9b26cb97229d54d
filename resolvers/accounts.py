"""How people come in, by invitation or by who they are to providers; and what they write of themselves.

What an invitation or an identity is, and how all this is kept, is gyre.people's.
"""

from dataclasses import dataclass, field

from gyre.audit import Deed, differences, recorded, refused
from gyre.auth.sessions import Begun
from gyre.errors import Invalid, NoSuchInvite
from gyre.people.identities import Linked
from gyre.people.invites import Invitation, Invited
from gyre.people.profiles import PreferenceChange, Preferences, Profile
from gyre.people.users import Person
from gyre.terms.people import Principal, Role
from resolvers.administration import administering, looked
from resolvers.context import Context
from resolvers.people import LONGEST_INPUT, require_session
from resolvers.states import of_identity, of_preferences, of_profile, of_user

INVITE_PAGE = "/invite#"
"""The token stands behind a #: browsers send that to nobody, so it is in no log and no Referer header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An invitation as it is told, once."""

    invited: Invited
    url: str = field(repr=False)


async def invite(context: Context, username: str, role: Role, profile: Profile) -> Link:
    """A new user, and the link by which they set their own password."""
    async with administering(context, "user-invite", username=username, role=role.value) as found:
        invited = await context.services.directory.invites.invite(username, role=role, profile=profile)
        found["userId"] = invited.person.id
        found.changes = differences(None, of_user(invited.person))
    return _link(context, invited)


async def renew_invite(context: Context, user_id: str) -> Link:
    """Another link for a user; the one before holds no more."""
    async with administering(context, "invite-renew", userId=user_id) as found:
        invited = await context.services.directory.invites.renew(user_id)
        found["username"] = invited.person.username
    return _link(context, invited)


async def withdraw_invite(context: Context, user_id: str) -> Person:
    """Let a user's link hold no more."""
    async with administering(context, "invite-withdraw", userId=user_id) as found:
        person = await context.services.directory.invites.withdraw(user_id)
        found["username"] = person.username
    return person


async def invitation(context: Context, token: str) -> Invitation | None:
    """What a link is for, to whoever holds it; None when it holds no more."""
    try:
        return await context.services.directory.invites.open(token)
    except NoSuchInvite:
        return None


async def accept_invite(context: Context, token: str, password: str) -> Principal:
    """Set the password that the link is for, and sign in."""
    services, facts = context.services, context.facts
    if len(password) > LONGEST_INPUT:
        raise Invalid(f"A password has at most {LONGEST_INPUT} characters.")
    deed = Deed(action="invite-accept", who=None, facts=facts)
    try:
        opened = await services.directory.invites.open(token)
    except NoSuchInvite as none:
        await refused(deed, clock=services.clock, reason=none.message, told=none)
        raise
    deed = Deed(action="invite-accept", who=None, claimed=opened.username, facts=facts)
    async with recorded(deed, clock=services.clock) as found:
        found["userId"] = await services.directory.invites.accept(token, password)
    done = await services.sessions.begin(str(found["userId"]), facts, begun=Begun(details={"by": "invitation"}))
    context.signed_in_now, context.principal = done, done.principal
    return done.principal


async def profile(context: Context) -> Profile:
    """What one wrote of oneself."""
    return await context.services.directory.profiles.of(context.signed_in().user_id)


async def change_profile(context: Context, change: Profile) -> Profile:
    """Write another name or address of oneself."""
    principal, services = context.signed_in(), context.services
    await require_session(context, "profile-update")
    told = {"displayName": change.display_name, "email": change.email}
    details = {name: text for name, text in told.items() if text is not None}
    deed = Deed(action="profile-update", who=principal, facts=context.facts, details=details)
    async with recorded(deed, clock=services.clock) as found:
        before = await services.directory.profiles.of(principal.user_id)
        changed = await services.directory.profiles.change(principal.user_id, change)
        found.changes = differences(of_profile(before), of_profile(changed))
    return changed


async def preferences(context: Context) -> Preferences:
    """How one likes Gyre to look."""
    return await context.services.directory.profiles.preferences(context.signed_in().user_id)


async def change_preferences(context: Context, change: PreferenceChange) -> Preferences:
    """Choose otherwise."""
    principal = context.signed_in()
    await require_session(context, "preferences-update")
    parts = {"theme": change.theme, "favourites": change.favourites, "views": change.views}
    details = {"changed": [name for name, part in parts.items() if part is not None]}
    deed = Deed(action="preferences-update", who=principal, facts=context.facts, details=details)
    profiles = context.services.directory.profiles
    async with recorded(deed, clock=context.services.clock) as found:
        before = await profiles.preferences(principal.user_id)
        chosen = await profiles.prefer(principal.user_id, change)
        found.changes = differences(of_preferences(before), of_preferences(chosen))
    return chosen


async def identities(context: Context, user_id: str) -> list[Linked]:
    """Who a user is to providers."""
    await looked(context, "identity-list", {"userId": user_id})
    return await context.services.directory.identities.of(user_id)


async def link(context: Context, user_id: str, provider_id: str, subject: str) -> Linked:
    """Let a user sign in as this subject."""
    async with administering(context, "identity-link", userId=user_id, provider=provider_id, subject=subject) as found:
        issuer = context.services.providers.one(provider_id).issuer
        linked = await context.services.directory.identities.link(user_id, issuer, subject)
        found["username"] = linked.username
        found.changes = differences(None, of_identity(linked))
    return linked


async def unlink(context: Context, user_id: str, provider_id: str, subject: str) -> Linked:
    """Let nobody sign in as this subject any more."""
    told = {"userId": user_id, "provider": provider_id, "subject": subject}
    async with administering(context, "identity-unlink", **told) as found:
        issuer = context.services.providers.one(provider_id).issuer
        gone = await context.services.directory.identities.unlink(user_id, issuer, subject)
        found["username"] = gone.username
        found.changes = differences(of_identity(gone), None)
    return gone


def _link(context: Context, invited: Invited) -> Link:
    return Link(invited=invited, url=context.services.providers.home(f"{INVITE_PAGE}{invited.token}"))
