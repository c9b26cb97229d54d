"""What is read from an ASGI request, and what is sent back: bytes, bounded.

What the bytes mean is schema.operations'.
"""

from collections.abc import Iterable

from starlette.types import Receive, Scope, Send

from gyre.audit.answering import asked_by
from gyre.auth.cookies import clear_session, set_session
from gyre.errors import Invalid, TooLarge
from gyre.web.asking import who_asks
from gyre.web.facts import facts_of
from resolvers.context import Context, Services

LARGEST_BODY = 1_048_576
"""Bytes. The document may have 65,536 characters; the rest is for variables."""

JSON_TYPE = b"application/json"
GRAPHQL_TYPE = b"application/graphql-response+json"


class Gone(Exception):  # nobody is left to be told
    """The client went away while it was still sending."""


async def context_of(scope: Scope) -> Context:
    """Who asks, from where: the services are in the lifespan's state. Raises NotSignedIn for a token that is none."""
    services: Services = scope["state"]["services"]
    principal, prepaid = await who_asks(scope, services.callers), 1 if scope["type"] == "http" else 0
    context = Context(services=services, principal=principal, facts=facts_of(scope), prepaid_points=prepaid)
    asked_by(context)
    return context


def header(scope: Scope, name: bytes) -> bytes:
    """A request header, empty when it is not there."""
    return next((value for key, value in scope["headers"] if key == name), b"")


def accepts(scope: Scope, media_type: bytes) -> bool:
    """Whether the client asks for this very media type."""
    return media_type in header(scope, b"accept").lower()


async def body_of(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises Invalid for another media type than JSON, TooLarge beyond the bound."""
    content_type = header(scope, b"content-type").partition(b";")[0].strip().lower()
    if content_type != JSON_TYPE:
        raise Invalid("a body of type application/json is needed")
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced[:20]) > LARGEST_BODY:
        raise _too_large()
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def cookies_of(context: Context) -> list[tuple[bytes, bytes]]:
    """The headers that keep a session that began, or take away one that ended."""
    begun = context.signed_in_now
    if begun is not None:
        value = set_session(begun.cookie, seconds=begun.seconds, secure=context.facts.secure)
        return [(b"set-cookie", value.encode())]
    if context.signed_out_now:
        return [(b"set-cookie", clear_session(secure=context.facts.secure).encode())]
    return []


async def reply(
    send: Send,
    status: int,
    body: bytes,
    media_type: bytes = JSON_TYPE,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Send an answer whole."""
    start = [(b"content-type", media_type), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


def _too_large() -> TooLarge:
    return TooLarge(f"The body is too large: {LARGEST_BODY} bytes are the most.")
