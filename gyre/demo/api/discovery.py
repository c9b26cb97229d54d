"""What the cluster serves, as clients ask for it: legacy lists and the aggregated form.

The kinds come from the store's registry; a CRD shows here as soon as it is there.
"""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from gyre.demo import refusals
from gyre.demo.api import scale
from gyre.demo.api.answers import json_answer
from gyre.demo.api.reviews import REVIEWS
from gyre.demo.api.serving import serving_of
from gyre.demo.resources import Manifest, Registry, ResourceType

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
STATUS_VERBS = ("get", "patch", "update")


async def core(request: Request) -> Response:
    """`/api`: the versions of the core group."""
    if _wants_aggregated(request):
        return _aggregated(serving_of(request).store.resources, core_group=True)
    address = request.headers.get("host", "")
    return json_answer(
        {
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
        }
    )


async def groups(request: Request) -> Response:
    """`/apis`: all groups with their versions."""
    registry = serving_of(request).store.resources
    if _wants_aggregated(request):
        return _aggregated(registry, core_group=False)
    found = [_group(name, versions) for name, versions in _versions(registry).items() if name]
    return json_answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": found})


async def group(request: Request) -> Response:
    """`/apis/{group}`: the versions of one group."""
    name = request.path_params["group"]
    versions = _versions(serving_of(request).store.resources).get(name)
    if not name or versions is None:
        raise refusals.no_such_path()
    return json_answer({"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)})


async def resources(request: Request) -> Response:
    """`/api/v1` and `/apis/{group}/{version}`: the kinds of one version."""
    name, version = request.path_params.get("group", ""), request.path_params["version"]
    registry = serving_of(request).store.resources
    if version not in _versions(registry).get(name, {}):
        raise refusals.no_such_path()
    found = [entry for resource in _of(registry, name, version) for entry in _entries(resource)]
    found += [
        _review_entry(plural, kind) for (each, plural), kind in REVIEWS.items() if (each, "v1") == (name, version)
    ]
    group_version = f"{name}/{version}" if name else version
    return json_answer(
        {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": found}
    )


def _wants_aggregated(request: Request) -> bool:
    accepted = request.headers.get("accept", "").replace(" ", "")
    return any(
        entry.startswith("application/json;") and "as=APIGroupDiscoveryList" in entry and ";v=v2;" in f"{entry};"
        for entry in accepted.split(",")
    )


def _versions(registry: Registry) -> dict[str, dict[str, None]]:
    """The versions of each group, in order of appearance; the first is the preferred one."""
    found: dict[str, dict[str, None]] = {}
    for resource in registry:
        found.setdefault(resource.group, {})[resource.version] = None
    for name, _ in REVIEWS:
        found.setdefault(name, {})["v1"] = None
    return found


def _group(name: str, versions: Iterable[str]) -> Manifest:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _of(registry: Registry, name: str, version: str) -> list[ResourceType]:
    found = [resource for resource in registry if (resource.group, resource.version) == (name, version)]
    return sorted(found, key=lambda resource: resource.plural)


def _entries(resource: ResourceType) -> list[Manifest]:
    entry: Manifest = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(VERBS),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    return [entry, *(_subresource(resource, name, verbs) for name, verbs in _subresources(resource))]


def _subresources(resource: ResourceType) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = [
        (name, ("get",) if name == "log" else STATUS_VERBS) for name in resource.subresources
    ]
    return [*found, ("status", STATUS_VERBS)] if resource.has_status else found


def _subresource(resource: ResourceType, name: str, verbs: tuple[str, ...]) -> Manifest:
    return {
        "name": f"{resource.plural}/{name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        **(scale.KIND if name == "scale" else {"kind": resource.kind}),
        "verbs": list(verbs),
    }


def _review_entry(plural: str, kind: str) -> Manifest:
    return {"name": plural, "singularName": kind.lower(), "namespaced": False, "kind": kind, "verbs": ["create"]}


def _aggregated(registry: Registry, *, core_group: bool) -> Response:
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
            "versions": [
                {
                    "version": version,
                    "freshness": "Current",
                    "resources": _aggregated_resources(registry, name, version),
                }
                for version in versions
            ],
        }
        for name, versions in _versions(registry).items()
        if (name == "") is core_group
    ]
    body = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}
    return json_answer(body, media_type=AGGREGATED)


def _aggregated_resources(registry: Registry, name: str, version: str) -> list[Manifest]:
    found = [_aggregated_resource(resource) for resource in _of(registry, name, version)]
    reviews = [
        {
            "resource": plural,
            "responseKind": {"group": name, "version": version, "kind": kind},
            "scope": "Cluster",
            "singularResource": kind.lower(),
            "verbs": ["create"],
        }
        for (each, plural), kind in REVIEWS.items()
        if each == name
    ]
    return [*found, *reviews]


def _aggregated_resource(resource: ResourceType) -> Manifest:
    response_kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    entry: Manifest = {
        "resource": resource.plural,
        "responseKind": response_kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(VERBS),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    subresources = [
        {"subresource": sub, "responseKind": scale.KIND if sub == "scale" else response_kind, "verbs": list(verbs)}
        for sub, verbs in _subresources(resource)
    ]
    if subresources:
        entry["subresources"] = subresources
    return entry
