"""Every field of GraphQL's types is where the real definitions have it."""

import typing
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from gyre.flux.kinds import by_name
from schema.types.declare import own_fields
from schema.types.registry import KNOWN
from schema.types.resource import Resource
from tests.cluster.building import crd_files

pytestmark = pytest.mark.cluster  # the definitions are in Go's module cache

Schema = dict[str, Any]
SHARED = set(own_fields(Resource))
ELSEWHERE = {  # parts of a reference that others of its type have
    "HelmChart.spec.sourceRef.namespace",
    "ImagePolicy.spec.imageRepositoryRef.apiVersion",
    "ImagePolicy.spec.imageRepositoryRef.kind",
}


def definitions() -> dict[str, Schema]:
    """The schema of each kind, in the version that is stored."""
    found = {}
    for path in crd_files():
        for document in yaml.safe_load_all(path.read_text()):
            (stored,) = [version for version in document["spec"]["versions"] if version["storage"]]
            found[document["spec"]["names"]["kind"]] = stored["schema"]["openAPIV3Schema"]
    return found


def missing(shown: type, schema: Schema, where: str) -> Iterator[str]:
    """The paths that a type reads and the schema does not have, also those of the types within it."""
    hints = typing.get_type_hints(shown)
    for name, path in own_fields(shown).items():
        if name in SHARED:
            continue
        found: Schema | None = schema
        for step in path:
            found = found and found.get("properties", {}).get(step)
        if found is None:
            yield ".".join((where, *path))
        else:
            for inner in declared(hints[name]):
                yield from missing(inner, found.get("items", found), ".".join((where, *path)))


def declared(hint: Any) -> Iterator[type]:
    """The types of Gyre's own in an annotation."""
    if isinstance(hint, type) and hasattr(hint, "__strawberry_definition__"):
        yield hint
    for argument in typing.get_args(hint):
        yield from declared(argument)


def test_every_field_is_where_the_definition_of_its_kind_has_it() -> None:
    schemas = definitions()

    assert {shown.__name__ for shown in KNOWN} == set(schemas)
    assert all(by_name(kind) for kind in schemas)
    found = {path for shown in KNOWN for path in missing(shown, schemas[shown.__name__], shown.__name__)}
    assert found == ELSEWHERE
