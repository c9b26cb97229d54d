"""What a request asks for: the kind and object its path names, its query, its body.

Nothing here answers or changes anything.
"""

from dataclasses import dataclass
from typing import Any

import orjson
import yaml
from starlette.requests import Request

from gyre.demo import protobuf, refusals
from gyre.demo.causes import Cause, shown
from gyre.demo.resources import Manifest, Registry, ResourceType

BODY_BYTES = 3 * 1024 * 1024  # as a real API server
JSON_TYPES = frozenset(("", "application/json", "*/*"))
YAML_TYPES = frozenset(("application/yaml", "application/x-yaml", "text/yaml"))
LARGEST = 2**63 - 1
DIGITS = 19
TRUE = frozenset(("1", "t", "true", "True", "TRUE"))
FALSE = frozenset(("0", "f", "false", "False", "FALSE"))


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names. `namespace` is None for all namespaces and for cluster-scoped kinds."""

    resource: ResourceType
    namespace: str | None
    name: str = ""
    subresource: str = ""


def target_of(registry: Registry, path: str) -> Target:
    """The kind, namespace, object and subresource of a path; refused with 404 when nothing is served there."""
    parts = path.strip("/").split("/")
    group, version, *rest = ["", *parts[1:], ""] if parts[0] == "api" else [*parts[1:], "", ""]
    while rest and not rest[-1]:
        rest.pop()
    namespace: str | None = None
    if len(rest) > 2 and rest[0] == "namespaces" and registry.at(group, version, rest[2]):  # noqa: PLR2004
        namespace, rest = rest[1], rest[2:]
    resource = registry.at(group, version, rest[0]) if rest else None
    if resource is None or not all(rest) or len(rest) > 3:  # noqa: PLR2004  # plural/name/subresource
        raise refusals.no_such_path()
    if resource.namespaced and namespace is None and len(rest) > 1:
        raise refusals.no_such_path()
    if not resource.namespaced and namespace is not None:
        raise refusals.no_such_path()
    name, subresource = (*rest[1:], "", "")[:2]
    return Target(resource, namespace, name, subresource)


def flag(request: Request, name: str, *, default: bool = False) -> bool:
    """A boolean of the query, as Go reads them."""
    text = request.query_params.get(name, "")
    if text in TRUE:
        return True
    return False if text in FALSE else default


def whole(request: Request, name: str) -> int:
    """A whole number of the query, 0 when it is not given."""
    text = request.query_params.get(name, "")
    if not text:
        return 0
    try:
        number = int(text)
    except ValueError as problem:
        raise refusals.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from problem
    if abs(number) > LARGEST:
        raise refusals.bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
    return number


def version_of(text: str) -> int:
    """A resourceVersion, 0 when it is empty; refused with 400 when it is no number."""
    if not text:
        return 0
    if not text.isdecimal() or len(text) > DIGITS or int(text) > LARGEST:
        message = f'Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise refusals.bad_request(f"invalid resource version: resourceVersion: {message}")
    return int(text)


def dry_run(request: Request, options: str, body: Manifest | None = None) -> bool:
    """Whether nothing shall be stored; `options` is what Kubernetes calls the query of such a request."""
    asked = request.query_params.getlist("dryRun") or (body or {}).get("dryRun") or []
    if any(text != "All" for text in asked):
        message = f'Unsupported value: {shown(asked)}: supported values: "All"'
        raise refusals.invalid_options(options, [Cause("FieldValueNotSupported", message, "dryRun")])
    return bool(asked)


def content_type(request: Request) -> str:
    """The type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def body_of(request: Request) -> bytes:
    """The whole body; refused with 413 when it is larger than an API server takes."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > BODY_BYTES:
            raise refusals.Refusal(413, "RequestEntityTooLarge", f"Request entity too large: limit is {BODY_BYTES}")
    return bytes(read)


async def manifest_of(request: Request) -> tuple[Manifest, bytes]:
    """The object of the body, with the text it was read from."""
    kind = content_type(request)
    if kind == protobuf.MEDIA_TYPE:
        manifest = protobuf.read(await body_of(request))
        return manifest, orjson.dumps(manifest)
    if kind not in JSON_TYPES | YAML_TYPES:
        raise refusals.unsupported_media_type(
            "the body of the request was in an unknown format - accepted media types include: "
            "application/json, application/yaml"
        )
    body = await body_of(request)
    return as_mapping(parsed(body, yaml_too=kind in YAML_TYPES)), body


def parsed(body: bytes, *, yaml_too: bool = False) -> Any:
    """The JSON (or YAML) of a body; refused with 400 when it is none."""
    try:
        return yaml.safe_load(body) if yaml_too else orjson.loads(body)
    except (orjson.JSONDecodeError, yaml.YAMLError, UnicodeDecodeError) as problem:
        raise refusals.bad_request(f"error decoding the body: {problem}") from problem


def as_mapping(value: Any) -> Manifest:
    """The value as an object; refused with 400 when it is something else."""
    if not isinstance(value, dict):
        raise refusals.bad_request(f"the body is no object but {type(value).__name__}")
    return value
