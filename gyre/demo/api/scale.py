"""The `scale` subresource of workloads: how many replicas, in the form all workloads share.

What follows from another number is the simulated controllers' doing.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gyre.demo import patching, refusals
from gyre.demo.api.answers import json_answer
from gyre.demo.api.requests import Target, as_mapping, body_of, content_type, dry_run, parsed
from gyre.demo.api.serving import Serving
from gyre.demo.causes import invalid_value
from gyre.demo.journal import Held
from gyre.demo.resources import Manifest

KIND = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
COPIED = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


async def get(_request: Request, serving: Serving, target: Target) -> Response:
    """The Scale of a workload."""
    return json_answer(_scale(serving.store.get(target.resource, target.namespace or "", target.name)))


async def update(request: Request, serving: Serving, target: Target) -> Response:
    """Another Scale for a workload."""
    wanted = as_mapping(parsed(await body_of(request)))
    return _write(serving, target, lambda _now: wanted, dry=dry_run(request, "UpdateOptions"))


async def patch(request: Request, serving: Serving, target: Target) -> Response:
    """The Scale of a workload, changed."""
    body = parsed(await body_of(request))
    if content_type(request) == "application/json-patch+json":
        if not isinstance(body, list):
            raise refusals.bad_request("error decoding patch: a JSON patch is a list of operations")
        return _write(serving, target, lambda now: patching.json_patch(now, body), dry=dry_run(request, "PatchOptions"))
    change = as_mapping(body)
    return _write(serving, target, lambda now: patching.merge(now, change), dry=dry_run(request, "PatchOptions"))


def _write(serving: Serving, target: Target, change: Any, *, dry: bool) -> Response:
    def scaled(now: Manifest, scale: Manifest) -> Manifest:
        wanted = as_mapping(change(scale))
        replicas = as_mapping(wanted.get("spec") or {}).get("replicas", 0)
        if not isinstance(replicas, int) or replicas < 0:
            cause = invalid_value("spec.replicas", replicas, "must be greater than or equal to 0")
            raise refusals.invalid(target.resource, target.name, [cause], kind="Scale")
        version = as_mapping(wanted.get("metadata") or {}).get("resourceVersion")
        metadata = {**now["metadata"], **({"resourceVersion": version} if version else {})}
        return {**now, "metadata": metadata, "spec": {**now["spec"], "replicas": replicas}}

    namespace = target.namespace or ""
    scale = _scale(serving.store.get(target.resource, namespace, target.name))
    held = serving.store.edit(target.resource, namespace, target.name, lambda now: scaled(now, scale), dry_run=dry)
    return json_answer(_scale(held))


def _scale(held: Held) -> Manifest:
    workload = held.read()
    metadata = {key: workload["metadata"][key] for key in COPIED if key in workload["metadata"]}
    labels = ((workload.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": (workload.get("spec") or {}).get("replicas", 0)},
        "status": {
            "replicas": (workload.get("status") or {}).get("replicas", 0),
            "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        },
    }
