"""Field validation beyond the schema: fields no schema knows, and fields given twice.

Whether that is an error or a warning is the client's choice; both are dropped from what is stored.
"""

import json
from copy import deepcopy
from typing import Any

from gyre.demo import metadata, structural
from gyre.demo.resources import Manifest, ResourceType

STRICT, WARN, IGNORE = "Strict", "Warn", "Ignore"
LEVELS = (IGNORE, WARN, STRICT)


def unknown_fields(resource: ResourceType, manifest: Manifest) -> list[str]:
    """`unknown field "spec.mystery"` for each field that will be dropped."""
    paths = metadata.unknown(manifest.get("metadata"))
    if resource.schema:
        paths += structural.prune(resource.schema, deepcopy(manifest))
    return [f'unknown field "{path}"' for path in paths]


def duplicate_fields(body: bytes) -> list[str]:
    """`duplicate field "name"` for each key that an object of the JSON text has twice."""
    twice: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) < len(pairs):
            keys = [key for key, _ in pairs]
            twice.extend(key for key in seen if keys.count(key) > 1)
        return seen

    try:
        json.loads(body, object_pairs_hook=note)
    except ValueError:
        return []  # YAML: its reader knows no duplicates
    return [f'duplicate field "{key}"' for key in twice]
