"""Whatever is asked of whatever values: the planning executor answers exactly as the standard one."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from inspect import isawaitable
from typing import Any, cast

import pytest
import strawberry
from graphql import ExecutionResult, parse, validate
from graphql.execution import execute
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import Info

from schema.execution.executor import PlanningExecutor
from schema.types.scalars import SCALARS, DateTime


class Never(BasePermission):
    """Lets nobody through."""

    message = "never"

    def has_permission(self, source: object, info: Info, **kwargs: object) -> bool:  # noqa: ARG002
        return False


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = strawberry.enum_value("blue", name="AZURE")


class Other(Enum):
    """Has a name that Colour has too."""

    RED = "red"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Leaf(Named):
    size: int


@strawberry.type
class Twig:
    text: str
    maybe_text: str | None
    count: int
    share: float | None
    sure: bool
    colour: Colour
    maybe_colour: Colour | None
    when: DateTime | None
    any: JSON | None
    words: list[str]
    maybe_words: list[str | None] | None
    grid: list[list[int]]


@strawberry.type
class Branch:
    id: strawberry.ID
    twig: Twig
    maybe_twig: Twig | None
    twigs: list[Twig]
    maybe_twigs: list[Twig | None] | None
    leaf: Named | None

    @strawberry.field
    def computed(self) -> str:
        return f"computed {self.id}"

    @strawberry.field
    async def later(self) -> Twig:
        await asyncio.sleep(0)
        return self.twig

    @strawberry.field(permission_classes=[Never])  # type: ignore[untyped-decorator]  # as Strawberry types it
    def forbidden(self) -> str | None:
        return "secret"


@strawberry.type
class Query:
    @strawberry.field
    def branch(self) -> Branch:
        return cast("Branch", self)

    @strawberry.field
    async def branches(self) -> list[Branch]:
        return [cast("Branch", self)] * 20


SCHEMA = strawberry.Schema(query=Query, types=[Leaf], config=StrawberryConfig(scalar_map=dict(SCALARS)))


@dataclass
class Thing:
    """Attributes as they come: not held to any type."""

    values: dict[str, object]

    def __getattr__(self, name: str) -> object:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


ODD: list[object] = [None, "", "text", 0, 7, 2**31, -1, 1.5, float("nan"), True, Colour.RED, [], ["a"], {}, b"bytes"]
ODD += [
    ValueError("a value that is an error"),
    datetime(2026, 1, 1, tzinfo=UTC),
    (1, 2),
    [None],
    [[1], [None]],
    {"a": 1},
]
RIGHT: dict[str, object] = {
    "text": "a text",
    "maybe_text": None,
    "count": 3,
    "share": 0.5,
    "sure": False,
    "colour": Colour.BLUE,
    "maybe_colour": None,
    "when": "2026-01-01T00:00:00Z",
    "any": {"b": [1, None]},
    "words": ["a", "b"],
    "maybe_words": ["a", None],
    "grid": [[1], []],
}


@st.composite
def twigs(draw: st.DrawFn) -> Thing:
    values = dict(RIGHT)
    for name in draw(st.lists(st.sampled_from(sorted(RIGHT)), max_size=2, unique=True)):
        values[name] = draw(st.sampled_from(ODD))
    if draw(st.integers(0, 9)) == 0:
        del values[draw(st.sampled_from(sorted(RIGHT)))]
    return Thing(values)


@st.composite
def branches(draw: st.DrawFn) -> Thing:
    right = twigs()
    several = st.lists(right, max_size=3)
    return Thing(
        {
            "id": draw(st.sampled_from(["one", 2, None])),
            "twig": draw(st.one_of(right, right, right, st.sampled_from(ODD))),
            "maybe_twig": draw(st.one_of(right, st.none())),
            "twigs": draw(st.one_of(several, several.map(tuple), several.map(lambda found: [*found, None]))),
            "maybe_twigs": draw(st.one_of(st.none(), several.map(lambda found: [None, *found]))),
            "leaf": draw(st.sampled_from([None, Leaf(name="leaf", size=1)])),
        }
    )


TWIG_FIELDS: tuple[str, ...] = (
    "text",
    "maybeText",
    "count",
    "share",
    "sure",
    "colour",
    "maybeColour",
    "when",
    "any",
    "words",
)
TWIG_FIELDS += ("maybeWords", "grid", "__typename")
DIRECTIVES = ("", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: $no)", " @skip(if: $no)")


@st.composite
def twig_selections(draw: st.DrawFn) -> str:
    fields = draw(st.lists(st.sampled_from(TWIG_FIELDS), min_size=1, max_size=6))
    return " ".join(_written(draw, field) for field in fields) + draw(st.sampled_from(["", " ...T", " ... { count }"]))


@st.composite
def branch_selections(draw: st.DrawFn) -> str:
    leaf = "{ __typename name ... on Leaf { size } }"
    plain = ("id", "computed", "forbidden", "__typename", f"leaf {leaf}")
    fields = draw(st.lists(st.sampled_from(plain), max_size=3))
    nested = draw(st.lists(st.sampled_from(("twig", "maybeTwig", "twigs", "maybeTwigs", "later")), max_size=3))
    written = [_written(draw, field) for field in fields]
    written += [f"{_written(draw, field)} {{ {draw(twig_selections())} }}" for field in nested]
    return " ".join(written) or "id"


def _written(draw: st.DrawFn, field: str) -> str:
    name, _, rest = field.partition(" ")
    alias = draw(st.sampled_from(["", "", "a: ", "b: "]))
    return f"{alias}{name}{draw(st.sampled_from(DIRECTIVES))} {rest}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    root = draw(st.sampled_from(["branch", "branches"]))
    body = draw(branch_selections())
    fragment = "fragment T on Twig { text when @include(if: $yes) colour }"
    again = f"again: {root} {{ {body} }}" if draw(st.booleans()) else ""
    return f"query($yes: Boolean!, $no: Boolean!) {{ {root} {{ {body} ...B }} {again} }} {fragment} {_B}"


_B = "fragment B on Branch { twig { ...T } }"


async def answered(executor: type[Any], document: Any, root: object, variables: dict[str, Any]) -> ExecutionResult:
    result = execute(
        SCHEMA._schema,
        document,
        root_value=root,
        variable_values=variables,
        executor_class=executor,
        operation_extensions=None,
    )
    return await result if isawaitable(result) else result


def told(result: ExecutionResult) -> object:
    errors = [repr(error.formatted) for error in result.errors or ()]
    return repr(result.data), sorted(errors)  # the text, so that the order of keys counts and NaN equals itself


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=documents(), root=branches(), first=st.booleans())
def test_both_executors_answer_alike(text: str, root: Thing, first: bool) -> None:  # hypothesis gives it
    document = parse(text)
    assume(not validate(SCHEMA._schema, document))

    async def compare() -> None:
        for yes in (first, first, not first, first):  # the second time there is a plan; others for other conditions
            variables = {"yes": yes, "no": not yes}
            wanted = await answered(StrawberryGraphQLCoreExecutionContext, document, root, variables)
            found = await answered(PlanningExecutor, document, root, variables)
            assert told(found) == told(wanted)

    asyncio.run(compare())


@pytest.mark.parametrize("field", sorted(RIGHT))
def test_a_single_odd_value_is_told_alike_everywhere(field: str) -> None:
    name = "".join(part.title() if number else part for number, part in enumerate(field.split("_")))
    text = (
        f"{{ branch {{ twig {{ {name} text }} maybeTwig {{ {name} }} twigs {{ {name} }} maybeTwigs {{ {name} }} }} }}"
    )
    document = parse(text)

    async def compare(odd: object) -> None:
        twig = Thing({**RIGHT, field: odd})
        root = right().values | {"twig": twig, "maybe_twig": twig, "twigs": [twig], "maybe_twigs": [twig, None]}
        wanted = await answered(StrawberryGraphQLCoreExecutionContext, document, Thing(root), {})
        for _ in range(2):
            assert told(await answered(PlanningExecutor, document, Thing(root), {})) == told(wanted)

    for odd in ODD:
        asyncio.run(compare(odd))


def right() -> Thing:
    twig = Thing(dict(RIGHT))
    leaf = Leaf(name="leaf", size=1)
    values = {"id": "one", "twig": twig, "maybe_twig": None, "twigs": [twig], "maybe_twigs": [None, twig], "leaf": leaf}
    return Thing(values)


@pytest.mark.parametrize(
    ("selection", "planned"),
    [
        ("twig { text count words colour when any grid }", True),
        ("twigs { text } maybeTwigs { text }", True),
        ("twig { __typename }", False),
        ("leaf { name }", False),
        ("computed", False),
        ("forbidden", False),
    ],
)
def test_plain_selections_have_a_plan_and_others_do_not(selection: str, planned: bool) -> None:
    text = f"{{ branch {{ {selection} }} }}"
    document = parse(text)
    for _ in range(2):
        result = asyncio.run(answered(PlanningExecutor, document, right(), {}))
    nodes = {id(selected) for definition in document.definitions for selected in definition.selection_set.selections}  # type: ignore[attr-defined]
    plans = [entry.plan for key, entry in PlanningExecutor.plans._entries.items() if key[-1] in nodes]  # type: ignore[index]
    assert [plan is not None for plan in plans] == [planned]
    assert result.data is not None


def test_middleware_is_not_passed_over() -> None:
    seen: list[str] = []

    def middleware(resolve: Any, source: object, info: Any, **arguments: object) -> object:
        seen.append(info.field_name)
        return resolve(source, info, **arguments)

    document = parse("{ branch { twig { text count } } }")
    for _ in range(3):
        execute(
            SCHEMA._schema,
            document,
            root_value=right(),
            executor_class=PlanningExecutor,
            middleware=[middleware],
            operation_extensions=None,
        )
    assert seen == ["branch", "twig", "text", "count"] * 3
