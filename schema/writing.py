"""The mutations that write and delete whole objects.

Each field reads its input, asks a resolver and maps the answer; a refusal in the domain is in the payload.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import strawberry

from resolvers import writes
from schema.refusing import refusals
from schema.types.actions import MutationError
from schema.types.declare import mutation, object_type
from schema.types.writes import (
    ApplyResourceInput,
    CreateResourceInput,
    DeletePayload,
    DeleteResourceInput,
    UpdateResourceInput,
    WritePayload,
)

Info = strawberry.Info
Done = TypeVar("Done")
Payload = TypeVar("Payload")


async def answered(
    work: Awaitable[Done], done: Callable[[Done], Payload], refused: Callable[[list[MutationError]], Payload]
) -> Payload:
    """What was done, or why the domain refused it; what is about the request itself stays a top-level error."""
    payload: Payload | None = None
    with refusals() as errors:
        payload = done(await work)
    return refused(errors) if payload is None else payload


@object_type
class WritingMutations:
    """What can be written."""

    @mutation("Create an object from JSON or YAML. ALREADY_EXISTS when it is there.")
    async def create_resource(
        self,
        info: Info,
        input: Annotated[CreateResourceInput, strawberry.argument(description="The object.")],  # noqa: A002
    ) -> WritePayload:
        """Create an object."""
        work = writes.create(info.context, input.asked(), dry_run=input.dry_run)
        return await answered(work, WritePayload.of, WritePayload.refused)

    @mutation("Replace an object with an edited one. CONFLICT, with both versions, when it has changed meanwhile.")
    async def update_resource(
        self,
        info: Info,
        input: Annotated[UpdateResourceInput, strawberry.argument(description="The object.")],  # noqa: A002
    ) -> WritePayload:
        """Replace an object."""
        work = writes.update(info.context, input.asked(), dry_run=input.dry_run)
        return await answered(work, WritePayload.of, WritePayload.refused)

    @mutation("Apply an object on the server's side. CONFLICT, with managers and fields, when others hold a field.")
    async def apply_resource(
        self,
        info: Info,
        input: Annotated[ApplyResourceInput, strawberry.argument(description="The object.")],  # noqa: A002
    ) -> WritePayload:
        """Apply an object."""
        work = writes.apply(info.context, input.asked(), force=input.force_conflicts, dry_run=input.dry_run)
        return await answered(work, WritePayload.of, WritePayload.refused)

    @mutation("Delete an object; `deletionPreview` tells what goes with it.")
    async def delete_resource(
        self,
        info: Info,
        input: Annotated[DeleteResourceInput, strawberry.argument(description="What, and how.")],  # noqa: A002
    ) -> DeletePayload:
        """Delete an object."""
        work = writes.delete(info.context, input.target.named(), input.manner())
        return await answered(work, DeletePayload.of, DeletePayload.refused)
