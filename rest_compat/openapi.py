"""The OpenAPI 3.1 document of all endpoints, made of what each says of itself and of the types it reads and answers.

What is committed as openapi.json, and served, is exactly this: a test compares.
"""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

import msgspec
import orjson
from starlette.routing import BaseRoute, Route

from gyre import __version__, errors
from gyre.errors import GyreError
from rest_compat.contract import JSON, SAFE, YAML, Answer, Operation, Refusals, Who, said_of
from rest_compat.problems import OF_HTTP, STATUSES
from rest_compat.shapes import PathParameters

Document = dict[str, Any]
Told = list[tuple[int, str, str]]
"""Refusals of one status: it, the code, and what the code means."""

SCHEMAS: Final = "#/components/schemas/{name}"
ERROR: Final = {"$ref": "#/components/schemas/Error"}
INTERNAL: Final = (500, GyreError.code, "Something went wrong inside Gyre; its log tells more under the request's id.")

DESCRIPTION: Final = """\
Gyre over plain HTTP, for scripts, monitors and whoever has no GraphQL at hand. Sign in with `POST /api/auth/login`; the
session is in the cookie. A method that an address does not take is answered 405 with `Allow`, an address that is none
404, both as an `Error`. `RateLimit-Limit`, `-Remaining` and `-Reset` say how often one may ask. Every answer has an
`X-Request-Id`, under which Gyre's log tells more.
"""

HEADERS: Final[Mapping[str, Document]] = {
    "Allow": {"description": "The methods that this address takes.", "schema": {"type": "string"}},
    "Location": {"description": "Where the object is.", "schema": {"type": "string", "format": "uri-reference"}},
    "ETag": {"description": "The answer's name, to be sent back as If-None-Match.", "schema": {"type": "string"}},
    "Vary": {"description": "What else the answer depends on.", "schema": {"type": "string"}},
    "Upgrade": {"description": "What to ask for instead.", "schema": {"const": "websocket"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "Set-Cookie": {
        "description": "The session `gyre_session` (over https `__Host-gyre_session`), or its end.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {"description": "How one may say who one is.", "schema": {"type": "string"}},
}

ALWAYS_WITH: Final[Mapping[int, tuple[str, ...]]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Allow",),
    HTTPStatus.UPGRADE_REQUIRED: ("Upgrade",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
"""Headers without which a refusal would not say what to do."""

NARROWING: Final = ("enum", "format", "minLength", "pattern")
"""What in a schema an empty text would not fit."""

_HOLE = re.compile(r"\{(\w+)(?::\w+)?\}")


def document(endpoints: Iterable[BaseRoute]) -> Document:
    """The whole document. Raises LookupError for an endpoint that says nothing of itself."""
    routes = [route for route in endpoints if isinstance(route, Route)]
    said = [(route, method, said_of(route.endpoint)) for route in routes for method in sorted(_methods(route))]
    kinds = list(dict.fromkeys(kind for _, _, operation in said for kind in _kinds(operation)))
    schemas, components = msgspec.json.schema_components([*kinds, PathParameters], ref_template=SCHEMAS)
    schema_of = dict(zip(kinds, schemas, strict=False))
    holes = components.pop(PathParameters.__name__)["properties"]
    paths: dict[str, Document] = {}
    refusals = {"NOT_FOUND": _problem([_of_http(404)]), "METHOD_NOT_ALLOWED": _problem([_of_http(405)])}
    for route, method, operation in said:
        parameters = [_parameter("path", _camel(hole), holes[_camel(hole)]) for hole in _HOLE.findall(route.path)]
        if operation.query is not None:
            parameters += _queries(components[operation.query.__name__])
        path = paths.setdefault(path_of(route.path), {})
        path[method.lower()] = _operation(route, operation, parameters, schema_of)
        refused = _refusals(route, method, operation)
        refusals |= {_name(told): _problem(told) for told in refused.values()}
        path[method.lower()]["responses"] |= _referred(refused, operation)
    queries = {operation.query.__name__ for _, _, operation in said if operation.query is not None}
    shown = {name: schema for name, schema in components.items() if name not in queries}
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": "Gyre",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"cookie": []}, {"bearer": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for _, _, operation in said)],
        "paths": paths,
        "components": {
            "schemas": {**shown, "Error": _error()},
            "headers": dict(HEADERS),
            "responses": dict(sorted(refusals.items())),
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": "gyre_session"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API token."},
            },
        },
    }
    return cast("Document", orjson.loads(orjson.dumps(found)))  # tuples are lists where it is read


def as_json(found: Document) -> str:
    """The document as it is committed."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def responses(found: Document) -> str:
    """Every answer of every endpoint, as a table in Markdown."""
    rows = ["| Endpoint | Answers | Refusals |", "|---|---|---|"]
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            answers, refused = list[str](), list[str]()
            for status, answer in operation["responses"].items():
                codes = answer.get("$ref", "").rpartition("/")[2].split(".")
                (refused if "$ref" in answer else answers).append(" ".join([status, *(f"`{c}`" for c in codes if c)]))
            rows.append(f"| `{method.upper()} {path}` | {', '.join(answers)} | {', '.join(refused)} |")
    return "\n".join(rows) + "\n"


def path_of(route: str) -> str:
    """A route's path as the document writes it."""
    return _HOLE.sub(lambda found: f"{{{_camel(found[1])}}}", route)


def _operation(
    route: Route, operation: Operation, parameters: list[Document], schema_of: Mapping[Any, Document]
) -> Document:
    found: Document = {
        "operationId": _camel(route.endpoint.__name__),
        "summary": operation.summary,
        "description": route.endpoint.__doc__,
        "tags": [operation.tag],
    }
    if operation.who is Who.EVERYONE:
        found["security"] = []
    if parameters:
        found["parameters"] = parameters
    if operation.body is not None:
        taken: Document = {JSON: {"schema": schema_of[operation.body.kind], "example": dict(operation.body.example)}}
        if operation.body.manifest:
            taken |= {media: {"schema": {"type": "string", "description": "The object itself."}} for media in YAML}
        found["requestBody"] = {"required": not operation.body.optional, "content": taken}
    found["responses"] = {
        str(status): _answer(status, answer, schema_of) for status, answer in operation.answers.items()
    }
    return found


def _referred(refused: Mapping[int, Told], operation: Operation) -> Document:
    return {
        str(status): {"$ref": f"#/components/responses/{_name(told)}"}
        for status, told in sorted(refused.items())
        if status not in operation.answers
    }


def _name(told: Told) -> str:
    return ".".join(code for _, code, _ in told)


def _refusals(route: Route, method: str, operation: Operation) -> dict[int, Told]:
    """What an operation refuses, by status: code and meaning."""
    told = [(STATUSES[kind], kind.code, _first_line(kind)) for kind in _refused(route, method, operation)]
    if operation.body is not None:
        told.append(_of_http(HTTPStatus.UNSUPPORTED_MEDIA_TYPE))
    if _HOLE.search(route.path):
        told.append(_of_http(HTTPStatus.NOT_FOUND))
    told += map(_of_http, operation.http)
    told.append(INTERNAL)
    found: dict[int, Told] = {}
    for each in dict.fromkeys(told):
        found.setdefault(each[0], []).append(each)
    return found


def _refused(route: Route, method: str, operation: Operation) -> Refusals:
    counted = route.path.startswith("/api/") and route.path != "/api/health"
    always: Refusals = (errors.TooOften,) if counted else ()
    if operation.who is not Who.EVERYONE:
        always = (*always, errors.Invalid, errors.NotSignedIn, errors.Unavailable)
    if operation.who is Who.SIGNED_IN:
        always = (*always, errors.PasswordChangeRequired)
    if method not in SAFE:
        always = (*always, errors.NotAllowed, errors.TooLarge)  # from a page of another site; a body that nobody reads
    return (*operation.refuses, *always)


def _answer(status: int, answer: Answer, schema_of: Mapping[Any, Document]) -> Document:
    found: Document = {"description": answer.meaning or HTTPStatus(status).phrase}
    if answer.body is not None:
        content: Document = {} if answer.body is bytes else {"schema": schema_of[answer.body]}
        if answer.example is not None:
            content["example"] = answer.example
        found["content"] = {answer.media_type: content}
    return _with_headers(found, answer.headers)


def _problem(told: Told) -> Document:
    """A refusal: the error with the codes that it can have here."""
    codes = [code for _, code, _ in told]
    narrowed = {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    meaning = "\n".join(f"- `{code}`: {meaning}" for _, code, meaning in told)
    found = {"description": meaning, "content": {JSON: {"schema": {"allOf": [ERROR, narrowed]}}}}
    return _with_headers(found, ALWAYS_WITH.get(told[0][0], ()))


def _with_headers(found: Document, names: Iterable[str]) -> Document:
    told = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return found | {"headers": told} if told else found


def _error() -> Document:
    codes = sorted({kind.code for kind in STATUSES} | {code for code, _ in OF_HTTP.values()} | {GyreError.code})
    return {
        "title": "Error",
        "description": "What went wrong: a code for programs, and a message that says what to do.",
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "enum": codes},
                    "message": {"type": "string", "minLength": 1},
                    "details": {"type": "object"},
                },
                "required": ["code", "message", "details"],
                "additionalProperties": False,
            }
        },
        "required": ["error"],
        "additionalProperties": False,
        "examples": [{"error": {"code": "RESOURCE_NOT_FOUND", "message": "There is no such object.", "details": {}}}],
    }


def _of_http(status: int) -> tuple[int, str, str]:
    return (int(status), *OF_HTTP[status])


def _kinds(operation: Operation) -> Iterable[Any]:
    yield from (answer.body for answer in operation.answers.values() if answer.body not in (None, bytes))
    yield from (kind for kind in (operation.query, operation.body and operation.body.kind) if kind is not None)


def _queries(schema: Document) -> list[Document]:
    required = schema.get("required", ())
    return [_parameter("query", name, said, required=name in required) for name, said in schema["properties"].items()]


def _parameter(place: str, name: str, schema: Document, *, required: bool = True) -> Document:
    """A parameter; that one may be left out is said by `required`, never by null."""
    said = dict(schema)
    choices = [each for each in said.pop("anyOf", ()) if each != {"type": "null"}]
    if choices:
        said = {**choices[0], **said}
    if said.get("default", ...) in (None, ""):
        del said["default"]
    told = {key: said.pop(key) for key in ("description",) if key in said}
    if place == "query" and not said.keys().isdisjoint(NARROWING):
        said = {"anyOf": [said, {"const": ""}]}  # an empty one counts as left out
    return {"name": name, "in": place, "required": required, **told, "schema": said}


def _methods(route: Route) -> set[str]:
    return set(route.methods or ()) - {"HEAD"}


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def _first_line(kind: type[GyreError]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]
