"""What can be done about how people come in, and about what they write of themselves.

Who may is decided in resolvers; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from gyre.people.profiles import Profile as KeptProfile
from gyre.terms.people import Role
from resolvers import accounts
from schema.refusing import refusals
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
from schema.types.declare import mutation, object_type
from schema.types.people import LoginPayload, Viewer
from schema.types.verdicts import UserPayload
from schema.writing import answered

Info = strawberry.Info
UserId = Annotated[strawberry.ID, strawberry.argument(description="The user's id.")]
GIVEN = strawberry.argument(description="What.")


@object_type
class AccountMutation:
    """What can be done about how people come in, and about what they write of themselves."""

    @mutation("Invite somebody: a new user, and a link by which they set their own password once. For administrators.")
    async def invite_user(self, info: Info, input: Annotated[InviteUserInput, GIVEN]) -> InvitePayload:  # noqa: A002
        """Invite somebody."""
        profile = KeptProfile(display_name=input.display_name, email=input.email)
        work = accounts.invite(info.context, input.username, input.role or Role.MEMBER, profile)
        return await answered(work, InvitePayload.of, InvitePayload.refused)

    @mutation("Make another link for a user, also one who forgot their password. For administrators.")
    async def renew_invite(self, info: Info, user_id: UserId) -> InvitePayload:
        """Make another link."""
        return await answered(accounts.renew_invite(info.context, user_id), InvitePayload.of, InvitePayload.refused)

    @mutation("Let the link of a user hold no more. For administrators.")
    async def withdraw_invite(self, info: Info, user_id: UserId) -> UserPayload:
        """Withdraw a link."""
        user = None
        with refusals() as errors:
            user = User.of(await accounts.withdraw_invite(info.context, user_id))
        return UserPayload(user=user, errors=errors)

    @mutation("Set the password that an invitation is for, and sign in. Whoever holds the link may, once.")
    async def accept_invite(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="What stands behind the # of the link.")],
        password: Annotated[str, strawberry.argument(description="The password to set, 12 characters at least.")],
    ) -> LoginPayload:
        """Accept an invitation."""
        viewer = None
        with refusals() as errors:
            viewer = Viewer.of(await accounts.accept_invite(info.context, token, password))
        return LoginPayload(viewer=viewer, errors=errors)

    @mutation("Write another name or e-mail address of yourself.")
    async def update_profile(
        self,
        info: Info,
        display_name: Annotated[str | None, strawberry.argument(description="What you are called.")] = None,
        email: Annotated[str | None, strawberry.argument(description="Your e-mail address.")] = None,
    ) -> ProfilePayload:
        """Change one's profile."""
        profile = None
        with refusals() as errors:
            change = KeptProfile(display_name=display_name, email=email)
            profile = Profile.of(await accounts.change_profile(info.context, change))
        return ProfilePayload(profile=profile, errors=errors)

    @mutation("Choose how you like Gyre to look: theme, favourites, saved views.")
    async def update_preferences(
        self,
        info: Info,
        input: Annotated[PreferencesInput, GIVEN],  # noqa: A002
    ) -> PreferencesPayload:
        """Change one's preferences."""
        preferences = None
        with refusals() as errors:
            preferences = Preferences.of(await accounts.change_preferences(info.context, input.change()))
        return PreferencesPayload(preferences=preferences, errors=errors)

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
