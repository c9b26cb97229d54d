"""The clusters over HTTP: which there are, and for administrators adding, changing, testing and removing them.

Who may is decided in resolvers. No answer holds what opens a cluster.
"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, structs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.clock import rfc3339
from gyre.errors import AlreadyExists, Conflict, NoSuchCluster, NotAllowed
from gyre.fleet.registry import ClusterDraft, Outcome, Source
from gyre.terms.sync import Sync
from resolvers import clusters
from resolvers.clusters import WatchedCluster
from rest_compat import payloads
from rest_compat.contract import LIVE, Answer, Body, Operation
from rest_compat.reading import body, context_of
from rest_compat.shapes import Asked, Done, Shape, Timestamp

TAG = "Clusters"

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: default
contexts: [{name: default, context: {cluster: production, user: gyre}}]
clusters: [{name: production, cluster: {server: "https://kubernetes.example.com:6443"}}]
users: [{name: gyre, user: {token: "a token of the cluster"}}]
"""
NewName = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 63}, examples=["production"])]
Kubeconfig = Annotated[
    str,
    Meta(
        description="YAML or JSON, with what opens the cluster in it: nothing that names a file or runs a program.",
        examples=[KUBECONFIG],
    ),
]
Chosen = Annotated[str, Meta(description="The context of the kubeconfig; its current one when left out.")]
Impersonate = Annotated[bool, Meta(description="Whether writes are done in the name of who asks for them.")]


class NewCluster(Asked, frozen=True):
    """The body of a new cluster."""

    name: NewName
    kubeconfig: Kubeconfig
    context: Chosen | None = None
    impersonate: Impersonate = False


class ChangedCluster(Asked, frozen=True):
    """The body of a change of a cluster; what is left out stays."""

    kubeconfig: Kubeconfig | None = None
    context: Chosen | None = None
    impersonate: Impersonate | None = None


class TestedCluster(Asked, frozen=True):
    """The body of a test: empty for the cluster as it is, else a kubeconfig of which nothing is kept."""

    kubeconfig: Kubeconfig | None = None
    context: Chosen | None = None


class Tested(Shape, frozen=True, kw_only=True):
    """What came of a test."""

    worked: bool
    code: str | None
    message: str
    at: Timestamp

    @classmethod
    def of(cls, outcome: Outcome) -> "Tested":
        """What came of a test, as it is answered."""
        return cls(worked=outcome.worked, code=outcome.code or None, message=outcome.message, at=rfc3339(outcome.at))


class Cluster(Shape, frozen=True, kw_only=True):
    """A cluster as everyone sees it; administrators also see how it is registered."""

    id: str
    name: str
    source: Source
    connected: bool
    sync: Sync
    since: Timestamp
    problem: str | None
    kubernetes_version: str | None
    impersonate: Impersonate
    server: str | UnsetType | None = UNSET
    context: str | UnsetType | None = UNSET
    added_by: str | UnsetType | None = UNSET
    added_at: Timestamp | UnsetType | None = UNSET
    changed_at: Timestamp | UnsetType | None = UNSET
    test: Tested | UnsetType | None = UNSET

    @classmethod
    def of(cls, found: WatchedCluster) -> "Cluster":
        """A cluster as lists and answers show one."""
        health, known = found.health, found.registered
        shown = cls(
            id=found.id,
            name=health.name,
            source=found.source,
            connected=health.connected,
            sync=health.state.sync,
            since=rfc3339(health.state.since),
            problem=health.state.problem or None,
            kubernetes_version=health.kubernetes_version or None,
            impersonate=found.impersonate,
        )
        if known is None:
            return shown
        return structs.replace(
            shown,
            server=known.server or None,
            context=known.context or None,
            added_by=known.added_by or None,
            added_at=rfc3339(known.added_at) if known.added_at else None,
            changed_at=rfc3339(known.changed_at) if known.changed_at else None,
            test=Tested.of(known.test) if known.test else None,
        )


class OneCluster(Shape, frozen=True):
    """One cluster."""

    cluster: Cluster


class ManyClusters(Shape, frozen=True, kw_only=True):
    """The clusters on which one can see something."""

    clusters: tuple[Cluster, ...]
    total: Annotated[int, Meta(ge=0)]


class TestOutcome(Shape, frozen=True):
    """A test that was made, whatever came of it."""

    test: Tested


@Operation(summary="List clusters", tag=TAG, answers={200: Answer(ManyClusters)})
async def list_clusters(request: Request) -> Response:
    """The clusters on which something can be seen."""
    found = tuple(map(Cluster.of, clusters.clusters(await context_of(request))))
    return payloads.answer(ManyClusters(clusters=found, total=len(found)))


@Operation(
    summary="Add a cluster",
    tag=TAG,
    body=Body(NewCluster, {"name": "production", "kubeconfig": KUBECONFIG, "context": "default"}),
    answers={201: Answer(OneCluster)},
    refuses=(NotAllowed, AlreadyExists, Conflict, *LIVE),
)
async def add_cluster(request: Request) -> Response:
    """One more cluster; it is tried first."""
    context = await context_of(request)
    new = await body(request, NewCluster)
    draft = ClusterDraft(kubeconfig=new.kubeconfig, context=new.context, impersonate=new.impersonate)
    return payloads.answer(OneCluster(Cluster.of(await clusters.add(context, new.name, draft))), status=201)


@Operation(summary="Get a cluster", tag=TAG, answers={200: Answer(OneCluster)}, refuses=(NoSuchCluster,))
async def get_cluster(request: Request) -> Response:
    """One cluster, by id or name."""
    found = clusters.by_either(await context_of(request), request.path_params["cluster_id"])
    return payloads.answer(OneCluster(Cluster.of(found)))


@Operation(
    summary="Change a cluster",
    tag=TAG,
    body=Body(ChangedCluster, {"impersonate": True}),
    answers={200: Answer(OneCluster)},
    refuses=(NotAllowed, NoSuchCluster, Conflict, *LIVE),
)
async def update_cluster(request: Request) -> Response:
    """Another way to a cluster."""
    context = await context_of(request)
    new = await body(request, ChangedCluster)
    draft = ClusterDraft(kubeconfig=new.kubeconfig, context=new.context, impersonate=new.impersonate)
    changed = await clusters.update(context, request.path_params["cluster_id"], draft)
    return payloads.answer(OneCluster(Cluster.of(changed)))


@Operation(
    summary="Remove a cluster",
    tag=TAG,
    answers={200: Answer(Done)},
    refuses=(NotAllowed, NoSuchCluster, Conflict),
)
async def remove_cluster(request: Request) -> Response:
    """A cluster less."""
    await clusters.remove(await context_of(request), request.path_params["cluster_id"])
    return payloads.answer(Done())


@Operation(
    summary="Test a cluster",
    tag=TAG,
    body=Body(TestedCluster, {}, optional=True),
    answers={200: Answer(TestOutcome)},
    refuses=(NotAllowed, NoSuchCluster),
)
async def test_cluster(request: Request) -> Response:
    """What comes of trying a cluster, or another way to it; 200 whatever it is, since it was tried."""
    context = await context_of(request)
    asked = await body(request, TestedCluster, otherwise=TestedCluster())
    draft = ClusterDraft(kubeconfig=asked.kubeconfig, context=asked.context)
    outcome = await clusters.test(context, request.path_params["cluster_id"], draft)
    return payloads.answer(TestOutcome(Tested.of(outcome)))


ROUTES = (
    Route("/api/clusters", list_clusters, methods=["GET"]),
    Route("/api/clusters", add_cluster, methods=["POST"]),
    Route("/api/clusters/{cluster_id}", get_cluster, methods=["GET"]),
    Route("/api/clusters/{cluster_id}", update_cluster, methods=["PUT"]),
    Route("/api/clusters/{cluster_id}", remove_cluster, methods=["DELETE"]),
    Route("/api/clusters/{cluster_id}/test", test_cluster, methods=["POST"]),
)
