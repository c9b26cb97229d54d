"""Strategic merge patch: like a merge patch, but lists of named things are merged by their key.

Built-in kinds only, as on a real API server; their keys are the table here.
"""

from typing import Any

from gyre.demo import refusals
from gyre.demo.resources import Manifest

MERGE_KEYS = {
    "addresses": ("type",),
    "conditions": ("type",),
    "containers": ("name",),
    "containerStatuses": (),
    "env": ("name",),
    "ephemeralContainers": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ownerReferences": ("uid",),
    "ports": ("containerPort", "port"),
    "secrets": ("name",),
    "taints": ("key",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
MERGED_AS_SETS = frozenset(("finalizers",))
DIRECTIVE = "$patch"
DELETE_FROM = "$deleteFromPrimitiveList/"
ELEMENT_ORDER = "$setElementOrder/"
RETAIN_KEYS = "$retainKeys"


def merge(target: Any, patch: Manifest) -> Manifest:
    """The object that the patch makes of the target."""
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise refusals.bad_request(f"unknown patch type found in map: {directive}")
    merged: Manifest = dict(target) if isinstance(target, dict) else {}
    if RETAIN_KEYS in patch:
        merged = {key: value for key, value in merged.items() if key in patch[RETAIN_KEYS]}
    for key, value in patch.items():
        if not key.startswith("$"):
            _merge_field(merged, key, value)
    for key, value in patch.items():
        if key.startswith(DELETE_FROM):
            field = key.removeprefix(DELETE_FROM)
            merged[field] = [each for each in merged.get(field) or () if each not in value]
        elif key.startswith(ELEMENT_ORDER):
            _order(merged, key.removeprefix(ELEMENT_ORDER), value)
    return merged


def _merge_field(merged: Manifest, key: str, value: Any) -> None:
    if value is None:
        merged.pop(key, None)
    elif isinstance(value, dict):
        merged[key] = merge(merged.get(key), value)
    elif isinstance(value, list):
        merged[key] = _merge_list(merged.get(key), key, value)
    else:
        merged[key] = value


def _merge_list(target: Any, field: str, patch: list[Any]) -> list[Any]:
    there = list(target) if isinstance(target, list) else []
    if field in MERGED_AS_SETS:
        return there + [each for each in patch if each not in there]
    name = _key_of(field, [*there, *patch])
    if not name or any(isinstance(each, dict) and each.get(DIRECTIVE) == "replace" for each in patch):
        return [each for each in patch if not (isinstance(each, dict) and DIRECTIVE in each)]
    for each in patch:
        if not isinstance(each, dict) or name not in each:
            raise refusals.bad_request(f"map: {each} does not contain declared merge key: {name}")
        at = next((index for index, old in enumerate(there) if _named(old, name) == each[name]), None)
        if each.get(DIRECTIVE) == "delete":
            there = [old for old in there if _named(old, name) != each[name]]
        elif at is None:
            there.append(merge({}, each))
        else:
            there[at] = merge(there[at], each)
    return there


def _key_of(field: str, items: list[Any]) -> str:
    return next(
        (key for key in MERGE_KEYS.get(field, ()) if any(isinstance(each, dict) and key in each for each in items)), ""
    )


def _named(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else None


def _order(merged: Manifest, field: str, order: list[Any]) -> None:
    items = merged.get(field)
    if not isinstance(items, list) or not isinstance(order, list):
        return
    name = _key_of(field, items)
    wanted = [_named(each, name) if name else each for each in order]

    def place(pair: tuple[int, Any]) -> tuple[int, int]:
        index, item = pair
        identity = _named(item, name) if name else item
        return (wanted.index(identity) if identity in wanted else len(wanted), index)

    merged[field] = [item for _, item in sorted(enumerate(items), key=place)]
