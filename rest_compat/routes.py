"""Which path is answered by what; one line an endpoint.

Whatever goes wrong below is answered as problems says; whatever is not here, too.
"""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute, Match, Route, Router, WebSocketRoute
from starlette.types import Receive, Scope, Send

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
from rest_compat.compressing import COMPRESSED
from rest_compat.problems import handlers

ONE = "/api/flux/{resource_type}/{namespace}/{name}"

ENDPOINTS = (
    *auth.ROUTES,
    *audit.ROUTES,
    *providers.ROUTES,
    *tokens.ROUTES,
    *users.ROUTES,
    *policies.ROUTES,
    *clusters.ROUTES,
    Route("/api/overview", overview.show_overview, methods=["GET"], middleware=COMPRESSED),
    Route("/api/flux/{resource_type}", lists.list_resources, methods=["GET"], middleware=COMPRESSED),
    Route("/api/flux/{resource_type}", writes.create, methods=["POST"]),
    Route(ONE, flux.get_resource, methods=["GET"], middleware=COMPRESSED),
    Route(ONE, writes.update, methods=["PUT"]),
    Route(ONE, writes.apply, methods=["PATCH"]),
    Route(ONE, writes.delete, methods=["DELETE"]),
    Route(f"{ONE}/deletion", writes.deletion_preview, methods=["GET"]),
    Route(f"{ONE}/unmasked", writes.unmasked, methods=["GET"]),
    Route(f"{ONE}/reconcile", flux.reconcile, methods=["POST"]),
    Route(f"{ONE}/suspend", flux.suspend, methods=["POST"]),
    Route(f"{ONE}/resume", flux.resume, methods=["POST"]),
    Route(f"{ONE}/inventory", flux.list_inventory, methods=["GET"], middleware=COMPRESSED),
    Route(f"{ONE}/events", events.events_about, methods=["GET"], middleware=COMPRESSED),
    Route("/api/events", events.list_events, methods=["GET"], middleware=COMPRESSED),
    Route("/api/events/stream", streaming.stream_changes, methods=["GET"]),
    Route("/api/health", health.health_check, methods=["GET"]),
    Route("/livez", health.alive, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
    Route("/metrics", health.metrics, methods=["GET"]),
    *docs.ROUTES,
    Route("/api/ws", upgrading.upgrade, methods=["GET"]),
    WebSocketRoute("/api/ws", live.changes),
)

_ROUTER = Router(ENDPOINTS, redirect_slashes=False)


async def _by_segments(scope: Scope, receive: Receive, send: Send) -> None:
    """No name of anything holds a slash, so a hidden one must not make two segments of one."""
    if scope["type"] == "http" and b"%2f" in scope.get("raw_path", b"").lower():
        raise HTTPException(404)
    try:
        await _ROUTER(scope, receive, send)
    except HTTPException as refused:
        if refused.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            refused.headers = {"Allow": ", ".join(_methods(scope))}  # the router knows those of one route only
        raise


def _methods(scope: Scope) -> list[str]:
    """Every method that the endpoints at this path take."""
    here = (each for each in ENDPOINTS if isinstance(each, Route) and each.matches(scope)[0] is not Match.NONE)
    return sorted({method for each in here for method in each.methods or ()})


API = ExceptionMiddleware(_by_segments, handlers())
"""All endpoints, with their errors told as documented whatever stands around them."""


def routes() -> list[BaseRoute]:
    """What gyre.app puts before the pages: nothing under /api is ever answered by one."""
    paths = ("/livez", "/readyz", "/metrics", "/api", "/api/{path:path}")
    return [*(Route(path, API) for path in paths), WebSocketRoute("/api/{path:path}", API)]
