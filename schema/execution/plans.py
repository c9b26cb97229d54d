"""The plans made so far: which selection of which document has which function.

How a function is made is schema.execution.compiling's.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues

from schema.execution.compiling import Collector, Complete, Unplanned, compile_object

REMEMBERED = 1024
"""Selections remembered, with or without a plan; a screen of Gyre has about five."""

WORTH_IT_AT_ONCE = 16
"""Objects in a list from which a plan pays even for a document that never comes again: it costs about a millisecond."""

CONDITIONAL = frozenset({"skip", "include"})


@dataclass(slots=True)
class _Entry:
    """What is known of one selection. The nodes are kept so that their ids stay theirs."""

    keeps_alive: tuple[object, ...]
    plan: Complete | None
    final: bool


class Plans:
    """A bounded memory of plans, the least used forgotten first."""

    def __init__(self, text_scalars: frozenset[str]) -> None:
        self._text_scalars = text_scalars
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._conditions: OrderedDict[int, tuple[OperationDefinitionNode, tuple[str, ...]]] = OrderedDict()

    def conditions(
        self,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> Hashable:
        """The values of the variables that decide which fields an operation has."""
        known = self._conditions.get(id(operation))
        if known is None:
            known = operation, _conditional_variables(operation, fragments)
            self._conditions[id(operation)] = known
            if len(self._conditions) > REMEMBERED:
                self._conditions.popitem(last=False)
        names = known[1]
        return tuple((name, variables.coerced.get(name)) for name in names)

    def plan(
        self,
        collector: Collector,
        return_type: GraphQLObjectType,
        nodes: FieldDetailsList,
        conditions: Hashable,
        size: int,
    ) -> Complete | None:
        """The plan for this selection; None where there is none, or while it would not pay."""
        key = (return_type, conditions, *[id(detail.node) for detail in nodes])
        entry = self._entries.get(key)
        if entry is None:
            entry = _Entry(tuple(detail.node for detail in nodes), None, final=False)
            self._entries[key] = entry
            if len(self._entries) > REMEMBERED:
                self._entries.popitem(last=False)
            if size < WORTH_IT_AT_ONCE:
                return None
        self._entries.move_to_end(key)
        if not entry.final:
            entry.final = True
            try:
                entry.plan = compile_object(collector, return_type, nodes, self._text_scalars)
            except Unplanned:
                entry.plan = None
        return entry.plan


def _conditional_variables(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> tuple[str, ...]:
    found = _Conditional()
    for node in (operation, *fragments.values()):
        visit(node, found)
    return tuple(sorted(found.names))


class _Conditional(Visitor):
    """Collects the variables in @skip and @include."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Note the variables of one directive."""
        if node.name.value in CONDITIONAL:
            self.names.update(
                argument.value.name.value
                for argument in node.arguments or ()
                if isinstance(argument.value, VariableNode)
            )
