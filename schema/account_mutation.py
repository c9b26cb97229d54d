"""What can be done about how people come in, and about what they write of themselves.

Who may is decided in resolvers; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from gyre.people.profiles import Profile as KeptProfile
from gyre.terms.people import Role
from resolvers import accounts
from schema.refusing import refusable
from schema.types.accounts import (
    Identity,
    IdentityInput,
    IdentityPayload,
    InvitePayload,
    InviteUserInput,
    Preferences,
    PreferencesInput,
    PreferencesPayload,
    Profile,
    ProfilePayload,
)
from schema.types.administration import User
from schema.types.arguments import GIVEN, InviteToken
from schema.types.declare import mutation, object_type
from schema.types.people import LoginPayload, Viewer
from schema.types.verdicts import UserPayload

Info = strawberry.Info
UserId = Annotated[strawberry.ID, strawberry.argument(description="The user's id.")]


@object_type
class AccountMutation:
    """What can be done about how people come in, and about what they write of themselves."""

    @mutation("Invite somebody: a new user, and a link by which they set their own password once. For administrators.")
    @refusable
    async def invite_user(self, info: Info, input: Annotated[InviteUserInput, GIVEN]) -> InvitePayload:  # noqa: A002
        """Invite somebody."""
        profile = KeptProfile(display_name=input.display_name, email=input.email)
        return InvitePayload.of(await accounts.invite(info.context, input.username, input.role or Role.MEMBER, profile))

    @mutation("Make another link for a user, also one who forgot their password. For administrators.")
    @refusable
    async def renew_invite(self, info: Info, user_id: UserId) -> InvitePayload:
        """Make another link."""
        return InvitePayload.of(await accounts.renew_invite(info.context, user_id))

    @mutation("Let the link of a user hold no more. For administrators.")
    @refusable
    async def withdraw_invite(self, info: Info, user_id: UserId) -> UserPayload:
        """Withdraw a link."""
        return UserPayload(user=User.of(await accounts.withdraw_invite(info.context, user_id)))

    @mutation("Set the password that an invitation is for, and sign in. Whoever holds the link may, once.")
    @refusable
    async def accept_invite(
        self,
        info: Info,
        token: InviteToken,
        password: Annotated[str, strawberry.argument(description="The password to set, 12 characters at least.")],
    ) -> LoginPayload:
        """Accept an invitation."""
        return LoginPayload(viewer=Viewer.of(await accounts.accept_invite(info.context, token, password)))

    @mutation("Write another name or e-mail address of yourself.")
    @refusable
    async def update_profile(
        self,
        info: Info,
        display_name: Annotated[str | None, strawberry.argument(description="What you are called.")] = None,
        email: Annotated[str | None, strawberry.argument(description="Your e-mail address.")] = None,
    ) -> ProfilePayload:
        """Change one's profile."""
        change = KeptProfile(display_name=display_name, email=email)
        return ProfilePayload(profile=Profile.of(await accounts.change_profile(info.context, change)))

    @mutation("Choose how you like Gyre to look: theme, favourites, saved views.")
    @refusable
    async def update_preferences(
        self,
        info: Info,
        input: Annotated[PreferencesInput, GIVEN],  # noqa: A002
    ) -> PreferencesPayload:
        """Change one's preferences."""
        kept = await accounts.change_preferences(info.context, input.change())
        return PreferencesPayload(preferences=Preferences.of(kept))

    @mutation("Let a user sign in as this subject of a provider. For administrators.")
    @refusable
    async def link_identity(self, info: Info, input: Annotated[IdentityInput, GIVEN]) -> IdentityPayload:  # noqa: A002
        """Link a user."""
        linked = await accounts.link(info.context, input.user_id, input.provider, input.subject)
        return IdentityPayload(identity=Identity.of(linked))

    @mutation("Let nobody sign in as this user by this subject of a provider any more. For administrators.")
    @refusable
    async def unlink_identity(self, info: Info, input: Annotated[IdentityInput, GIVEN]) -> IdentityPayload:  # noqa: A002
        """Unlink a user."""
        gone = await accounts.unlink(info.context, input.user_id, input.provider, input.subject)
        return IdentityPayload(identity=Identity.of(gone))
