"""What can be done.

Each field reads its input, asks a resolver and maps the answer; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from gyre.audit.answering import tell_refusal
from gyre.errors import Invalid, NotSignedIn
from resolvers import actions, people
from schema.account_mutation import AccountMutation
from schema.cluster_mutation import ClusterMutation
from schema.people_mutation import PeopleMutation
from schema.refusing import refusable
from schema.types.actions import ActionPayload, MutationError, ReconcileInput, ResumeInput, SuspendInput
from schema.types.declare import mutation, object_type
from schema.types.people import LoginPayload, LogoutPayload, Viewer
from schema.writing import WritingMutations

Info = strawberry.Info


@object_type
class Mutation(WritingMutations, PeopleMutation, AccountMutation, ClusterMutation):
    """What can be done. What is refused in the domain is told in the payload's `errors`."""

    @mutation("Sign in. The session is in a cookie of the answer.")
    async def login(
        self,
        info: Info,
        username: Annotated[str, strawberry.argument(description="The user's name.")],
        password: Annotated[str, strawberry.argument(description="The user's password.")],
    ) -> LoginPayload:
        """Sign in."""
        try:
            principal = await people.login(info.context, username, password)
        except (NotSignedIn, Invalid) as wrong:
            tell_refusal(wrong)
            return LoginPayload(viewer=None, errors=[MutationError.of(wrong)])
        return LoginPayload(viewer=Viewer.of(principal))

    @mutation("Sign out: the session ends at once, on every screen that shares it.")
    async def logout(self, info: Info) -> LogoutPayload:
        """Sign out."""
        await people.logout(info.context)
        return LogoutPayload(continue_at=info.context.farewell)

    @mutation("Ask the controller of an object to reconcile it now.")
    @refusable
    async def reconcile(
        self,
        info: Info,
        input: Annotated[ReconcileInput, strawberry.argument(description="What, and how.")],  # noqa: A002
    ) -> ActionPayload:
        """Reconcile an object now."""
        return ActionPayload.of(await actions.reconcile(info.context, input.target.named(), input.manner()))

    @mutation("Suspend an object: its controller leaves it alone until it is resumed.")
    @refusable
    async def suspend(
        self,
        info: Info,
        input: Annotated[SuspendInput, strawberry.argument(description="What, why, until when.")],  # noqa: A002
    ) -> ActionPayload:
        """Suspend an object."""
        target, suspension = input.target.named(), input.suspension()
        return ActionPayload.of(await actions.suspend(info.context, target, suspension, dry_run=input.dry_run))

    @mutation("Resume a suspended object, and reconcile it.")
    @refusable
    async def resume(
        self,
        info: Info,
        input: Annotated[ResumeInput, strawberry.argument(description="What.")],  # noqa: A002
    ) -> ActionPayload:
        """Resume an object."""
        return ActionPayload.of(await actions.resume(info.context, input.target.named(), dry_run=input.dry_run))
