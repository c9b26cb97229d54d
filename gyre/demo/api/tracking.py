"""Who is writing, and the managedFields that a write over HTTP leaves behind.

How ownership follows from a write: gyre.demo.ownership. Simulated controllers write without it.
"""

from copy import deepcopy

from starlette.requests import Request

from gyre.clock import rfc3339
from gyre.demo import metadata, ownership, refusals, structural
from gyre.demo.api.requests import Target, flag
from gyre.demo.api.serving import Serving
from gyre.demo.causes import Cause, forbidden_value, required
from gyre.demo.ownership import APPLY, UPDATE, Manager
from gyre.demo.resources import Manifest

STATUS = "status"


def tracked(request: Request, serving: Serving, target: Target, now: Manifest | None, wanted: Manifest) -> Manifest:
    """The object to write, with the entries it shall have; those the client sent count for nothing."""
    wanted = _well_formed(target, wanted)
    writer = _manager(request, serving, target, UPDATE)
    before = _part(target, now) if now else None
    entries = ownership.after_update(target.resource, before, _part(target, wanted), writer)
    wanted["metadata"]["managedFields"] = entries
    return wanted


def applied(request: Request, serving: Serving, target: Target, now: Manifest | None, config: Manifest) -> Manifest:
    """The object after server-side apply of a configuration."""
    if (config.get("metadata") or {}).get("managedFields"):
        raise refusals.bad_request("metadata.managedFields must be nil")
    config = _part(target, _well_formed(target, config))
    applier = _manager(request, serving, target, APPLY)
    return ownership.apply(target.resource, now, config, applier, force=flag(request, "force"))


def check_options(request: Request, *, apply: bool) -> None:
    """Who applies must say who it is; only who applies may force."""
    causes: list[Cause] = []
    if apply and not request.query_params.get("fieldManager"):
        causes.append(required("fieldManager", "is required for apply patch"))
    if not apply and "force" in request.query_params:
        causes.append(forbidden_value("force", "may not be specified for non-apply patch"))
    if causes:
        raise refusals.invalid_options("PatchOptions", causes)


def _manager(request: Request, serving: Serving, target: Target, operation: str) -> Manager:
    agent = request.headers.get("user-agent", "").partition("/")[0]
    return Manager(
        name=request.query_params.get("fieldManager") or agent or "unknown",
        operation=operation,
        subresource=target.subresource,
        api_version=target.resource.api_version,
        time=rfc3339(serving.store.clock.now()),
        fields=frozenset(),
    )


def _well_formed(target: Target, manifest: Manifest) -> Manifest:
    """The object with metadata that can be read, without what no schema knows."""
    kept = dict(manifest)
    kept["metadata"] = metadata.read(target.resource, manifest.get("metadata"))
    if target.resource.schema:
        kept = deepcopy(kept)
        structural.prune(target.resource.schema, kept)
    return kept


def _part(target: Target, manifest: Manifest) -> Manifest:
    """What of an object this write is about."""
    if target.subresource == STATUS:
        names = {key: value for key, value in manifest["metadata"].items() if key in ownership.OF_THE_SERVER}
        kept = {key: value for key, value in manifest.items() if key in ("apiVersion", "kind", STATUS)}
        return {**kept, "metadata": names}
    if target.resource.has_status:
        return {key: value for key, value in manifest.items() if key != STATUS}
    return manifest
