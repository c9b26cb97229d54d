"""Who wrote which fields of an object (`managedFields`), and server-side apply, which stands on that.

Fields are paths in Kubernetes' own notation (`f:spec`, `k:{"name":"web"}`). How a write is stored: gyre.demo.store.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from gyre.demo import refusals
from gyre.demo.resources import Manifest, ResourceType
from gyre.demo.strategic import MERGE_KEYS, MERGED_AS_SETS

Path = tuple[str, ...]
Fields = frozenset[Path]

APPLY, UPDATE = "Apply", "Update"
NOBODY = "before-first-apply"
LIST_TYPE, LIST_KEYS = "x-kubernetes-list-type", "x-kubernetes-list-map-keys"
OF_THE_SERVER = frozenset(
    (
        *("name", "generateName", "namespace", "uid", "resourceVersion", "generation", "selfLink", "managedFields"),
        *("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"),
    )
)
_MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """One entry of managedFields."""

    name: str
    operation: str
    subresource: str
    api_version: str
    time: str
    fields: Fields

    @property
    def shown(self) -> str:
        """How a conflict names it."""
        return f'"{self.name}"' + (f" using {self.api_version}" if self.operation == UPDATE else "")

    def is_like(self, other: "Manager") -> bool:
        """Whether both are one manager doing the same kind of write."""
        mine = (self.name, self.operation, self.subresource)
        return mine == (other.name, other.operation, other.subresource)


def fields_of(resource: ResourceType, manifest: Manifest) -> Fields:
    """All fields an object sets, without those that are the server's own."""
    own = {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind", "metadata")}
    metadata = manifest.get("metadata") or {}
    own["metadata"] = {key: value for key, value in metadata.items() if key not in OF_THE_SERVER}
    if not own["metadata"]:
        del own["metadata"]
    return frozenset(_paths(own, resource.schema or {}, ""))


def after_update(resource: ResourceType, before: Manifest | None, after: Manifest, writer: Manager) -> list[Manifest]:
    """The entries after a plain write: what it changed is the writer's now, and nobody else's."""
    managers = read(before)
    old = fields_of(resource, before) if before else frozenset()
    new = fields_of(resource, after)
    changed = frozenset(path for path in new if path not in old or _at(before, path) != _at(after, path))
    gone = old - new
    if not changed and not gone:
        return write(managers)
    kept = [each for each in managers if not each.is_like(writer)]
    mine = next((each.fields for each in managers if each.is_like(writer)), frozenset())
    others = [_without(each, changed | gone) for each in kept]
    return write([*others, replace(writer, fields=(mine - gone) | changed)])


def apply(resource: ResourceType, now: Manifest | None, config: Manifest, applier: Manager, *, force: bool) -> Manifest:
    """The object after server-side apply, with its entries; refused with 409 where others own what differs."""
    wanted = fields_of(resource, config)
    if now is None:
        made = dict(config)
        made["metadata"] = {**config["metadata"], "managedFields": write([replace(applier, fields=wanted)])}
        return made
    managers = read(now) or [replace(applier, name=NOBODY, operation=UPDATE, fields=fields_of(resource, now))]
    others = [each for each in managers if not each.is_like(applier)]
    before = next((each for each in managers if each.is_like(applier)), None)
    differing = frozenset(path for path in wanted if _differs(now, config, path))
    conflicts = [(each.shown, sorted(each.fields & differing)) for each in others if each.fields & differing]
    if conflicts and not force:
        raise _conflict(conflicts)
    others = [_without(each, differing) for each in others]
    merged: Manifest = _merged(now, config, resource.schema or {}, "")
    for path in _dropped(before.fields - wanted if before else frozenset(), others):
        merged = _removed(merged, path)
    time = before.time if before and before.fields == wanted else applier.time
    entries = write([*others, replace(applier, fields=wanted, time=time)])
    merged["metadata"] = {**merged["metadata"], "managedFields": entries}
    return merged


def read(manifest: Manifest | None) -> list[Manager]:
    """The entries of an object."""
    return [
        Manager(
            name=entry.get("manager", ""),
            operation=entry.get("operation", ""),
            subresource=entry.get("subresource", ""),
            api_version=entry.get("apiVersion", ""),
            time=entry.get("time", ""),
            fields=frozenset(_decoded(entry.get("fieldsV1") or {}, ())),
        )
        for entry in ((manifest or {}).get("metadata") or {}).get("managedFields") or ()
    ]


def write(managers: Iterable[Manager]) -> list[Manifest]:
    """Entries as an object carries them; those that own nothing are left out."""
    return [
        {
            "manager": each.name,
            "operation": each.operation,
            "apiVersion": each.api_version,
            "time": each.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": _encoded(each.fields),
            **({"subresource": each.subresource} if each.subresource else {}),
        }
        for each in managers
        if each.fields
    ]


def _paths(value: Any, schema: Manifest, field: str) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            for path in _paths(inner, _inner(schema, key), key):
                yield (f"f:{key}", *path)
    elif isinstance(value, list) and (steps := _steps(value, schema, field)) is not None:
        for step, item in zip(steps, value, strict=True):
            yield (step,)
            if step.startswith("k:"):
                for path in _paths(item, schema.get("items") or {}, field):
                    yield (step, *path)
    else:
        yield ()


def _inner(schema: Manifest, key: str) -> Manifest:
    found = (schema.get("properties") or {}).get(key, schema.get("additionalProperties"))
    return found if isinstance(found, dict) else {}


def _steps(items: list[Any], schema: Manifest, field: str) -> list[str] | None:
    """How each item of a list is named; None for a list that is one value."""
    keys = schema.get(LIST_KEYS) if schema.get(LIST_TYPE) == "map" else None
    if not schema:
        built_in = MERGE_KEYS.get(field, ())
        keys = next(([key] for key in built_in if all(isinstance(each, dict) and key in each for each in items)), None)
    if keys and all(isinstance(each, dict) for each in items):
        return [
            "k:" + orjson.dumps({key: each.get(key) for key in keys}, option=orjson.OPT_SORT_KEYS).decode()
            for each in items
        ]
    if schema.get(LIST_TYPE) == "set" or (not schema and field in MERGED_AS_SETS):
        return [f"v:{orjson.dumps(each).decode()}" for each in items]
    return None


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = _step(value, step)
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict) and step.startswith("f:"):
        return value.get(step[2:], _MISSING)
    if isinstance(value, list):
        return next((each for each in value if _is_named(each, step)), _MISSING)
    return _MISSING


def _is_named(item: Any, step: str) -> bool:
    wanted = orjson.loads(step[2:])
    if step.startswith("v:"):
        return bool(item == wanted)
    return isinstance(item, dict) and all(item.get(key) == value for key, value in wanted.items())


def _differs(now: Manifest, config: Manifest, path: Path) -> bool:
    return path[-1].startswith("f:") and _at(now, path) != _at(config, path)


def _dropped(fields: Fields, others: Iterable[Manager]) -> list[Path]:
    """What goes, in the order to take it away: whole items of lists first, if nobody owns anything in them."""
    theirs: Fields = frozenset().union(*(each.fields for each in others))
    held = {path[:length] for path in theirs for length in range(1, len(path) + 1)}
    free = fields - held
    return sorted(free, key=lambda path: (path[-1].startswith("f:"), -len(path)))


def _merged(now: Any, config: Any, schema: Manifest, field: str) -> Any:
    if isinstance(now, dict) and isinstance(config, dict):
        return now | {key: _merged(now.get(key), value, _inner(schema, key), key) for key, value in config.items()}
    if isinstance(now, list) and isinstance(config, list):
        steps = _steps(config, schema, field)
        if steps is not None and _steps(now, schema, field) is not None:
            return _merged_list(now, dict(zip(steps, config, strict=True)), schema, field)
    return config


def _merged_list(now: list[Any], wanted: dict[str, Any], schema: Manifest, field: str) -> list[Any]:
    merged = []
    for item in now:
        step = next((step for step in wanted if _is_named(item, step)), None)
        merged.append(item if step is None else _merged(item, wanted.pop(step), schema.get("items") or {}, field))
    return [*merged, *wanted.values()]


def _removed(value: Any, path: Path) -> Any:
    step, *rest = path
    child = _step(value, step)
    if child is _MISSING:
        return value
    left = _removed(child, tuple(rest)) if rest else _MISSING
    if left == {}:
        left = _MISSING
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key != step[2:]}
        return kept if left is _MISSING else {**value, step[2:]: left}
    return [left if each is child else each for each in value if not (each is child and left is _MISSING)]


def _without(manager: Manager, fields: Fields) -> Manager:
    return replace(manager, fields=manager.fields - fields)


def _encoded(fields: Fields) -> Manifest:
    tree: Manifest = {}
    for path in sorted(fields):
        at = tree
        for step in path:
            at = at.setdefault(step, {})
        at["."] = {}
    return _plain(tree)


def _plain(tree: Manifest) -> Manifest:
    if set(tree) == {"."}:
        return {}
    return {key: _plain(inner) for key, inner in tree.items()}


def _decoded(tree: Manifest, path: Path) -> Iterator[Path]:
    if not tree and path:
        yield path
    for step, inner in tree.items():
        if step == ".":
            yield path
        else:
            yield from _decoded(inner, (*path, step))


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        if step.startswith("f:"):
            text += f".{step[2:]}"
        elif step.startswith("k:"):
            keys = orjson.loads(step[2:])
            text += "[" + ",".join(f"{key}={orjson.dumps(value).decode()}" for key, value in keys.items()) + "]"
        else:
            text += f"[={step[2:]}]"
    return text


def _conflict(conflicts: list[tuple[str, list[Path]]]) -> refusals.Refusal:
    causes, told = [], []
    for name, paths in conflicts:
        causes += [
            {"reason": "FieldManagerConflict", "message": f"conflict with {name}", "field": _dotted(path)}
            for path in paths
        ]
        if len(paths) == 1:
            told.append(f"conflict with {name}: {_dotted(paths[0])}")
        else:
            told.append("\n".join((f"conflicts with {name}:", *(f"- {_dotted(path)}" for path in paths))))
    count = len(causes)
    message = f"Apply failed with {count} conflict{'s' if count > 1 else ''}: " + "\n".join(told)
    return refusals.Refusal(409, "Conflict", message, details={"causes": causes})
