"""ETags: a name for each state of an answer, so that who has it already is told so instead of being sent it again.

A tag is a hash of what was asked, of what the asker may see, and of how far the fleet is: it is known before anything
is looked up or put together. It is weak, as compressing an answer changes its bytes and not what it says.
"""

from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gyre import __version__
from rest_compat.payloads import NOT_TO_KEEP

TAG_BYTES: Final = 16
VARY: Final = "accept-encoding"


def tag_of(request: Request, *facts: str) -> str:
    """The name of this request's answer as long as these facts hold."""
    scope = request.scope
    told = "\n".join((__version__, scope["path"], scope["query_string"].decode("latin-1"), *facts))
    return f'W/"{blake2b(told.encode("utf-8", "surrogatepass"), digest_size=TAG_BYTES).hexdigest()}"'


def has(request: Request, tag: str) -> bool:
    """Whether the client says it has the answer of this name."""
    said = request.headers.get("if-none-match")
    return said is not None and tag in [f"W/{each.strip().removeprefix('W/')}" for each in said.split(",")]


def unchanged(tag: str) -> Response:
    """304: what the client has still holds."""
    return Response(status_code=304, headers={**NOT_TO_KEEP, "etag": tag, "vary": VARY})


def named(answer: Response, tag: str) -> Response:
    """The answer with its name."""
    answer.headers["etag"] = tag
    answer.headers["vary"] = VARY
    return answer
