"""CustomResourceDefinitions: as objects one may write, and as the kinds they make the cluster serve.

The definitions of the Flux kinds are data in gyre.demo.crds.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from gyre.demo import fitting, jsonpath
from gyre.demo.admission import mappings
from gyre.demo.builtin_kinds import BUILTINS
from gyre.demo.causes import Cause, invalid_value, required
from gyre.demo.columns import AGE
from gyre.demo.journal import Change, ChangeType
from gyre.demo.resources import Column, Manifest, ResourceType
from gyre.demo.store import Store

TYPES = "spec.versions[0].schema.openAPIV3Schema"


def serve_builtins(store: Store) -> None:
    """Serve the built-in kinds and CRDs, and from then on whatever kinds CRDs define."""
    for resource in (*BUILTINS, DEFINITION):
        store.serve(resource)
    store.follow(DEFINITION, partial(_follow, store))


def _follow(store: Store, change: Change) -> None:
    before = _kinds(change.before.read()) if change.before else ()
    now = () if change.type is ChangeType.DELETED else _kinds(change.held.read())
    for resource in now:
        store.serve(resource)
    kept = {resource.version for resource in now}
    for resource in before:
        if resource.version not in kept:
            store.withdraw(resource)


def _kinds(manifest: Manifest) -> tuple[ResourceType, ...]:
    """The kinds a definition serves, the stored version first."""
    spec = manifest["spec"]
    versions = sorted(spec["versions"], key=lambda version: not version.get("storage"))
    return tuple(_kind(spec, version) for version in versions if version.get("served"))


def _kind(spec: Manifest, version: Manifest) -> ResourceType:
    names = spec["names"]
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    return ResourceType(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        singular=names.get("singular", ""),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        namespaced=spec["scope"] == "Namespaced",
        has_status="status" in (version.get("subresources") or {}),
        custom=True,
        schema=schema,
        fits=fitting.compiled(schema) if schema else None,
        columns=_columns(version),
        selectable=tuple(field["jsonPath"].removeprefix(".") for field in version.get("selectableFields") or ()),
    )


def _columns(version: Manifest) -> tuple[Column, ...]:
    described = version.get("additionalPrinterColumns")
    if not described:
        return (AGE,)
    return tuple(
        Column(
            column["name"],
            partial(_cell, column["jsonPath"]),
            type=column["type"],
            format=column.get("format", ""),
            description=column.get("description", ""),
            priority=column.get("priority", 0),
        )
        for column in described
    )


def _cell(path: str, manifest: Manifest, _now: datetime) -> object:
    found = jsonpath.values(path, manifest)
    return found[0] if found else None


def _prepare(manifest: Manifest, _was: Manifest | None) -> None:
    spec = manifest.get("spec")
    if not isinstance(spec, dict) or not isinstance(spec.get("names"), dict):
        return
    names = spec["names"]
    if isinstance(names.get("kind"), str):
        names.setdefault("singular", names["kind"].lower())
        names.setdefault("listKind", f"{names['kind']}List")
    spec.setdefault("conversion", {"strategy": "None"})
    made = manifest["metadata"]["creationTimestamp"]
    manifest["status"] = {
        "conditions": [
            _condition("NamesAccepted", "NoConflicts", "no conflicts found", made),
            _condition("Established", "InitialNamesAccepted", "the initial names have been accepted", made),
        ],
        "acceptedNames": names,
        "storedVersions": [version.get("name") for version in mappings(spec.get("versions")) if version.get("storage")],
    }


def _condition(name: str, reason: str, message: str, made: str) -> Manifest:
    return {"type": name, "status": "True", "lastTransitionTime": made, "reason": reason, "message": message}


def _check(manifest: Manifest, was: Manifest | None) -> list[Cause]:
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        return [required("spec")]
    return [*_check_names(manifest, spec), *_check_versions(spec), *_check_kept(spec, was)]


def _check_names(manifest: Manifest, spec: Manifest) -> Iterator[Cause]:
    names: Manifest = spec["names"] if isinstance(spec.get("names"), dict) else {}
    for key in ("plural", "kind"):
        if not isinstance(names.get(key), str) or not names[key]:
            yield required(f"spec.names.{key}")
    if not isinstance(spec.get("group"), str) or not spec["group"]:
        yield required("spec.group")
        return
    if spec.get("scope") not in ("Namespaced", "Cluster"):
        message = f'Unsupported value: "{spec.get("scope", "")}": supported values: "Cluster", "Namespaced"'
        yield Cause("FieldValueNotSupported", message, "spec.scope")
    name, wanted = manifest["metadata"].get("name", ""), f"{names.get('plural', '')}.{spec['group']}"
    if name != wanted:
        yield invalid_value("metadata.name", name, 'must be spec.names.plural+"."+spec.group')


def _check_versions(spec: Manifest) -> Iterator[Cause]:
    versions = mappings(spec.get("versions"))
    if sum(1 for version in versions if version.get("storage")) != 1:
        yield invalid_value("spec.versions", "", "must have exactly one version marked as storage version")
    for index, version in enumerate(versions):
        schema = version.get("schema")
        path = f"spec.versions[{index}]"
        if not isinstance(schema, dict) or not isinstance(schema.get("openAPIV3Schema"), dict):
            yield required(f"{path}.schema.openAPIV3Schema", "schemas are required")
        elif schema["openAPIV3Schema"].get("type") != "object":
            yield required(f"{path}.schema.openAPIV3Schema.type", "must not be empty at the root")
        for number, column in enumerate(mappings(version.get("additionalPrinterColumns"))):
            yield from _check_path(column.get("jsonPath"), f"{path}.additionalPrinterColumns[{number}].jsonPath")


def _check_path(text: object, field: str) -> Iterator[Cause]:
    try:
        jsonpath.compiled(str(text or ""))
    except jsonpath.BadPath as problem:
        yield invalid_value(field, text, str(problem))


def _check_kept(spec: Manifest, was: Manifest | None) -> Iterator[Cause]:
    for key in ("group", "scope"):
        if was is not None and spec.get(key) != was["spec"].get(key):
            yield invalid_value(f"spec.{key}", spec.get(key), "field is immutable")


def _created(manifest: Manifest, _now: datetime) -> object:
    return manifest["metadata"]["creationTimestamp"]


DEFINITION = ResourceType(
    group="apiextensions.k8s.io",
    version="v1",
    kind="CustomResourceDefinition",
    plural="customresourcedefinitions",
    short_names=("crd", "crds"),
    categories=("api-extensions",),
    namespaced=False,
    has_status=True,
    columns=(Column("Created At", _created, format="date-time"),),
    prepare=_prepare,
    check=_check,
)
