"""Turns a selection of plain attributes into the source of one Python function.

The function answers only where every value is exactly as its type says. At the slightest deviation it raises, and the
standard executor does the object again, so that errors, nulls and coercions are always its own.
"""

import keyword
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetails, FieldDetailsList
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Complete = Callable[[Any], Any]
"""Completes one value, or raises Deviation (or anything else: an attribute may be missing)."""

JSON_CLASSES = frozenset({str, int, float, bool, dict, list, tuple})
SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1


class Unplanned(Exception):  # it is an answer, not a failure
    """A selection has fields that are more than attributes."""


class Deviation(Exception):  # it is an answer, not a failure
    """A value is not exactly as its type says."""


class Collector(Protocol):
    """What is asked of an executor: the fields of a selection, with fragments and directives followed."""

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: FieldDetailsList, /
    ) -> CollectedFields:
        """The fields of a selection, by the names they have in the answer."""
        ...


class Source:
    """The source of one plan while it is written: its lines, and the objects they name."""

    def __init__(self, collector: Collector, text_scalars: frozenset[str]) -> None:
        self.collector = collector
        self.text_scalars = text_scalars
        self.functions: list[str] = []
        self.names: dict[str, object] = {"Deviation": Deviation, "JSON_CLASSES": JSON_CLASSES}
        self._count = 0

    def fresh(self, prefix: str) -> str:
        """A name not yet used."""
        self._count += 1
        return f"{prefix}{self._count}"

    def given(self, prefix: str, value: object) -> str:
        """A name for an object that the source needs."""
        name = self.fresh(prefix)
        self.names[name] = value
        return name


def compile_object(
    collector: Collector, return_type: GraphQLObjectType, nodes: FieldDetailsList, text_scalars: frozenset[str]
) -> Complete:
    """The function that completes an object of this type with this selection. Raises Unplanned where there is none."""
    if any(map(_incremental, nodes)):
        raise Unplanned
    source = Source(collector, text_scalars)
    name = _object(source, return_type, nodes)
    code = compile("\n".join(source.functions), f"<selection of {return_type.name}>", "exec")
    exec(code, source.names)  # noqa: S102 # made of our schema's attribute names; aliases only as quoted keys
    function: Complete = source.names[name]  # type: ignore[assignment]  # the source has just defined it
    return function


def _object(source: Source, return_type: GraphQLObjectType, nodes: FieldDetailsList) -> str:
    """Write the function for an object and give its name."""
    if return_type.is_type_of is not None:
        raise Unplanned
    collected = source.collector.collect_subfields(return_type, nodes)
    if collected.new_defer_usages or collected.forbidden_directive_instances:
        raise Unplanned
    lines: list[str] = []
    entries: list[str] = []
    touched = False
    for response_name, details in collected.grouped_field_set.items():
        if any(map(_incremental, details)):
            raise Unplanned
        if details[0].node.name.value == "__typename":
            entries.append(f"{response_name!r}: {return_type.name!r}")
            continue
        touched = True
        value = source.fresh("v")
        field = return_type.fields.get(details[0].node.name.value)
        lines.append(f"{value} = o.{_attribute(field)}")
        entries.append(f"{response_name!r}: {_value(source, lines, value, field.type, details)}")
    if not touched:
        raise Unplanned  # an object nobody looks at could be an exception or an awaitable
    return _define(source, lines, f"{{{', '.join(entries)}}}")


def _incremental(detail: FieldDetails) -> bool:
    """Whether a field is to come later, or depends on arguments of a fragment."""
    streamed = any(directive.name.value == "stream" for directive in detail.node.directives or ())
    return streamed or detail.defer_usage is not None or bool(detail.fragment_variable_values)


def _attribute(field: GraphQLField | None) -> str:
    """The attribute a field reads, when reading it is all there is to it."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None
    if not isinstance(definition, StrawberryField) or not definition.is_basic_field or definition.permission_classes:
        raise Unplanned
    if type(definition).get_result is not StrawberryField.get_result or definition.default_resolver is not getattr:
        raise Unplanned
    if not getattr(field.resolve if field else None, "_is_default", False) or keyword.iskeyword(definition.python_name):
        raise Unplanned
    return definition.python_name


def _define(source: Source, lines: list[str], result: str) -> str:
    name = source.fresh("f")
    body = "\n".join(f"    {line}" for line in [*lines, f"return {result}"])
    source.functions.append(f"def {name}(o):\n{body}")
    return name


def _value(source: Source, lines: list[str], value: str, type_: GraphQLOutputType, details: FieldDetailsList) -> str:
    """Write what checks and completes a value; the expression that gives it."""
    if isinstance(type_, GraphQLNonNull):
        checks, result = _inner(source, value, type_.of_type, details)
        lines.extend(checks)
        return result
    checks, result = _inner(source, value, type_, details)
    if checks:
        lines.append(f"if {value} is not None:")
        lines.extend(f"    {check}" for check in checks)
    return result if result == value else f"None if {value} is None else {result}"


def _inner(source: Source, value: str, type_: GraphQLOutputType, details: FieldDetailsList) -> tuple[list[str], str]:
    if isinstance(type_, GraphQLList):
        return _list(source, value, type_, details)
    if isinstance(type_, GraphQLObjectType):
        return [], f"{_object(source, type_, details)}({value})"
    if isinstance(type_, GraphQLEnumType):
        return _enum(source, value, type_)
    if isinstance(type_, GraphQLScalarType):
        return _scalar(source, value, type_)
    raise Unplanned  # an interface or a union: which type it is has to be asked


def _list(source: Source, value: str, type_: GraphQLList[Any], details: FieldDetailsList) -> tuple[list[str], str]:
    checks = [f"if {value}.__class__ is not list and {value}.__class__ is not tuple: raise Deviation"]
    item, item_lines = source.fresh("i"), list[str]()
    result = _value(source, item_lines, item, type_.of_type, details)
    if item_lines:
        body = [f"{item} = o", *item_lines]
        result = f"{_define(source, body, result)}({item})"
    return checks, f"[{result} for {item} in {value}]"


def _enum(source: Source, value: str, type_: GraphQLEnumType) -> tuple[list[str], str]:
    if type(type_) is not CustomGraphQLEnumType:
        raise Unplanned
    members: Mapping[str, Any] = type_.wrapped_cls.__members__
    told = {member.name: type_.coerce_output_value(member) for member in members.values()}
    words, cls = source.given("e", told), source.given("c", type_.wrapped_cls)
    return [f"if {value}.__class__ is not {cls}: raise Deviation"], f"{words}[{value}._name_]"


def _scalar(source: Source, value: str, type_: GraphQLScalarType) -> tuple[list[str], str]:
    deviates = "raise Deviation"
    if type_ in (GraphQLString, GraphQLID) or type_.name in source.text_scalars:
        return [f"if {value}.__class__ is not str: {deviates}"], value
    if type_ is GraphQLBoolean:
        return [f"if {value}.__class__ is not bool: {deviates}"], value
    if type_ is GraphQLInt:
        bounds = f"{SMALLEST_INT} <= {value} <= {LARGEST_INT}"
        return [f"if {value}.__class__ is not int or not {bounds}: {deviates}"], value
    if type_ is GraphQLFloat:
        return [f"if {value}.__class__ is not float or {value} - {value} != 0.0: {deviates}"], value
    coerce, done = source.given("s", type_.coerce_output_value), source.fresh("w")
    return [
        f"if {value}.__class__ not in JSON_CLASSES: {deviates}",
        f"{done} = {coerce}({value})",
        f"if {done}.__class__ not in JSON_CLASSES: {deviates}",
    ], done
