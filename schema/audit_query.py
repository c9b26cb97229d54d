"""What can be asked of the audit.

Who may ask is decided in resolvers.
"""

from typing import Annotated

import strawberry

from gyre.audit.asking import AuditPart
from resolvers import audit
from resolvers.targets import Target
from schema.types.arguments import InCluster, KindName, Name, Namespace
from schema.types.audit import AuditConnection, AuditFilter, asked_of
from schema.types.declare import computed, object_type

Info = strawberry.Info
First = Annotated[int, strawberry.argument(description="How many; 500 at most.")]
After = Annotated[str | None, strawberry.argument(description="Only those behind this cursor, which are older.")]


@object_type
class AuditQuery:
    """What can be asked of the audit."""

    @computed("Who did, tried or was refused what, the newest first. For administrators.")
    async def audit_entries(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 # the argument's name in the schema
            AuditFilter | None, strawberry.argument(description="Which deeds; all of them when left out.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> AuditConnection:
        """One page of the audit."""
        found = await audit.page(info.context, asked_of(filter), AuditPart(first=first, after=after))
        return AuditConnection.of(found, first=after is None)

    @computed("What was done to one object through Gyre, the newest first. For who may edit it.")
    async def object_audit(  # GraphQL arguments are always given by name
        self,
        info: Info,
        kind: KindName,
        namespace: Namespace,
        name: Name,
        cluster: InCluster = "default",
        first: First = 20,
        after: After = None,
    ) -> AuditConnection:
        """What was done to one object."""
        target = Target(cluster=cluster, kind=kind, namespace=namespace, name=name)
        found = await audit.of_object(info.context, target, AuditPart(first=first, after=after))
        return AuditConnection.of(found, first=after is None, in_full=False)
