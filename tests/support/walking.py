"""Calls of every root field of the GraphQL schema: valid arguments and all that can be selected, from its types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

from schema.build import SCHEMA

DEEP = 3
TEXTS = {
    "kind": "ks",
    "namespace": "shop",
    "name": "apps",
    "cluster": "default",
    "password": "a winter's tale of mine",
    "provider": "acme",
    "subject": "0001",
}


def _kustomization(version: str = "") -> str:
    metadata = f"{{name: apps, namespace: shop{version}}}"
    what = f"apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {metadata}"
    return f'"{{{what}, spec: {{interval: 1m}}}}"'


MORE: Mapping[str, Mapping[str, str]] = {
    "cluster": {"name": '"default"'},
    "testCluster": {"id": '"default"'},
    "updateCluster": {"impersonate": "true"},
    "applyResource": {"yaml": _kustomization()},
    "createResource": {"yaml": _kustomization()},
    "updateResource": {"yaml": _kustomization(", resourceVersion: '1'")},
    "createToken": {"scope": '[{resources: ["*"], namespaces: ["*"], actions: ["*"], clusters: ["default"]}]'},
    "updateUser": {"active": "true"},
    "updateProfile": {"displayName": '""'},
    "updatePreferences": {"theme": "DARK"},
    "updateGroup": {"description": '"other"'},
    "updatePolicy": {"description": '"other"'},
    "deletePolicy": {"evenIfBound": "true"},
}
"""What makes a call mean something although it may be left out."""


@dataclass(frozen=True, slots=True)
class Call:
    """One root field, called."""

    operation: str
    name: str
    document: str

    def __str__(self) -> str:
        return f"{self.operation}.{self.name}"


def roots(operation: str) -> dict[str, GraphQLField]:
    """The root fields of `query`, `mutation` or `subscription`."""
    root = SCHEMA._schema.type_map[operation.capitalize()]
    assert isinstance(root, GraphQLObjectType)
    return dict(root.fields)


def called(operation: str, name: str, ids: Mapping[str, str]) -> Call:
    """The field called; `ids` are of a user, group, policy, binding, session and token that exist."""
    field, subject = roots(operation)[name], _subject(name)
    given = {
        argument: _value(argument, definition.type, {**ids, "id": ids.get(subject, "")}, name)
        for argument, definition in field.args.items()
        if is_required_argument(definition)
    }
    own = {key: value for key, value in MORE.get(name, {}).items() if key in field.args}
    arguments = ", ".join(f"{key}: {value}" for key, value in {**given, **own}.items())
    body = f"{name}({arguments})" if arguments else name
    return Call(operation, name, f"{operation} {{ {body} {selection(get_named_type(field.type), DEEP)} }}")


def selection(type_: GraphQLNamedType, deep: int) -> str:
    """All that can be selected without arguments, so many levels deep; nothing for a scalar."""
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    parts = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        leaf = isinstance(inner, GraphQLScalarType | GraphQLEnumType)
        if any(is_required_argument(each) for each in field.args.values()) or (not leaf and deep == 1):
            continue
        parts.append(name if leaf else f"{name} {selection(inner, deep - 1)}")
    return f"{{ {' '.join(parts)} }}" if parts else "{ __typename }"


def _subject(name: str) -> str:
    words = ("user", "group", "policy", "binding", "session", "token")
    return next((word for word in words if name.lower().endswith(word)), "user")


def _value(name: str, type_: GraphQLInputType, ids: Mapping[str, str], root: str) -> str:
    if isinstance(type_, GraphQLNonNull):
        return _value(name, type_.of_type, ids, root)
    if isinstance(type_, GraphQLList):
        return f"[{_value(name, type_.of_type, ids, root)}]"
    if isinstance(type_, GraphQLInputObjectType):
        return _object(type_, ids, root)
    return next(iter(type_.values)) if isinstance(type_, GraphQLEnumType) else _scalar(name, type_, ids, root)


def _scalar(name: str, type_: GraphQLScalarType, ids: Mapping[str, str], root: str) -> str:
    plain: dict[str, Any] = {"Int": "1", "Boolean": "false", "JSON": "{}"}
    if type_.name in plain:
        return str(plain[type_.name])
    if type_.name == "ID":
        known = ids.get(name.removesuffix("Id"), ids["id"]) if name != "id" else ids["id"]
        return f'"{known}"'
    lists = {"resources": "kustomizations", "namespaces": "shop", "actions": "view"}
    return f'"{lists.get(name) or TEXTS.get(name) or f"{root} {name}"[:40].replace(" ", "-").lower()}"'


def _object(type_: GraphQLInputObjectType, ids: Mapping[str, str], root: str) -> str:
    given = {
        name: _value(name, field.type, ids, root)
        for name, field in type_.fields.items()
        if is_required_input_field(field)
    }
    given |= {key: value for key, value in MORE.get(root, {}).items() if key in type_.fields}
    if type_.name == "CreateBindingInput":
        given["userId"] = f'"{ids["user"]}"'
    return f"{{{', '.join(f'{key}: {value}' for key, value in given.items())}}}"
