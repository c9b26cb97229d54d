"""OpenAPI documents of what is served: version 3 by group, version 2 in one.

As far as kubectl reads them: schemas with their kinds for `explain`, and that writes take fieldValidation.
"""

import hashlib

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gyre.demo import refusals
from gyre.demo.api.answers import json_answer
from gyre.demo.api.serving import VERSION, serving_of
from gyre.demo.resources import Manifest, Registry, ResourceType

KIND = "x-kubernetes-group-version-kind"
ACTION = "x-kubernetes-action"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
TEXT = {"type": "string"}
TEXTS = {"type": "object", "additionalProperties": TEXT}
METADATA_SCHEMA: Manifest = {
    "type": "object",
    "description": "What every object has: its name, labels, annotations, owners.",
    "properties": {
        "name": TEXT,
        "generateName": TEXT,
        "namespace": TEXT,
        "uid": TEXT,
        "resourceVersion": TEXT,
        "generation": {"type": "integer", "format": "int64"},
        "creationTimestamp": {"type": "string", "format": "date-time"},
        "deletionTimestamp": {"type": "string", "format": "date-time"},
        "deletionGracePeriodSeconds": {"type": "integer", "format": "int64"},
        "labels": TEXTS,
        "annotations": TEXTS,
        "finalizers": {"type": "array", "items": TEXT, "x-kubernetes-patch-strategy": "merge"},
        "ownerReferences": {
            "type": "array",
            "x-kubernetes-patch-merge-key": "uid",
            "x-kubernetes-patch-strategy": "merge",
            "items": {"type": "object", "additionalProperties": True},
        },
        "managedFields": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
}


async def index(request: Request) -> Response:
    """`/openapi/v3`: where the document of each group and version is."""
    registry = serving_of(request).store.resources
    paths = {}
    for path in dict.fromkeys(_path(resource) for resource in registry):
        digest = hashlib.sha256(orjson.dumps(_document(registry, path))).hexdigest()
        paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest.upper()}"}
    return json_answer({"paths": paths})


async def document(request: Request) -> Response:
    """`/openapi/v3/{path}`: one group and version."""
    found = _document(serving_of(request).store.resources, request.path_params["path"])
    if not found["paths"]:
        raise refusals.no_such_path()
    return json_answer(found)


async def version_two(request: Request) -> Response:
    """`/openapi/v2`: everything, in the older form."""
    registry = serving_of(request).store.resources
    definitions = {OBJECT_META: METADATA_SCHEMA}
    paths: Manifest = {}
    for resource in registry:
        definitions[_schema_name(resource)] = _schema(resource, "#/definitions/")
        paths |= _paths(resource)
    return json_answer(
        {
            "swagger": "2.0",
            "info": {"title": "Kubernetes", "version": VERSION["gitVersion"]},
            "paths": paths,
            "definitions": definitions,
        }
    )


def _path(resource: ResourceType) -> str:
    return f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"


def _document(registry: Registry, path: str) -> Manifest:
    served = [resource for resource in registry if _path(resource) == path]
    paths: Manifest = {}
    for resource in served:
        paths |= _paths(resource)
    schemas = {_schema_name(resource): _schema(resource, "#/components/schemas/") for resource in served}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": VERSION["gitVersion"]},
        "paths": paths,
        "components": {"schemas": {OBJECT_META: METADATA_SCHEMA, **schemas}},
    }


def _paths(resource: ResourceType) -> Manifest:
    scope = "/namespaces/{namespace}" if resource.namespaced else ""
    collection = f"/{_path(resource)}{scope}/{resource.plural}"
    one = f"{collection}/{{name}}"
    paths = {
        collection: {"get": _operation(resource, "list"), "post": _operation(resource, "post")},
        one: {
            "get": _operation(resource, "get"),
            "put": _operation(resource, "put"),
            "patch": _operation(resource, "patch"),
            "delete": _operation(resource, "delete"),
        },
    }
    if resource.has_status:
        paths[f"{one}/status"] = {"get": _operation(resource, "get"), "patch": _operation(resource, "patch")}
    return paths


def _operation(resource: ResourceType, action: str) -> Manifest:
    writes = action in ("post", "put", "patch")
    names = ("dryRun", "fieldManager", "fieldValidation") if writes else ()
    return {
        ACTION: action,
        KIND: _kind(resource),
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}} for name in names
        ],
        "responses": {"200": {"description": "OK"}},
    }


def _kind(resource: ResourceType) -> Manifest:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}


def _schema_name(resource: ResourceType) -> str:
    reverse = ".".join(reversed(resource.group.split("."))) if resource.group else "io.k8s.api.core"
    return f"{reverse}.{resource.version}.{resource.kind}"


def _schema(resource: ResourceType, prefix: str) -> Manifest:
    found = dict(resource.schema or {"type": "object"})
    properties = dict(found.get("properties") or {"spec": {"type": "object"}, "status": {"type": "object"}})
    properties |= {"apiVersion": TEXT, "kind": TEXT, "metadata": {"allOf": [{"$ref": prefix + OBJECT_META}]}}
    if prefix == "#/definitions/":
        properties["metadata"] = {"$ref": prefix + OBJECT_META}
    return {**found, "properties": properties, KIND: [_kind(resource)]}
