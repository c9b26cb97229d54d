"""How a GraphQL type is declared here: its docstring is its description, a field may name where a manifest holds it.

What the types are is their own modules' matter.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, ParamSpec, TypeVar, cast, dataclass_transform

import strawberry
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition

AT = "at"
PERSONAL = "personal"
"""Mark of a field whose value depends on who asks: it cannot be selected in a subscription that many share."""

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
E = TypeVar("E", bound=type[Enum])


def described(description: str, **default: Any) -> Any:
    """A plain attribute with its description, and with its `default` or `default_factory` where it may be left out."""
    return strawberry.field(description=description, **default)


def optional(description: str) -> Any:
    """What is null where it is left out."""
    return strawberry.field(description=description, default=None)


def at(path: str, description: str) -> Any:
    """An attribute read from the manifest at a dotted path; see schema.types.reading."""
    return strawberry.field(description=description, default=None, metadata={AT: tuple(path.split("."))})


def computed(description: str, *, personal: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A field with code; `personal` when its value depends on who asks."""
    metadata = {PERSONAL: True} if personal else {}
    return cast(
        "Callable[[Callable[P, R]], Callable[P, R]]", strawberry.field(description=description, metadata=metadata)
    )


def mutation(description: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A field that changes something."""
    return cast("Callable[[Callable[P, R]], Callable[P, R]]", strawberry.mutation(description=description))


def subscription(description: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A field that is listened to."""
    return cast("Callable[[Callable[P, R]], Callable[P, R]]", strawberry.subscription(description=description))


@dataclass_transform(kw_only_default=True, field_specifiers=(described, optional, at, strawberry.field))
def object_type(cls: type[T]) -> type[T]:
    """A GraphQL object type, described by its docstring."""
    return strawberry.type(cls, description=_description(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(described, optional, at, strawberry.field))
def interface_type(cls: type[T]) -> type[T]:
    """A GraphQL interface, described by its docstring."""
    return strawberry.interface(cls, description=_description(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(described, optional, at, strawberry.field))
def input_type(cls: type[T]) -> type[T]:
    """A GraphQL input type, described by its docstring."""
    return strawberry.input(cls, description=_description(cls))


def enum_type(words: E, name: str, description: str, meanings: Mapping[str, str]) -> E:
    """A domain enumeration as a GraphQL enum: its members are told by their names, each with its meaning."""
    definition = StrawberryEnumDefinition(
        wrapped_cls=words,
        name=name,
        description=description,
        values=[EnumValue(word.name, word.value, description=meanings[word.name]) for word in words],
    )
    words.__strawberry_definition__ = definition  # type: ignore[attr-defined]  # how Strawberry knows its types
    return words


def own_fields(cls: type) -> Mapping[str, tuple[str, ...]]:
    """The attributes of a declared type that are read from a manifest, with their paths."""
    return {field.name: field.metadata[AT] for field in dataclasses.fields(cls) if AT in field.metadata}


def _description(cls: type) -> str:
    return inspect.cleandoc(cls.__doc__ or "")
