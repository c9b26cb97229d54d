"""POST, PUT, PATCH and DELETE of objects.

What a write may do is gyre.demo.store's to decide; what a patch makes of an object is gyre.demo.patching's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gyre.demo import metadata, patching, protobuf, refusals, strategic, strict
from gyre.demo.api import tracking
from gyre.demo.api.answers import JSON, form_of, json_answer
from gyre.demo.api.reading import selection_of
from gyre.demo.api.requests import (
    Target,
    as_mapping,
    body_of,
    content_type,
    dry_run,
    manifest_of,
    parsed,
)
from gyre.demo.api.serving import Serving
from gyre.demo.causes import Cause, invalid_value
from gyre.demo.deletion import Deletion
from gyre.demo.listing import Listed
from gyre.demo.resources import Manifest, ResourceType

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
POLICIES = ("Foreground", "Background", "Orphan")
MOST_JSON_PATCH_OPERATIONS = 10_000
OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}
DELETED_OBJECT_IS_RETURNED = frozenset(("pods", "services", "serviceaccounts", "namespaces"))


async def create(request: Request, serving: Serving, target: Target) -> Response:
    """A new object."""
    form = form_of(request, serving.store, target.resource)
    manifest, body = await manifest_of(request)
    _check_kind(target.resource, manifest)
    faults = _strict(request, target.resource, manifest, body)
    if target.resource.has_status:
        manifest.pop("status", None)
    wanted = tracking.tracked(request, serving, target, None, manifest)
    held = serving.store.create(
        target.resource, target.namespace or "", wanted, dry_run=dry_run(request, "CreateOptions")
    )
    return _warned(Response(form.one(held), 201, media_type=JSON), faults)


async def update(request: Request, serving: Serving, target: Target) -> Response:
    """An object (or its status) in place of what is there."""
    form = form_of(request, serving.store, target.resource)
    manifest, body = await manifest_of(request)
    _check_kind(target.resource, manifest)
    faults = _strict(request, target.resource, manifest, body)
    _check_version_given(serving, target, manifest)
    now = serving.store.get(target.resource, target.namespace or "", target.name).read()
    held = serving.store.update(
        target.resource,
        target.namespace or "",
        target.name,
        tracking.tracked(request, serving, target, now, manifest),
        subresource=target.subresource,
        dry_run=dry_run(request, "UpdateOptions"),
    )
    return _warned(Response(form.one(held), media_type=JSON), faults)


async def patch(request: Request, serving: Serving, target: Target) -> Response:
    """An object changed by a patch."""
    applying = content_type(request) == APPLY_PATCH
    tracking.check_options(request, apply=applying)
    if applying:
        return await _apply(request, serving, target)
    form = form_of(request, serving.store, target.resource)
    change = _change(target.resource, content_type(request), await body_of(request))
    faults: list[str] = []

    def checked(now: Manifest) -> Manifest:
        patched = as_mapping(change(now))
        _check_kind(target.resource, patched)
        faults.extend(strict.unknown_fields(target.resource, patched))
        if faults and _validation(request) == strict.STRICT:
            raise _strictly_refused(patched, faults)
        return tracking.tracked(request, serving, target, now, patched)

    held = serving.store.edit(
        target.resource,
        target.namespace or "",
        target.name,
        checked,
        subresource=target.subresource,
        dry_run=dry_run(request, "PatchOptions"),
    )
    return _warned(Response(form.one(held), media_type=JSON), faults if _validation(request) == strict.WARN else [])


async def _apply(request: Request, serving: Serving, target: Target) -> Response:
    form = form_of(request, serving.store, target.resource)
    body = await body_of(request)
    config = as_mapping(parsed(body, yaml_too=True))
    _check_kind(target.resource, config)
    faults = _strict(request, target.resource, config, body)
    namespace, dry = target.namespace or "", dry_run(request, "PatchOptions")
    if not as_mapping(config.get("metadata") or {}).get("name"):
        config["metadata"] = {**(config.get("metadata") or {}), "name": target.name}
    if target.subresource or serving.store.find(target.resource, namespace, target.name):
        held = serving.store.edit(
            target.resource,
            namespace,
            target.name,
            lambda now: tracking.applied(request, serving, target, now, config),
            subresource=target.subresource,
            dry_run=dry,
        )
        return _warned(Response(form.one(held), media_type=JSON), faults)
    made = tracking.applied(request, serving, target, None, config)
    held = serving.store.create(target.resource, namespace, made, dry_run=dry)
    return _warned(Response(form.one(held), 201, media_type=JSON), faults)


async def delete(request: Request, serving: Serving, target: Target) -> Response:
    """An object goes, or is marked to go."""
    form = form_of(request, serving.store, target.resource)
    deletion = await _deletion(request)
    there = serving.store.get(target.resource, target.namespace or "", target.name)
    left = serving.store.delete(target.resource, target.namespace or "", target.name, deletion)
    stays = serving.store.find(target.resource, target.namespace or "", target.name)
    if (stays is not None and not deletion.dry_run) or target.resource.qualified in DELETED_OBJECT_IS_RETURNED:
        return Response(form.one(left), media_type=JSON)
    details = {"name": there.name, "group": target.resource.group, "kind": target.resource.plural, "uid": there.uid}
    return json_answer(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {key: value for key, value in details.items() if value},
        }
    )


async def delete_collection(request: Request, serving: Serving, target: Target) -> Response:
    """All objects that a selection names go; they are answered as they were."""
    form = form_of(request, serving.store, target.resource)
    matches = selection_of(request, target).matcher(target.resource)
    deletion = await _deletion(request)
    there = serving.store.list(target.resource, target.namespace)
    chosen = [held for held in there if matches is None or matches(held)]
    gone = [
        serving.store.delete(target.resource, held.namespace, held.name, deletion)
        for held in chosen
        if serving.store.find(target.resource, held.namespace, held.name) is not None  # an owner may have taken it
    ]
    return Response(form.many(Listed(gone, serving.store.version)), media_type=JSON)


@dataclass(frozen=True, slots=True)
class _PatchForm:
    apply: Callable[[ResourceType, Manifest, Any], Any]
    list_body: bool = False
    custom: bool = True


_PATCHES = {
    JSON_PATCH: _PatchForm(lambda _resource, now, body: patching.json_patch(now, body), list_body=True),
    MERGE_PATCH: _PatchForm(lambda _resource, now, body: patching.merge(now, body)),
    STRATEGIC_PATCH: _PatchForm(lambda _resource, now, body: strategic.merge(now, body), custom=False),
}


def _change(resource: ResourceType, kind: str, body: bytes) -> Callable[[Manifest], Any]:
    form = _PATCHES.get(kind)
    if form is None or (resource.custom and not form.custom):
        accepted = [name for name, each in _PATCHES.items() if each.custom or not resource.custom] + [APPLY_PATCH]
        raise refusals.unsupported_media_type(
            "the body of the request was in an unknown format - accepted media types include: " + ", ".join(accepted)
        )
    content = parsed(body)
    if form.list_body:
        if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
            raise refusals.bad_request("error decoding patch: a JSON patch is a list of operations")
        if len(content) > MOST_JSON_PATCH_OPERATIONS:
            message = (
                f"The allowed maximum operations in a JSON patch is {MOST_JSON_PATCH_OPERATIONS}, got {len(content)}"
            )
            raise refusals.Refusal(413, "RequestEntityTooLarge", message)
    elif not isinstance(content, dict):
        raise refusals.bad_request("error decoding patch: a merge patch is an object")
    return lambda now: form.apply(resource, now, content)


def _check_kind(resource: ResourceType, manifest: Manifest) -> None:
    api_version = manifest.get("apiVersion") or ("" if resource.custom else resource.api_version)
    kind = manifest.get("kind") or ("" if resource.custom else resource.kind)
    if not kind:
        shown_body = orjson.dumps(manifest).decode()
        raise refusals.bad_request(
            f"the object provided is unrecognized (must be of type {resource.kind}): "
            f"Object 'Kind' is missing in '{shown_body}'"
        )
    if api_version != resource.api_version:
        raise refusals.bad_request(
            f"the API version in the data ({api_version}) does not match the expected API version "
            f"({resource.api_version})"
        )
    if kind != resource.kind:
        name = metadata.read(resource, manifest.get("metadata")).get("name", "")
        cause = invalid_value("kind", kind, f"must be {resource.kind}")
        raise refusals.invalid(resource, name, [cause], kind=str(kind))


def _check_version_given(serving: Serving, target: Target, manifest: Manifest) -> None:
    meta = manifest.get("metadata")
    given = meta.get("resourceVersion") if isinstance(meta, dict) else None
    if not target.resource.custom or given:
        return
    serving.store.get(target.resource, target.namespace or "", target.name)
    cause = invalid_value("metadata.resourceVersion", 0, "must be specified for an update")
    raise refusals.invalid(target.resource, target.name, [cause], kind=target.resource.plural)


def _validation(request: Request) -> str:
    asked = request.query_params.get("fieldValidation", "") or strict.WARN
    if asked not in strict.LEVELS:
        supported = ", ".join(f'"{level}"' for level in ("", *strict.LEVELS))
        message = f'Unsupported value: "{asked}": supported values: {supported}'
        cause = Cause("FieldValueNotSupported", message, "fieldValidation")
        raise refusals.invalid_options(OPTIONS[request.method], [cause])
    return asked


def _strict(request: Request, resource: ResourceType, manifest: Manifest, body: bytes) -> list[str]:
    level = _validation(request)
    if level == strict.IGNORE:
        return []
    faults = [*strict.duplicate_fields(body), *strict.unknown_fields(resource, manifest)]
    if faults and level == strict.STRICT:
        what = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
        raise refusals.bad_request(f"{what}: strict decoding error: {', '.join(faults)}")
    return faults


def _strictly_refused(patched: Manifest, faults: list[str]) -> refusals.Refusal:
    shown = orjson.dumps(orjson.dumps(patched).decode()).decode()
    message = f"Invalid value: {shown}: strict decoding error: {', '.join(faults)}"
    cause = Cause("FieldValueInvalid", message, "patch")
    details = {"causes": [{"reason": cause.reason, "message": cause.message, "field": cause.field}]}
    return refusals.Refusal(422, "Invalid", f' "" is invalid: {cause.sentence}', details=details)


def _warned(response: Response, faults: list[str]) -> Response:
    for fault in faults:
        text = fault.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.append("warning", f'299 - "{text}"')
    return response


async def _deletion(request: Request) -> Deletion:
    body = await body_of(request)
    read = protobuf.read if content_type(request) == protobuf.MEDIA_TYPE else parsed
    options = as_mapping(read(body)) if body else {}
    query = request.query_params
    policy = options.get("propagationPolicy") or query.get("propagationPolicy", "")
    if policy and policy not in POLICIES:
        supported = ", ".join(f'"{each}"' for each in POLICIES)
        message = f'Unsupported value: "{policy}": supported values: {supported}, "nil"'
        cause = Cause("FieldValueNotSupported", message, "propagationPolicy")
        raise refusals.invalid_options("DeleteOptions", [cause])
    preconditions = options.get("preconditions")
    asked: Manifest = preconditions if isinstance(preconditions, dict) else {}
    return Deletion(
        policy=policy or ("Orphan" if options.get("orphanDependents") is True else "Background"),
        uid=str(asked.get("uid") or ""),
        version=str(asked.get("resourceVersion") or ""),
        dry_run=dry_run(request, "DeleteOptions", options),
    )
