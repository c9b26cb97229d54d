"""Which path is answered by what; one line an endpoint.

Whatever goes wrong below is answered as problems says; whatever is not here, too.
"""

from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from rest_compat import (
    audit,
    auth,
    clusters,
    docs,
    events,
    flux,
    health,
    lists,
    live,
    overview,
    policies,
    providers,
    streaming,
    tokens,
    upgrading,
    users,
    writes,
)
from rest_compat.compressing import Compressible
from rest_compat.table import Table

ONE = "/api/flux/{resource_type}/{namespace}/{name}"

ENDPOINTS = (
    *auth.ROUTES,
    *audit.ROUTES,
    *providers.ROUTES,
    *tokens.ROUTES,
    *users.ROUTES,
    *policies.ROUTES,
    *clusters.ROUTES,
    Compressible("/api/overview", overview.show_overview, methods=["GET"]),
    Compressible("/api/flux/{resource_type}", lists.list_resources, methods=["GET"]),
    Route("/api/flux/{resource_type}", writes.create, methods=["POST"]),
    Compressible(ONE, flux.get_resource, methods=["GET"]),
    Route(ONE, writes.update, methods=["PUT"]),
    Route(ONE, writes.apply, methods=["PATCH"]),
    Route(ONE, writes.delete, methods=["DELETE"]),
    Route(f"{ONE}/deletion", writes.deletion_preview, methods=["GET"]),
    Route(f"{ONE}/unmasked", writes.unmasked, methods=["GET"]),
    Route(f"{ONE}/reconcile", flux.reconcile, methods=["POST"]),
    Route(f"{ONE}/suspend", flux.suspend, methods=["POST"]),
    Route(f"{ONE}/resume", flux.resume, methods=["POST"]),
    Compressible(f"{ONE}/inventory", flux.list_inventory, methods=["GET"]),
    Compressible(f"{ONE}/events", events.events_about, methods=["GET"]),
    Compressible("/api/events", events.list_events, methods=["GET"]),
    Route("/api/events/stream", streaming.stream_changes, methods=["GET"]),
    Route("/api/health", health.health_check, methods=["GET"]),
    Route("/livez", health.alive, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
    Route("/metrics", health.metrics, methods=["GET"]),
    *docs.ROUTES,
    Route("/api/ws", upgrading.upgrade, methods=["GET"]),
    WebSocketRoute("/api/ws", live.changes),
)

API = Table(ENDPOINTS)
"""All endpoints, with their errors told as documented whatever stands around them."""

PROBES = ("/livez", "/readyz", "/metrics")


def in_front_of(others: ASGIApp) -> ASGIApp:
    """These endpoints, and this application for every path that is not theirs, and for the lifespan.

    Nothing under /api is ever answered by a page.
    """

    async def split(scope: Scope, receive: Receive, send: Send) -> None:
        path = "" if scope["type"] == "lifespan" else scope["path"]
        here = path.startswith("/api/") or path == "/api" or path in PROBES
        await (API if here else others)(scope, receive, send)

    return split
