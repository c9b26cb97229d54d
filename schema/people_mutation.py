"""What can be done about people and their rights.

Who may is decided in resolvers; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from resolvers import administration, people, tokens
from schema.refusing import refusable
from schema.types.administration import (
    Binding,
    CreateBindingInput,
    CreateGroupInput,
    CreatePolicyInput,
    CreateUserInput,
    Group,
    Policy,
    UpdateGroupInput,
    UpdatePolicyInput,
    UpdateUserInput,
    User,
)
from schema.types.arguments import GIVEN, AnotherUser
from schema.types.declare import mutation, object_type
from schema.types.people import ChangePasswordPayload, EndSessionsPayload, Viewer
from schema.types.tokens import ApiToken, CreateTokenInput, CreateTokenPayload, RevokeTokenPayload
from schema.types.verdicts import BindingPayload, GroupPayload, PolicyPayload, UserPayload

Info = strawberry.Info
Id = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]


@object_type
class PeopleMutation:
    """What can be done about people and their rights."""

    @mutation("Change your password; your other sessions end. Answered also while nothing else is.")
    @refusable
    async def change_password(
        self,
        info: Info,
        old: Annotated[str, strawberry.argument(description="Your present password.")],
        new: Annotated[str, strawberry.argument(description="Your new one, 12 characters at least.")],
    ) -> ChangePasswordPayload:
        """Change one's own password."""
        return ChangePasswordPayload(viewer=Viewer.of(await people.change_password(info.context, old, new)))

    @mutation("End one of your sessions; for administrators anyone's.")
    @refusable
    async def end_session(self, info: Info, id: Id) -> EndSessionsPayload:  # noqa: A002 # its name in the schema
        """End a session."""
        return EndSessionsPayload(ended=await people.end_session(info.context, id))

    @mutation("End all your sessions but this one; for administrators all of another user's.")
    @refusable
    async def end_sessions(self, info: Info, user_id: AnotherUser = None) -> EndSessionsPayload:
        """End sessions."""
        return EndSessionsPayload(ended=await people.end_sessions(info.context, user_id))

    @mutation("Make an API token of yours. Takes a session: no token makes another.")
    @refusable
    async def create_token(
        self,
        info: Info,
        input: Annotated[CreateTokenInput, GIVEN],  # noqa: A002
    ) -> CreateTokenPayload:
        """Make a token."""
        return CreateTokenPayload.of(await tokens.create_token(info.context, input.draft()))

    @mutation("Revoke one of your API tokens, at once; for administrators anyone's. A token may revoke itself.")
    @refusable
    async def revoke_token(self, info: Info, id: Id) -> RevokeTokenPayload:  # noqa: A002 # its name in the schema
        """Revoke a token."""
        return RevokeTokenPayload(token=ApiToken.of(await tokens.revoke_token(info.context, id)))

    @mutation("Make a user. For administrators.")
    @refusable
    async def create_user(self, info: Info, input: Annotated[CreateUserInput, GIVEN]) -> UserPayload:  # noqa: A002
        """Make a user."""
        made = await administration.create_user(
            info.context,
            input.username,
            input.password,
            role=input.role,
            must_change_password=input.must_change_password,
        )
        return UserPayload(user=User.of(made))

    @mutation("Change a user: role, active, password. It acts at once. For administrators.")
    @refusable
    async def update_user(self, info: Info, input: Annotated[UpdateUserInput, GIVEN]) -> UserPayload:  # noqa: A002
        """Change a user."""
        return UserPayload(user=User.of(await administration.change_user(info.context, input.id, input.change())))

    @mutation("Delete a user, with sessions, memberships and bindings. For administrators.")
    @refusable
    async def delete_user(self, info: Info, id: Id) -> UserPayload:  # noqa: A002 # its name in the schema
        """Delete a user."""
        return UserPayload(user=User.of(await administration.delete_user(info.context, id)))

    @mutation("Make a group. For administrators.")
    @refusable
    async def create_group(self, info: Info, input: Annotated[CreateGroupInput, GIVEN]) -> GroupPayload:  # noqa: A002
        """Make a group."""
        return GroupPayload(group=Group.of(await administration.create_group(info.context, input.draft())))

    @mutation("Change a group, or who is in it. For administrators.")
    @refusable
    async def update_group(self, info: Info, input: Annotated[UpdateGroupInput, GIVEN]) -> GroupPayload:  # noqa: A002
        """Change a group."""
        return GroupPayload(group=Group.of(await administration.update_group(info.context, input.id, input.draft())))

    @mutation("Delete a group; what it was given ends with it. For administrators.")
    @refusable
    async def delete_group(self, info: Info, id: Id) -> GroupPayload:  # noqa: A002 # its name in the schema
        """Delete a group."""
        return GroupPayload(group=Group.of(await administration.delete_group(info.context, id)))

    @mutation("Make a policy. For administrators.")
    @refusable
    async def create_policy(
        self,
        info: Info,
        input: Annotated[CreatePolicyInput, GIVEN],  # noqa: A002
    ) -> PolicyPayload:
        """Make a policy."""
        return PolicyPayload(policy=Policy.of(await administration.create_policy(info.context, input.draft())))

    @mutation("Change a policy; it acts at once on everyone who has it. For administrators.")
    @refusable
    async def update_policy(
        self,
        info: Info,
        input: Annotated[UpdatePolicyInput, GIVEN],  # noqa: A002
    ) -> PolicyPayload:
        """Change a policy."""
        return PolicyPayload(
            policy=Policy.of(await administration.update_policy(info.context, input.id, input.draft()))
        )

    @mutation("Delete a policy; CONFLICT while someone has it. For administrators.")
    @refusable
    async def delete_policy(
        self,
        info: Info,
        id: Id,  # noqa: A002
        even_if_bound: Annotated[bool, strawberry.argument(description="End its bindings with it.")] = False,  # noqa: FBT002
    ) -> PolicyPayload:
        """Delete a policy."""
        gone = await administration.delete_policy(info.context, id, even_if_bound=even_if_bound)
        return PolicyPayload(policy=Policy.of(gone))

    @mutation("Give a policy to a user or group, on one cluster or on all. For administrators.")
    @refusable
    async def create_binding(
        self,
        info: Info,
        input: Annotated[CreateBindingInput, GIVEN],  # noqa: A002
    ) -> BindingPayload:
        """Give a policy."""
        return BindingPayload(binding=Binding.of(await administration.create_binding(info.context, input.draft())))

    @mutation("Take a policy away; it acts at once. For administrators.")
    @refusable
    async def delete_binding(self, info: Info, id: Id) -> BindingPayload:  # noqa: A002 # its name in the schema
        """Take a policy away."""
        return BindingPayload(binding=Binding.of(await administration.delete_binding(info.context, id)))
