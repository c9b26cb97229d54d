"""ETags: a name for each state of an answer, so that who has it already is told so instead of being sent it again.

A tag is a hash of what was asked, of what the asker may see, and of how far the fleet is: it is known before anything
is looked up or put together. It is weak, as compressing an answer changes its bytes and not what it says. Answers sent
lately are kept by their tags: whoever asks the same in the same state gets the same bytes.
"""

from collections import OrderedDict
from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gyre import __version__
from rest_compat.payloads import NOT_TO_KEEP

TAG_BYTES: Final = 16
VARY: Final = "accept-encoding"

KEPT_BYTES: Final = 16 * 1024 * 1024
"""Of all answers kept: five hundred pages of twenty objects."""

LARGEST_KEPT_BYTES: Final = 512 * 1024
"""Of one; larger ones are streamed."""


class Kept:
    """The answers sent last, within the bound."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def of(self, tag: str) -> bytes | None:
        """The answer of this name, if it is kept."""
        body = self._bodies.get(tag)
        if body is not None:
            self._bodies.move_to_end(tag)
        return body

    def keep(self, tag: str, body: bytes) -> None:
        """Keep an answer; those not asked for longest give way."""
        if tag in self._bodies or len(body) > LARGEST_KEPT_BYTES:
            return
        self._bodies[tag] = body
        self._bytes += len(body)
        while self._bytes > self._most_bytes:
            _, oldest = self._bodies.popitem(last=False)
            self._bytes -= len(oldest)


_KEPT: Final = Kept()
"""One for the process: tags hold the epochs of its feed, so that they mean the same to everyone."""


def tag_of(request: Request, *facts: str) -> str:
    """The name of this request's answer as long as these facts hold."""
    scope = request.scope
    told = "\n".join((__version__, scope["path"], scope["query_string"].decode("latin-1"), *facts))
    return f'W/"{blake2b(told.encode("utf-8", "surrogatepass"), digest_size=TAG_BYTES).hexdigest()}"'


def known(request: Request, tag: str) -> Response | None:
    """The answer of this name when nothing has to be put together: 304 for who has it, else one that is kept."""
    said = request.headers.get("if-none-match")
    if said is not None and tag in [f"W/{each.strip().removeprefix('W/')}" for each in said.split(",")]:
        return Response(status_code=304, headers=_headers(tag))
    body = _KEPT.of(tag)
    return None if body is None else Response(body, headers=_headers(tag), media_type="application/json")


def named(answer: Response, tag: str) -> Response:
    """The answer with its name; kept, unless it is streamed."""
    answer.headers["etag"] = tag
    answer.headers["vary"] = VARY
    if not isinstance(answer, StreamingResponse):
        _KEPT.keep(tag, bytes(answer.body))
    return answer


def _headers(tag: str) -> dict[str, str]:
    return {**NOT_TO_KEEP, "etag": tag, "vary": VARY}
