"""What can be done about the clusters themselves.

Who may is decided in resolvers; a refusal in the domain is in the payload.
"""

from typing import Annotated

import strawberry

from resolvers import clusters
from schema.refusing import refusable
from schema.types.arguments import GIVEN
from schema.types.clusters import (
    AddClusterInput,
    Cluster,
    ClusterPayload,
    ClusterTest,
    RemoveClusterPayload,
    TestClusterInput,
    TestClusterPayload,
    UpdateClusterInput,
)
from schema.types.declare import mutation, object_type

Info = strawberry.Info


@object_type
class ClusterMutation:
    """What can be done about the clusters themselves."""

    @mutation("Watch one more cluster; it is tried first, and kept only when that works. For administrators.")
    @refusable
    async def add_cluster(self, info: Info, input: Annotated[AddClusterInput, GIVEN]) -> ClusterPayload:  # noqa: A002
        """Add a cluster."""
        return ClusterPayload(cluster=Cluster.of(await clusters.add(info.context, input.name, input.draft())))

    @mutation(
        "Reach a cluster in another way; that is tried first, and everything there read anew. For administrators."
    )
    @refusable
    async def update_cluster(
        self,
        info: Info,
        input: Annotated[UpdateClusterInput, GIVEN],  # noqa: A002
    ) -> ClusterPayload:
        """Change a cluster."""
        return ClusterPayload(cluster=Cluster.of(await clusters.update(info.context, input.id, input.draft())))

    @mutation("Watch a cluster no more; what was given there ends with it. For administrators.")
    @refusable
    async def remove_cluster(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id or name.")],  # noqa: A002
    ) -> RemoveClusterPayload:
        """Remove a cluster."""
        return RemoveClusterPayload(name=(await clusters.remove(info.context, id)).name)

    @mutation("Try a registered cluster, or a kubeconfig of which nothing is kept. For administrators.")
    @refusable
    async def test_cluster(
        self,
        info: Info,
        input: Annotated[TestClusterInput, GIVEN],  # noqa: A002
    ) -> TestClusterPayload:
        """Try a cluster."""
        return TestClusterPayload(test=ClusterTest.of(await clusters.test(info.context, input.id, input.draft())))
