"""Reading a request: who asks, what its query and its body say; whatever cannot be meant is refused here.

What it is worth is the resolvers' matter.
"""

from typing import TypeVar, cast

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from gyre.auth.cookies import session_in
from gyre.errors import Invalid, TooLarge
from gyre.web.facts import facts_of
from resolvers.context import Context, Services

T = TypeVar("T")

LARGEST_BODY_BYTES = 1024 * 1024
"""Nothing the documented endpoints take is larger."""

LONGEST_VALUE = 65_536
"""Characters of a query parameter: the longest cursor."""

LONGEST_NUMBER = 9
"""Digits of a number in the query: a billion is more than there is of anything."""


def services_of(connection: HTTPConnection) -> Services:
    """What gyre.app put into the state at its start."""
    return cast("Services", connection.state.services)


async def context_of(connection: HTTPConnection) -> Context:
    """The request as resolvers take it, with whoever its session cookie says."""
    services = services_of(connection)
    principal = await services.sessions.principal_of(session_in(connection.scope["headers"]))
    return Context(services=services, principal=principal, facts=facts_of(connection.scope))


def text(connection: HTTPConnection, name: str) -> str | None:
    """A query parameter, None when it is not there or empty."""
    values = connection.query_params.getlist(name)
    if len(values) > 1:
        raise Invalid(f"`{name}` is given {len(values)} times; give it once.", details={"path": [name]})
    if not values or not values[0]:
        return None
    if "\0" in values[0] or len(values[0]) > LONGEST_VALUE:
        message = f"`{name}` has at most {LONGEST_VALUE} characters and no NUL."
        raise Invalid(message, details={"path": [name]})
    return values[0]


def number(connection: HTTPConnection, name: str, *, least: int, most: int) -> int | None:
    """A query parameter that is a whole number in a range, None when it is not there."""
    value = text(connection, name)
    if value is None:
        return None
    found = int(value) if value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER else None
    if found is None or not least <= found <= most:
        message = f"`{name}` is a whole number from {least} to {most}."
        raise Invalid(message, details={"path": [name]})
    return found


async def body(request: Request, kind: type[T], *, otherwise: T | None = None) -> T:
    """The request's JSON body as this type; `otherwise` is what an empty body stands for."""
    raw = await _bytes(request)
    if not raw and otherwise is not None:
        return otherwise
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415)
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body is not as documented: {error}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is not JSON: {str(error) or 'it is nested too deeply'}") from error


async def _bytes(request: Request) -> bytes:
    """The body; its length is counted as it comes, as a chunked one announces none."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY_BYTES:
            raise TooLarge(f"The body is larger than {LARGEST_BODY_BYTES} bytes.")
        parts.append(part)
    return b"".join(parts)
