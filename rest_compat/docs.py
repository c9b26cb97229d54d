"""The document of the REST API, as it is committed.

What is in it is openapi's; the page that shows it is part of the frontend.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rest_compat.contract import Answer, Operation, Who

TAG = "Documentation"
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


@cache
def _committed() -> tuple[bytes, str]:
    """The file and its name for caches."""
    content = FILE.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:32]}"'


ROUTES = (Route("/api/openapi.json", openapi, methods=["GET"]),)
