"""What can be done about people and their rights.

Who may is decided in resolvers; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from resolvers import administration, people, tokens
from schema.refusing import refusals
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
from schema.types.declare import mutation, object_type
from schema.types.people import ChangePasswordPayload, EndSessionsPayload, Viewer
from schema.types.tokens import ApiToken, CreateTokenInput, CreateTokenPayload, RevokeTokenPayload
from schema.types.verdicts import BindingPayload, GroupPayload, PolicyPayload, UserPayload

Info = strawberry.Info
Id = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
GIVEN = strawberry.argument(description="What.")


@object_type
class PeopleMutation:
    """What can be done about people and their rights."""

    @mutation("Change your password; your other sessions end. Answered also while nothing else is.")
    async def change_password(
        self,
        info: Info,
        old: Annotated[str, strawberry.argument(description="Your present password.")],
        new: Annotated[str, strawberry.argument(description="Your new one, 12 characters at least.")],
    ) -> ChangePasswordPayload:
        """Change one's own password."""
        viewer = None
        with refusals() as errors:
            viewer = Viewer.of(await people.change_password(info.context, old, new))
        return ChangePasswordPayload(viewer=viewer, errors=errors)

    @mutation("End one of your sessions; for administrators anyone's.")
    async def end_session(self, info: Info, id: Id) -> EndSessionsPayload:  # noqa: A002 # its name in the schema
        """End a session."""
        ended = 0
        with refusals() as errors:
            ended = await people.end_session(info.context, id)
        return EndSessionsPayload(ended=ended, errors=errors)

    @mutation("End all your sessions but this one; for administrators all of another user's.")
    async def end_sessions(
        self,
        info: Info,
        user_id: Annotated[strawberry.ID | None, strawberry.argument(description="Another user's.")] = None,
    ) -> EndSessionsPayload:
        """End sessions."""
        ended = 0
        with refusals() as errors:
            ended = await people.end_sessions(info.context, user_id)
        return EndSessionsPayload(ended=ended, errors=errors)

    @mutation("Make an API token of yours. Takes a session: no token makes another.")
    async def create_token(
        self,
        info: Info,
        input: Annotated[CreateTokenInput, GIVEN],  # noqa: A002
    ) -> CreateTokenPayload:
        """Make a token."""
        made = None
        with refusals() as errors:
            made = await tokens.create_token(info.context, input.draft())
        return CreateTokenPayload.of(made, errors)

    @mutation("Revoke one of your API tokens, at once; for administrators anyone's. A token may revoke itself.")
    async def revoke_token(self, info: Info, id: Id) -> RevokeTokenPayload:  # noqa: A002 # its name in the schema
        """Revoke a token."""
        token = None
        with refusals() as errors:
            token = ApiToken.of(await tokens.revoke_token(info.context, id))
        return RevokeTokenPayload(token=token, errors=errors)

    @mutation("Make a user. For administrators.")
    async def create_user(self, info: Info, input: Annotated[CreateUserInput, GIVEN]) -> UserPayload:  # noqa: A002
        """Make a user."""
        user = None
        with refusals() as errors:
            made = await administration.create_user(
                info.context,
                input.username,
                input.password,
                role=input.role,
                must_change_password=input.must_change_password,
            )
            user = User.of(made)
        return UserPayload(user=user, errors=errors)

    @mutation("Change a user: role, active, password. It acts at once. For administrators.")
    async def update_user(self, info: Info, input: Annotated[UpdateUserInput, GIVEN]) -> UserPayload:  # noqa: A002
        """Change a user."""
        user = None
        with refusals() as errors:
            user = User.of(await administration.change_user(info.context, input.id, input.change()))
        return UserPayload(user=user, errors=errors)

    @mutation("Delete a user, with sessions, memberships and bindings. For administrators.")
    async def delete_user(self, info: Info, id: Id) -> UserPayload:  # noqa: A002 # its name in the schema
        """Delete a user."""
        user = None
        with refusals() as errors:
            user = User.of(await administration.delete_user(info.context, id))
        return UserPayload(user=user, errors=errors)

    @mutation("Make a group. For administrators.")
    async def create_group(self, info: Info, input: Annotated[CreateGroupInput, GIVEN]) -> GroupPayload:  # noqa: A002
        """Make a group."""
        group = None
        with refusals() as errors:
            group = Group.of(await administration.create_group(info.context, input.draft()))
        return GroupPayload(group=group, errors=errors)

    @mutation("Change a group, or who is in it. For administrators.")
    async def update_group(self, info: Info, input: Annotated[UpdateGroupInput, GIVEN]) -> GroupPayload:  # noqa: A002
        """Change a group."""
        group = None
        with refusals() as errors:
            group = Group.of(await administration.update_group(info.context, input.id, input.draft()))
        return GroupPayload(group=group, errors=errors)

    @mutation("Delete a group; what it was given ends with it. For administrators.")
    async def delete_group(self, info: Info, id: Id) -> GroupPayload:  # noqa: A002 # its name in the schema
        """Delete a group."""
        group = None
        with refusals() as errors:
            group = Group.of(await administration.delete_group(info.context, id))
        return GroupPayload(group=group, errors=errors)

    @mutation("Make a policy. For administrators.")
    async def create_policy(
        self,
        info: Info,
        input: Annotated[CreatePolicyInput, GIVEN],  # noqa: A002
    ) -> PolicyPayload:
        """Make a policy."""
        policy = None
        with refusals() as errors:
            policy = Policy.of(await administration.create_policy(info.context, input.draft()))
        return PolicyPayload(policy=policy, errors=errors)

    @mutation("Change a policy; it acts at once on everyone who has it. For administrators.")
    async def update_policy(
        self,
        info: Info,
        input: Annotated[UpdatePolicyInput, GIVEN],  # noqa: A002
    ) -> PolicyPayload:
        """Change a policy."""
        policy = None
        with refusals() as errors:
            policy = Policy.of(await administration.update_policy(info.context, input.id, input.draft()))
        return PolicyPayload(policy=policy, errors=errors)

    @mutation("Delete a policy; CONFLICT while someone has it. For administrators.")
    async def delete_policy(
        self,
        info: Info,
        id: Id,  # noqa: A002
        even_if_bound: Annotated[bool, strawberry.argument(description="End its bindings with it.")] = False,  # noqa: FBT002
    ) -> PolicyPayload:
        """Delete a policy."""
        policy = None
        with refusals() as errors:
            policy = Policy.of(await administration.delete_policy(info.context, id, even_if_bound=even_if_bound))
        return PolicyPayload(policy=policy, errors=errors)

    @mutation("Give a policy to a user or group, on one cluster or on all. For administrators.")
    async def create_binding(
        self,
        info: Info,
        input: Annotated[CreateBindingInput, GIVEN],  # noqa: A002
    ) -> BindingPayload:
        """Give a policy."""
        binding = None
        with refusals() as errors:
            binding = Binding.of(await administration.create_binding(info.context, input.draft()))
        return BindingPayload(binding=binding, errors=errors)

    @mutation("Take a policy away; it acts at once. For administrators.")
    async def delete_binding(self, info: Info, id: Id) -> BindingPayload:  # noqa: A002 # its name in the schema
        """Take a policy away."""
        binding = None
        with refusals() as errors:
            binding = Binding.of(await administration.delete_binding(info.context, id))
        return BindingPayload(binding=binding, errors=errors)
