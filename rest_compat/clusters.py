"""The clusters over HTTP: which there are, and for administrators adding, changing, testing and removing them.

Who may is decided in resolvers. No answer holds what opens a cluster.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.clock import rfc3339
from gyre.fleet.registry import ClusterDraft, Outcome, Registered
from resolvers import clusters
from resolvers.clusters import WatchedCluster
from rest_compat import payloads
from rest_compat.reading import body, context_of


class NewCluster(msgspec.Struct, frozen=True):
    """The body of a new cluster."""

    name: str
    kubeconfig: str
    context: str | None = None
    impersonate: bool = False


class ChangedCluster(msgspec.Struct, frozen=True):
    """The body of a change of a cluster; what is left out stays."""

    kubeconfig: str | None = None
    context: str | None = None
    impersonate: bool | None = None


class TestedCluster(msgspec.Struct, frozen=True):
    """The body of a test: empty for the cluster as it is, else a kubeconfig of which nothing is kept."""

    kubeconfig: str | None = None
    context: str | None = None


async def list_clusters(request: Request) -> Response:
    """The clusters on which something can be seen."""
    found = clusters.clusters(await context_of(request))
    return payloads.answer({"clusters": [cluster(each) for each in found], "total": len(found)})


async def add_cluster(request: Request) -> Response:
    """One more cluster."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, NewCluster)
    draft = ClusterDraft(kubeconfig=new.kubeconfig, context=new.context, impersonate=new.impersonate)
    return payloads.answer({"cluster": cluster(await clusters.add(context, new.name, draft))}, status=201)


async def get_cluster(request: Request) -> Response:
    """One cluster, by id or name."""
    found = clusters.by_either(await context_of(request), request.path_params["cluster_id"])
    return payloads.answer({"cluster": cluster(found)})


async def update_cluster(request: Request) -> Response:
    """Another way to a cluster."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, ChangedCluster)
    draft = ClusterDraft(kubeconfig=new.kubeconfig, context=new.context, impersonate=new.impersonate)
    changed = await clusters.update(context, request.path_params["cluster_id"], draft)
    return payloads.answer({"cluster": cluster(changed)})


async def remove_cluster(request: Request) -> Response:
    """A cluster less."""
    await clusters.remove(await context_of(request), request.path_params["cluster_id"])
    return payloads.answer({"success": True})


async def test_cluster(request: Request) -> Response:
    """What comes of trying a cluster, or another way to it; 200 whatever it is, since it was tried."""
    context = await context_of(request)
    context.signed_in()
    asked = await body(request, TestedCluster, otherwise=TestedCluster())
    draft = ClusterDraft(kubeconfig=asked.kubeconfig, context=asked.context)
    return payloads.answer({"test": tested(await clusters.test(context, request.path_params["cluster_id"], draft))})


def cluster(found: WatchedCluster) -> dict[str, object]:
    """A cluster as everyone sees it; administrators also see how it is registered."""
    health = found.health
    shown: dict[str, object] = {
        "id": found.id,
        "name": health.name,
        "source": found.source.value,
        "connected": health.connected,
        "sync": health.state.sync.value,
        "since": rfc3339(health.state.since),
        "problem": health.state.problem or None,
        "kubernetesVersion": health.kubernetes_version or None,
        "impersonate": found.impersonate,
    }
    return shown | (registration(found.registered) if found.registered else {})


def registration(known: Registered) -> dict[str, object]:
    """How a cluster is registered."""
    return {
        "server": known.server or None,
        "context": known.context or None,
        "addedBy": known.added_by or None,
        "addedAt": rfc3339(known.added_at) if known.added_at else None,
        "changedAt": rfc3339(known.changed_at) if known.changed_at else None,
        "test": tested(known.test) if known.test else None,
    }


def tested(outcome: Outcome) -> dict[str, object]:
    """What came of a test."""
    return {
        "worked": outcome.worked,
        "code": outcome.code or None,
        "message": outcome.message,
        "at": rfc3339(outcome.at),
    }


ROUTES = (
    Route("/api/clusters", list_clusters, methods=["GET"]),
    Route("/api/clusters", add_cluster, methods=["POST"]),
    Route("/api/clusters/{cluster_id}", get_cluster, methods=["GET"]),
    Route("/api/clusters/{cluster_id}", update_cluster, methods=["PUT"]),
    Route("/api/clusters/{cluster_id}", remove_cluster, methods=["DELETE"]),
    Route("/api/clusters/{cluster_id}/test", test_cluster, methods=["POST"]),
)
