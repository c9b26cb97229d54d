from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from gyre.flux.kinds import KINDS
from schema.build import SCHEMA, as_sdl
from schema.types.registry import KNOWN, type_of

TYPES = [
    type_
    for type_ in SCHEMA._schema.type_map.values()
    if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
]
COMMITTED = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text() == as_sdl(), "run `make generate`"


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_everything_in_the_schema_is_described(type_: GraphQLNamedType) -> None:
    silent = [] if type_.description else [type_.name]
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        silent += [f"{type_.name}.{name}" for name, field in type_.fields.items() if not field.description]
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        silent += [
            f"{type_.name}.{name}({argument})"
            for name, field in type_.fields.items()
            for argument, given in field.args.items()
            if not given.description
        ]
    if isinstance(type_, GraphQLEnumType):
        silent += [f"{type_.name}.{name}" for name, value in type_.values.items() if not value.description]
    assert silent == []


@pytest.mark.parametrize("known", KINDS, ids=lambda known: known.kind.name)
def test_each_kind_of_flux_has_a_type_with_fields_of_its_own(known: object) -> None:
    kind = known.kind  # type: ignore[attr-defined]  # parametrize gives no types
    shown = SCHEMA._schema.type_map[kind.name]
    interface = SCHEMA._schema.type_map["Resource"]
    assert isinstance(shown, GraphQLObjectType)
    assert isinstance(interface, GraphQLInterfaceType)
    assert shown.interfaces == (interface,)
    assert set(shown.fields) > set(interface.fields)
    assert type_of(kind.group, kind.name).__name__ == kind.name


def test_a_kind_of_another_group_with_a_name_of_flux_is_generic() -> None:
    assert len(KNOWN) == len(KINDS) == 19
    assert type_of("example.com", "Kustomization").__name__ == "GenericResource"
