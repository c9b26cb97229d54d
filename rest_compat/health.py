"""The documented health check, the probes and the metrics; none of them asks for a sign-in.

What healthy means is resolvers.health's.
"""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import Unavailable
from resolvers.health import health
from rest_compat import payloads
from rest_compat.reading import services_of

NO_STORE = {"cache-control": "no-store"}


async def health_check(request: Request) -> Response:
    """The documented answer; 503 when nobody can sign in."""
    found = health(services_of(request))
    clusters = [{"name": cluster.name, "connected": cluster.connected} for cluster in found.clusters]
    shown = {"status": found.status, "version": found.version, "clusters": clusters}
    return payloads.answer(shown, status=503 if found.problems else 200)


async def alive(_: Request) -> Response:
    """The process answers; restart it when it does not."""
    return payloads.answer({"status": "alive"})


async def ready(request: Request) -> Response:
    """Requests can be answered; clusters that are away do not count, they degrade only themselves."""
    problems = health(services_of(request)).problems
    if problems:
        raise Unavailable(f"Not ready: {'; '.join(problems)}.", details={"problems": list(problems)})
    return payloads.answer({"status": "ready"})


async def metrics(_: Request) -> Response:
    """Every counter of this process, for Prometheus."""
    return Response(generate_latest(), 200, {**NO_STORE, "content-type": CONTENT_TYPE_LATEST})
