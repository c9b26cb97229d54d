"""The scalars beyond GraphQL's own five.

They are strings (or any JSON) that pass through as they are: Kubernetes wrote them.
"""

from collections.abc import Mapping
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", str)
Position = NewType("Position", str)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"a string was expected, not {type(value).__name__}")
    return value


def _as_it_is(value: object) -> object:
    return value


SCALARS: Mapping[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment as RFC 3339 text, exactly as Kubernetes wrote it: `2026-01-31T12:00:00Z`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_text,
        parse_value=_text,
    ),
    Position: strawberry.scalar(
        name="Position",
        description=(
            "A place in the order of changes over all clusters. Opaque: hand it back as `after` or `notBefore`, "
            "never read it."
        ),
        serialize=_text,
        parse_value=_text,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, with secret values masked.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_as_it_is,
        parse_value=_as_it_is,
    ),
}

TEXT_SCALARS: Mapping[Any, str] = {DateTime: "DateTime", Position: "Position"}
