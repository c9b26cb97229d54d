"""Objects as kubectl prints them (`as=Table`), or their metadata alone (`as=PartialObjectMetadata`).

Which columns a kind has is its ResourceType's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gyre.demo.columns import NAME, ago
from gyre.demo.resources import Column, Manifest, ResourceType

META = "meta.k8s.io/v1"


class Include(StrEnum):
    """What a row carries of its object."""

    NONE = "None"
    METADATA = "Metadata"
    OBJECT = "Object"


@dataclass(frozen=True, slots=True)
class Shown:
    """One object: as it is stored, which is what columns read, and as the client's version of its kind has it."""

    stored: Manifest
    served: Manifest


def columns_of(resource: ResourceType) -> tuple[Column, ...]:
    """All columns; the name first unless the kind places it itself."""
    if any(column.name == "Name" for column in resource.columns):
        return resource.columns
    return (NAME, *resource.columns)


def definitions(resource: ResourceType) -> list[Manifest]:
    """The head of a table."""
    return [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "description": column.description,
            "priority": column.priority,
        }
        for column in columns_of(resource)
    ]


def table(
    resource: ResourceType, shown: Iterable[Shown], metadata: Manifest, *, include: Include, now: datetime
) -> Manifest:
    """The objects as rows."""
    return {
        "kind": "Table",
        "apiVersion": META,
        "metadata": metadata,
        "columnDefinitions": definitions(resource),
        "rows": [_row(resource, each, include=include, now=now) for each in shown],
    }


def _row(resource: ResourceType, shown: Shown, *, include: Include, now: datetime) -> Manifest:
    made: Manifest = {"cells": [_cell(column, shown.stored, now) for column in columns_of(resource)]}
    if include is Include.OBJECT:
        made["object"] = shown.served
    elif include is Include.METADATA:
        made["object"] = partial_metadata(shown.served)
    return made


def partial_metadata(manifest: Manifest) -> Manifest:
    """The object without all but its metadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": manifest["metadata"]}


def _cell(column: Column, manifest: Manifest, now: datetime) -> Any:
    value = column.value(manifest, now)
    if value is None:
        return None
    if column.type == "date":
        return ago(value, now)
    if column.type == "integer":
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if column.type == "number":
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if column.type == "boolean":
        return value if isinstance(value, bool) else None
    return value if isinstance(value, str) else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
