"""The documented health check, the probes and the metrics; none of them asks for a sign-in.

What healthy means is resolvers.health's.
"""

from typing import Annotated, Literal

from msgspec import Meta
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import Unavailable
from resolvers.health import health
from rest_compat import payloads
from rest_compat.contract import Answer, Operation, Who
from rest_compat.reading import services_of
from rest_compat.shapes import Shape

TAG = "Health"
NO_STORE = {"cache-control": "no-store"}

Status = Annotated[
    Literal["healthy", "degraded", "unhealthy"],
    Meta(description="`degraded`: a cluster is away; `unhealthy`: nobody can sign in."),
]


class Connection(Shape, frozen=True):
    """A cluster, and whether it answers."""

    name: str
    connected: bool


class Condition(Shape, frozen=True):
    """How Gyre is."""

    status: Status
    version: str
    clusters: tuple[Connection, ...]


class Alive(Shape, frozen=True):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Shape, frozen=True):
    """Requests can be answered."""

    status: Literal["ready"] = "ready"


@Operation(
    summary="Health",
    tag=TAG,
    who=Who.EVERYONE,
    answers={200: Answer(Condition), 503: Answer(Condition, meaning="Nobody can sign in.")},
)
async def health_check(request: Request) -> Response:
    """The documented answer; 503 when nobody can sign in."""
    found = health(services_of(request))
    clusters = tuple(Connection(cluster.name, cluster.connected) for cluster in found.clusters)
    return payloads.answer(Condition(found.status, found.version, clusters), status=503 if found.problems else 200)


@Operation(summary="Is it alive", tag=TAG, who=Who.EVERYONE, answers={200: Answer(Alive)})
async def alive(_: Request) -> Response:
    """The process answers; restart it when it does not."""
    return payloads.answer(Alive())


@Operation(summary="Is it ready", tag=TAG, who=Who.EVERYONE, answers={200: Answer(Ready)}, refuses=(Unavailable,))
async def ready(request: Request) -> Response:
    """Requests can be answered; clusters that are away do not count, they degrade only themselves."""
    problems = health(services_of(request)).problems
    if problems:
        raise Unavailable(f"Not ready: {'; '.join(problems)}.", details={"problems": list(problems)})
    return payloads.answer(Ready())


@Operation(summary="Metrics", tag=TAG, who=Who.EVERYONE, answers={200: Answer(str, media_type="text/plain")})
async def metrics(_: Request) -> Response:
    """Every counter of this process, for Prometheus."""
    return Response(generate_latest(), 200, {**NO_STORE, "content-type": CONTENT_TYPE_LATEST})
