"""The document of the REST API, as it is committed, and the page that shows it.

What is in the document is openapi's; the page is built with the frontend, from Swagger UI's npm package.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rest_compat.contract import Answer, Operation, Who
from rest_compat.problems import OF_HTTP, problem

TAG = "Documentation"
PAGE = Path(__file__).parent.parent / "gyre" / "web" / "static" / "apidocs" / "index.html"
NOT_BUILT = "This page is not built; run `make run`, or install Gyre from its wheel."
FILE = Path(__file__).with_name("openapi.json")


@Operation(
    summary="This document",
    tag=TAG,
    who=Who.EVERYONE,
    answers={200: Answer(dict, headers=("ETag",)), 304: Answer(headers=("ETag",))},
)
async def openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document of this API."""
    content, tag = _committed()
    headers = {"cache-control": "no-cache", "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type="application/json")


@Operation(
    summary="This document, to read and to try",
    tag=TAG,
    who=Who.EVERYONE,
    answers={200: Answer(str, media_type="text/html")},
    http=(404,),
)
async def page(_: Request) -> Response:
    """A page for a browser."""
    content = _built()
    if content is None:
        return problem(404, OF_HTTP[404][0], NOT_BUILT)
    return Response(content, 200, {"cache-control": "no-cache"}, media_type="text/html")


@cache
def _built() -> bytes | None:
    return PAGE.read_bytes() if PAGE.is_file() else None


@cache
def _committed() -> tuple[bytes, str]:
    """The file and its name for caches."""
    content = FILE.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:32]}"'


ROUTES = (
    Route("/api/openapi.json", openapi, methods=["GET"]),
    Route("/api/docs", page, methods=["GET"]),
)
