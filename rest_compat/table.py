"""Which endpoint answers a path and method, found by the path's parts, and how its answer or its error is sent.

Starlette's own router tries one pattern after the other, and wraps each answer twice against errors: with fifty
endpoints that costs more than most answers.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketClose

from rest_compat.compressing import Compressible, compressed
from rest_compat.problems import answer_to

SOCKET = "WEBSOCKET"
"""In the place of a method."""


@dataclass(frozen=True, slots=True)
class _Endpoint:
    function: Callable[[Any], Awaitable[Any]]
    names: tuple[str, ...]
    compressible: bool


class _Place:
    """Where a part of a path leads; `other` is any part that is not named."""

    def __init__(self) -> None:
        self.below: dict[str, _Place] = {}
        self.other: _Place | None = None
        self.endpoints: dict[str, _Endpoint] = {}

    def made_after(self, part: str) -> "_Place":
        """The place after this part of a pattern, made when it is not there yet."""
        if not part.startswith("{"):
            return self.below.setdefault(part, _Place())
        if self.other is None:
            self.other = _Place()
        return self.other


class Table:
    """An ASGI application of these endpoints.

    A part that is named goes before one that may be anything, and there is no going back.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._root = _Place()
        for route in routes:
            if not isinstance(route, Route | WebSocketRoute):
                raise TypeError(f"{route} is neither a route nor one of a WebSocket")
            self._enter(route)

    def _enter(self, route: Route | WebSocketRoute) -> None:
        place, parts = self._root, route.path.split("/")
        for part in parts:
            place = place.made_after(part)
        names = tuple(part.strip("{}") for part in parts if part.startswith("{"))
        endpoint = _Endpoint(route.endpoint, names, isinstance(route, Compressible))
        methods = (route.methods or ()) if isinstance(route, Route) else (SOCKET,)
        place.endpoints |= dict.fromkeys(methods, endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the endpoint of this path and method answer."""
        if scope["type"] == "websocket":
            await self._talk(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            endpoint = self._found(scope, scope["method"])
            response: Response = await endpoint.function(request)
        except Exception as error:  # noqa: BLE001  every error has its answer, which logs those nobody foresaw
            await (await answer_to(request, error))(scope, receive, send)
            return
        await (compressed(request, response) if endpoint.compressible else response)(scope, receive, send)

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            endpoint = self._found(scope, SOCKET)
        except HTTPException:
            await WebSocketClose()(scope, receive, send)
            return
        await endpoint.function(WebSocket(scope, receive, send))

    def _found(self, scope: Scope, method: str) -> _Endpoint:
        """The endpoint that is meant, which finds the other parts of the path in the scope. Raises HTTPException."""
        if b"%2f" in scope.get("raw_path", b"").lower():
            raise HTTPException(HTTPStatus.NOT_FOUND)  # a hidden slash must not make two parts of one
        place, values = self._root, []
        for part in scope["path"].split("/"):
            after = place.below.get(part)
            if after is None:
                after = place.other
                values.append(part)
            if after is None or (after is place.other and not part):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            place = after
        endpoint = place.endpoints.get(method)
        if endpoint is None:
            raise _refusal(place, method)
        scope["path_params"] = dict(zip(endpoint.names, values, strict=True))
        scope["endpoint"] = endpoint.function
        return endpoint


def _refusal(place: _Place, method: str) -> HTTPException:
    taken = sorted(place.endpoints.keys() - {SOCKET})
    if method == SOCKET or not taken:
        return HTTPException(HTTPStatus.NOT_FOUND)
    return HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(taken)})
