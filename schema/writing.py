"""The mutations that write and delete whole objects.

Each field reads its input, asks a resolver and maps the answer.
"""

from typing import Annotated

import strawberry

from resolvers import writes
from schema.refusing import refusable
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


@object_type
class WritingMutations:
    """What can be written."""

    @mutation("Create an object from JSON or YAML. ALREADY_EXISTS when it is there.")
    @refusable
    async def create_resource(
        self,
        info: Info,
        input: Annotated[CreateResourceInput, strawberry.argument(description="The object.")],  # noqa: A002
    ) -> WritePayload:
        """Create an object."""
        return WritePayload.of(await writes.create(info.context, input.asked(), dry_run=input.dry_run))

    @mutation("Replace an object with an edited one. CONFLICT, with both versions, when it has changed meanwhile.")
    @refusable
    async def update_resource(
        self,
        info: Info,
        input: Annotated[UpdateResourceInput, strawberry.argument(description="The object.")],  # noqa: A002
    ) -> WritePayload:
        """Replace an object."""
        return WritePayload.of(await writes.update(info.context, input.asked(), dry_run=input.dry_run))

    @mutation("Apply an object on the server's side. CONFLICT, with managers and fields, when others hold a field.")
    @refusable
    async def apply_resource(
        self,
        info: Info,
        input: Annotated[ApplyResourceInput, strawberry.argument(description="The object.")],  # noqa: A002
    ) -> WritePayload:
        """Apply an object."""
        asked, force = input.asked(), input.force_conflicts
        return WritePayload.of(await writes.apply(info.context, asked, force=force, dry_run=input.dry_run))

    @mutation("Delete an object; `deletionPreview` tells what goes with it.")
    @refusable
    async def delete_resource(
        self,
        info: Info,
        input: Annotated[DeleteResourceInput, strawberry.argument(description="What, and how.")],  # noqa: A002
    ) -> DeletePayload:
        """Delete an object."""
        return DeletePayload.of(await writes.delete(info.context, input.target.named(), input.manner()))
