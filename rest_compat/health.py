"""The documented health check, the probes and the metrics; none of them asks for a sign-in.

What healthy means is resolvers.health's.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import GyreError, Unavailable
from resolvers.health import health
from rest_compat import payloads
from rest_compat.contract import Answer, Operation, Who
from rest_compat.reading import context_of, services_of
from rest_compat.shapes import Shape

TAG = "Health"
NOTHING: frozenset[str] = frozenset()
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
    """How Gyre is; strangers are told of no `clusters` where the settings say so."""

    status: Status
    version: str
    clusters: tuple[Connection, ...] | UnsetType = UNSET


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
    seen = await _clusters_told(request)
    shown = (Connection(each.name, each.connected) for each in found.clusters if seen is None or each.name in seen)
    clusters = UNSET if seen == NOTHING else tuple(shown)
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


async def _clusters_told(request: Request) -> frozenset[str] | None:
    """Which clusters are told of: None is all, as documented; a stranger is told of none where the settings say so."""
    services = services_of(request)
    if services.settings.health_details:
        return None
    try:
        sight = (await context_of(request)).sight
    except GyreError:  # a stranger, or nobody can be asked who it is: it is answered all the same
        return NOTHING
    return frozenset(services.fleet.names(sight))
