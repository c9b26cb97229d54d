"""How fields declared with `at` are read from a manifest, without trusting its shape.

What is missing or of another type is null, false or empty: a manifest is a cluster's word, not ours.
"""

import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, Union

from strawberry.scalars import JSON

from schema.types.declare import own_fields
from schema.types.scalars import DateTime

T = TypeVar("T")
Reader = Callable[[object], object]

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1


def read(cls: type[T], document: object) -> T:
    """A declared type with all its fields read from a document."""
    return cls(**read_fields(cls, document))


def read_fields(cls: type, document: object) -> dict[str, object]:
    """The fields of a declared type that name a path, read from a document."""
    return {name: reader(found(document, path)) for name, path, reader in _readers(cls)}


def found(document: object, path: tuple[str, ...]) -> object:
    """What a document holds at a path; None when the path ends early."""
    for step in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(step)
    return document


@cache
def _readers(cls: type) -> tuple[tuple[str, tuple[str, ...], Reader], ...]:
    hints = typing.get_type_hints(cls)
    return tuple((name, path, _reader(hints[name])) for name, path in own_fields(cls).items())


def _reader(hint: Any) -> Reader:
    if typing.get_origin(hint) in (Union, types.UnionType):
        return _found(next(part for part in typing.get_args(hint) if part is not types.NoneType))
    if hint is str:
        return lambda value: _text(value) or ""
    return _found(hint)


def _found(hint: Any) -> Reader:
    """What reads a value of this type, or gives None."""
    if typing.get_origin(hint) is list:
        return _list_of(_found(typing.get_args(hint)[0]))
    if hint in _PLAIN:
        return _PLAIN[hint]
    return lambda value: read(hint, value) if isinstance(value, Mapping) else None


def _list_of(item: Reader) -> Reader:
    def several(value: object) -> object:
        if not isinstance(value, list):
            return []
        return [read for read in map(item, value) if read is not None]

    return several


def _text(value: object) -> object:
    """Text as it is; numbers too, since ports and versions come as either."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool) and SMALLEST_INT <= value <= LARGEST_INT
    return value if whole else None


def _number(value: object) -> object:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_it_is(value: object) -> object:
    return value


_PLAIN: Mapping[Any, Reader] = {
    str: _text,
    DateTime: _text,
    int: _whole,
    float: _number,
    bool: lambda value: value is True,
    JSON: _as_it_is,
}
