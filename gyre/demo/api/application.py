"""The ASGI application: which path goes to which handler, who may come in, how refusals become answers.

What the handlers do stands in their own modules.
"""

import hmac
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gyre.demo import refusals
from gyre.demo.api import discovery, logs, openapi, reading, reviews, scale, writing
from gyre.demo.api.answers import json_answer, refused
from gyre.demo.api.requests import Target, target_of
from gyre.demo.api.serving import VERSION, Serving, serving_of

OPEN_PATHS = frozenset(("/healthz", "/livez", "/readyz", "/version"))
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[[Request, Serving, Target], Awaitable[Response]]
COLLECTION: dict[str, Handler] = {
    "GET": reading.list_or_watch,
    "POST": writing.create,
    "DELETE": writing.delete_collection,
}
OBJECT: dict[str, Handler] = {
    "GET": reading.get,
    "PUT": writing.update,
    "PATCH": writing.patch,
    "DELETE": writing.delete,
}
STATUS: dict[str, Handler] = {"GET": reading.get, "PUT": writing.update, "PATCH": writing.patch}
LOG: dict[str, Handler] = {"GET": logs.log}
SCALE: dict[str, Handler] = {"GET": scale.get, "PUT": scale.update, "PATCH": scale.patch}


def create_application(serving: Serving) -> Starlette:
    """The whole API over these objects."""
    review = partial(Route, methods=["POST"])
    application = Starlette(
        routes=[
            *(Route(path, _health) for path in ("/healthz", "/livez", "/readyz")),
            Route("/version", _version),
            Route("/openapi/v2", openapi.version_two),
            Route("/openapi/v3", openapi.index),
            Route("/openapi/v3/{path:path}", openapi.document),
            Route("/api", discovery.core),
            Route("/apis", discovery.groups),
            Route("/apis/{group}", discovery.group),
            Route("/api/{version}", discovery.resources),
            Route("/apis/{group}/{version}", discovery.resources),
            review("/apis/{group:str}/v1/{plural:str}", _review_or_objects),
            Route("/api/{rest:path}", _objects, methods=METHODS),
            Route("/apis/{rest:path}", _objects, methods=METHODS),
        ],
        exception_handlers={refusals.Refusal: _refused, HTTPException: _http_problem, Exception: _broken},
    )
    application.state.serving = serving
    return application


class Guard:
    """Lets in who brings the token; anyone to the few paths that tell nothing."""

    def __init__(self, application: ASGIApp, token: str) -> None:
        self._application = application
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or pass the request on."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
            if not hmac.compare_digest(given, self._wanted):
                answer = refused(refusals.Refusal(401, "Unauthorized", "Unauthorized"))
                await answer(scope, receive, send)
                return
        await self._application(scope, receive, send)


async def _objects(request: Request) -> Response:
    serving = serving_of(request)
    target = target_of(serving.store.resources, request.url.path)
    handler = _handlers(target).get("GET" if request.method == "HEAD" else request.method)
    if handler is None:
        raise refusals.not_this_method()
    return await handler(request, serving, target)


def _handlers(target: Target) -> dict[str, Handler]:
    if not target.name:
        if target.resource.namespaced and target.namespace is None:
            return {"GET": reading.list_or_watch}
        return COLLECTION
    if not target.subresource:
        return OBJECT
    if target.subresource == "status" and target.resource.has_status:
        return STATUS
    if target.subresource in target.resource.subresources:
        return {"log": LOG, "scale": SCALE}[target.subresource]
    raise refusals.not_found(target.resource, target.name)


async def _review_or_objects(request: Request) -> Response:
    if (request.path_params["group"], request.path_params["plural"]) in reviews.REVIEWS:
        return await reviews.review(request)
    return await _objects(request)


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _version(_request: Request) -> Response:
    return json_answer(VERSION)


async def _refused(_request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, refusals.Refusal):
        raise refusal
    return refused(refusal)


async def _http_problem(_request: Request, problem: Exception) -> Response:
    if isinstance(problem, HTTPException) and problem.status_code == 405:  # noqa: PLR2004
        return refused(refusals.not_this_method())
    return PlainTextResponse("404 page not found\n", 404)


async def _broken(_request: Request, problem: Exception) -> Response:
    return refused(refusals.Refusal(500, "InternalError", f"Internal error occurred: {type(problem).__name__}"))
