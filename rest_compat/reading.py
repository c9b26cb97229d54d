"""Reading a request: who asks, what its query and its body say; whatever cannot be meant is refused here.

Queries and bodies are read by the types that rest_compat.contract says they are of; what they are worth is the
resolvers' matter.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeVar, cast

import msgspec
from msgspec import inspect
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from gyre.audit.answering import asked_by
from gyre.errors import Invalid, TooLarge
from gyre.flux.drafts import LARGEST_BYTES, read_json
from gyre.web.asking import who_asks
from gyre.web.facts import facts_of
from resolvers.context import Context, Services
from rest_compat.contract import JSON, SAFE, YAML, Who, said_of

T = TypeVar("T")
Q = TypeVar("Q", bound=msgspec.Struct)
Reader = Callable[[QueryParams, str], object]
"""Reads one parameter; None when it is not there."""

DEFAULT_CLUSTER = "default"
"""Which cluster is meant where none is named."""

LARGEST_BODY_BYTES = 1024 * 1024
"""Nothing but a manifest is larger."""

LARGEST_MANIFEST_BYTES = LARGEST_BYTES + 64 * 1024
"""The largest object, and what is said about it."""

LONGEST_VALUE = 65_536
"""Characters of a query parameter: the longest cursor."""

SHORT_QUERY_BYTES = 512
"""What a query that is remembered has at most: four thousand of them are two megabytes."""

LONGEST_UNKNOWN = 64
"""Characters that are told of the name of a parameter that is none."""

LONGEST_NUMBER = 9
"""Digits of a number in the query: a billion is more than there is of anything."""


def services_of(connection: HTTPConnection) -> Services:
    """What gyre.app put into the state at its start."""
    return cast("Services", connection.scope["state"]["services"])


async def context_of(connection: HTTPConnection) -> Context:
    """The request as resolvers take it, of whom the endpoint says that it answers: before anything of it is read.

    Raises NotSignedIn for a token that is none, and as the endpoint says; Invalid for a write with more in its query
    than is taken: what is misspelt must not be done otherwise than it was meant.
    """
    services, scope = services_of(connection), connection.scope
    principal = await who_asks(scope, services.callers)
    context = Context(services=services, principal=principal, facts=facts_of(scope))
    asked_by(context)
    said = said_of(scope["endpoint"])
    if said.who is Who.SIGNED_IN:
        context.signed_in()
    elif said.who is Who.ONESELF:
        context.caller()
    if scope["query_string"] and scope.get("method", "GET") not in SAFE:
        _refuse_unknown(connection, said.query)
    return context


def _refuse_unknown(connection: HTTPConnection, kind: type[msgspec.Struct] | None) -> None:
    names = [name for name, _ in _readers(kind)] if kind else []
    unknown = next((name[:LONGEST_UNKNOWN] for name in connection.query_params if name not in names), None)
    if unknown is not None:
        message = f"This call takes no query parameter {unknown!r}, but {', '.join(names) or 'none'}."
        raise Invalid(message, details={"path": [unknown]})


def text(said: QueryParams, name: str) -> str | None:
    """A query parameter, None when it is not there or empty."""
    return _given(said, name) or None


def number(said: QueryParams, name: str, *, least: int, most: int) -> int | None:
    """A query parameter that is a whole number in a range, None when it is not there."""
    value = _given(said, name)
    if value is None:
        return None
    found = int(value) if value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER else None
    if found is None or not least <= found <= most:
        message = f"`{name}` is a whole number from {least} to {most}."
        raise Invalid(message, details={"path": [name]})
    return found


def _given(said: QueryParams, name: str) -> str | None:
    if name not in said:
        return None
    values = said.getlist(name)
    if len(values) > 1:
        raise Invalid(f"`{name}` is given {len(values)} times; give it once.", details={"path": [name]})
    if "\0" in values[0] or len(values[0]) > LONGEST_VALUE:
        message = f"`{name}` has at most {LONGEST_VALUE} characters and no NUL."
        raise Invalid(message, details={"path": [name]})
    return values[0]


def query(connection: HTTPConnection, kind: type[Q]) -> Q:
    """The query, as the endpoint says that it takes it; what it does not name is not minded, see context_of."""
    assert said_of(connection.scope["endpoint"]).query is kind  # noqa: S101 # a bug of ours, which any test meets
    if len(connection.scope["query_string"]) > SHORT_QUERY_BYTES:
        return _query(connection.query_params, kind)
    return cast("Q", _short_query(connection.scope["query_string"], kind))


@lru_cache(maxsize=4096)
def _short_query(query_string: bytes, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Clients ask the same again and again: what it says is read once, as it is the same for everyone."""
    return _query(QueryParams(query_string), kind)


def _query(said: QueryParams, kind: type[Q]) -> Q:
    given = {name: reader(said, name) for name, reader in _readers(kind)}
    try:
        return msgspec.convert({name: value for name, value in given.items() if value is not None}, kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"The query is not as documented: {error}") from error


@cache
def _readers(kind: type[msgspec.Struct]) -> tuple[tuple[str, Reader], ...]:
    """Each parameter, and what reads it."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)  # noqa: S101 # for the checker
    return tuple((field.encode_name, _reader(field.type)) for field in described.fields)


def _reader(kind: inspect.Type) -> Reader:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    match kind:
        case inspect.UnionType(types=types):
            return _reader(next(each for each in types if not isinstance(each, inspect.NoneType)))
        case inspect.IntType(ge=int(least), le=int(most)):
            return lambda said, name: number(said, name, least=least, most=most)
        case inspect.BoolType():
            return _flag
        case inspect.LiteralType(values=words):
            return lambda said, name: _word(said, name, cast("tuple[str, ...]", words))
        case inspect.StrType():
            return text
    raise TypeError(f"No query holds a {kind}: it takes texts, words, flags, and whole numbers with both bounds.")


def _word(said: QueryParams, name: str, words: tuple[str, ...]) -> str | None:
    value = text(said, name)
    if value is not None and value.lower() not in words:
        raise Invalid(f"`{name}` is one of {', '.join(words)}.", details={"path": [name]})
    return value and value.lower()


def _flag(said: QueryParams, name: str) -> bool | None:
    """`?dryRun` without a value is no real write: it is refused."""
    value = _given(said, name)
    if value not in (None, "true", "false"):
        raise Invalid(f"`{name}` is true or false.", details={"path": [name]})
    return None if value is None else value == "true"


async def manifest(request: Request) -> str | object:
    """A body with a manifest in it: a text when it is YAML, else what the JSON holds, with no name twice."""
    media_type = _media_type(request)
    if media_type not in (JSON, *YAML):
        raise HTTPException(415)
    raw = await _bytes(request, LARGEST_MANIFEST_BYTES)
    if media_type == JSON:
        return read_json(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid("The body is not YAML: it is not UTF-8.", details={"problem": "syntax"}) from error


def as_type(value: object, kind: type[T]) -> T:
    """What was read, as this type."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body is not as documented: {error}") from error


async def body(request: Request, kind: type[T], *, otherwise: T | None = None) -> T:
    """The request's JSON body as this type; `otherwise` is what an empty body stands for."""
    raw = await _bytes(request, LARGEST_BODY_BYTES)
    if not raw and otherwise is not None:
        return otherwise
    if _media_type(request) != JSON:
        raise HTTPException(415)
    return as_type(read_json(raw), kind)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _bytes(request: Request, largest: int) -> bytes:
    """The body; its length is counted as it comes, as a chunked one announces none."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise TooLarge(f"The body is larger than {largest} bytes.")
        parts.append(part)
    return b"".join(parts)
