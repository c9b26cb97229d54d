"""Every path leads to its one endpoint, and to nothing else."""

import re

import pytest
import websockets
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import Scope

from rest_compat.routes import ENDPOINTS
from rest_compat.table import SOCKET, Table
from tests.rest_compat.conftest import Gyre

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("route", ENDPOINTS, ids=lambda route: route.path)
def test_every_endpoint_is_found_under_its_own_path_with_its_parts(route: Route | WebSocketRoute) -> None:
    path = re.sub(r"\{(\w+)\}", r"some-\1", route.path)
    for method in (route.methods or ()) if isinstance(route, Route) else (SOCKET,):
        scope: Scope = {"path": path, "raw_path": path.encode()}
        assert Table(ENDPOINTS)._found(scope, method).function is route.endpoint
        assert scope["path_params"] == {name: f"some-{name}" for name in re.findall(r"\{(\w+)\}", route.path)}
        assert scope["endpoint"] is route.endpoint


async def test_a_websocket_elsewhere_is_refused_before_it_opens(gyre: Gyre) -> None:
    for path in ("/api/events", "/api/nothing", "/api/ws/more"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with websockets.connect(f"ws://{gyre.address}{path}", proxy=None):
                pass
        assert refused.value.response.status_code == 403


def test_only_routes_are_taken() -> None:
    with pytest.raises(TypeError):
        Table([Mount("/api", routes=[])])


async def test_a_part_that_is_named_goes_before_one_that_may_be_anything() -> None:
    async def this(_: Request) -> Response:
        return Response()

    async def other(_: Request) -> Response:
        return Response()

    table = Table([Route("/a/{name}", other), Route("/a/this", this)])
    assert table._found({"path": "/a/this"}, "GET").function is this
    assert table._found({"path": "/a/that"}, "GET").function is other
