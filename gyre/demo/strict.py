"""Field validation beyond the schema: fields no schema knows, and fields given twice.

Whether that is an error or a warning is the client's choice; both are dropped from what is stored.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from gyre.demo import metadata, structural
from gyre.demo.resources import Manifest, ResourceType

STRICT, WARN, IGNORE = "Strict", "Warn", "Ignore"
LEVELS = (IGNORE, STRICT, WARN)


def unknown_fields(resource: ResourceType, manifest: Manifest) -> list[str]:
    """`unknown field "spec.mystery"` for each field that will be dropped."""
    paths = metadata.unknown(manifest.get("metadata"))
    if resource.schema:
        paths += structural.prune(resource.schema, deepcopy(manifest))
    return [f'unknown field "{path}"' for path in paths]


def duplicate_fields(body: bytes) -> list[str]:
    """`duplicate field "spec.size"` for each key that an object of the JSON text has twice."""
    try:
        document = json.loads(body, object_pairs_hook=_Pairs)
    except ValueError:
        return []  # YAML: its reader knows no duplicates
    return [f'duplicate field "{path}"' for path in _twice(document, "")]


class _Pairs(list[tuple[str, Any]]):
    """An object with all its keys, in order."""


def _twice(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            at = f"{path}.{key}" if path else key
            if key in seen:
                yield at
            seen.add(key)
            yield from _twice(inner, at)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _twice(item, f"{path}[{index}]")
