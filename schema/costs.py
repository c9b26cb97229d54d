"""What an operation costs: every field counts once for every object it is read of.

A list counts as long as its `first` allows, or as long as such lists are; what is too dear is refused before it runs.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from schema.limits import limit_error

DEAREST = 250_000
"""Fields. A page of 1,000 rows with every field has about 100,000: a quarter of a second without a plan."""

USUAL_LIST = 10
"""Labels, conditions, references: what an object has of such."""

LISTS: Mapping[str, int] = {
    "kinds": 20,
    "failing": 50,
    "inventory": 100,
    "dependents": 50,
    "blockedBy": 20,
    "byNamespace": 50,
}
"""Lists that are longer than usual, by the field's name."""

PRICES: Mapping[str, int] = {
    "yaml": 50,
    "allowed": 5,
    "dependents": 50,
    "blockedBy": 50,
    "inventory": 20,
    "deletionPreview": 2_000,
    "liveManifest": 2_000,
    "__schema": 100_000,
    "__type": 100_000,
}
"""Fields that are more work than an attribute."""

OF_A_MUTATION = 2_500
"""What each mutation costs beside what it reads of its answer: it is written down twice, and asks a cluster."""

FIELDS_OF_A_POINT = 250
"""200 rows as the list shows them are 41 points: who runs through 10,000 in a minute spends a third of the budget."""

PAGED = frozenset({"nodes", "edges"})
REMEMBERED = 64


class Costs:
    """The costs of one document's operations, remembered for the page sizes they were asked with."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: OrderedDict[tuple[object, ...], int] = OrderedDict()

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """What the operation costs, in fields."""
        sizes = tuple(sorted((name, value) for name, value in variables.items() if type(value) is int))
        key = (id(operation), sizes)
        cost = self._known.get(key)
        if cost is None:
            root = self._schema.get_root_type(operation.operation)
            cost = self._known[key] = _Count(self._schema, self._fragments, variables).of(
                operation.selection_set, root, None
            )
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return cost


def check(cost: int, operation: OperationDefinitionNode) -> GraphQLError | None:
    """What is told when an operation is too dear."""
    if cost <= DEAREST:
        return None
    message = f"The query may read {cost} fields; {DEAREST} are the most. Ask for fewer rows or fields."
    return limit_error("cost", DEAREST, message, operation)


def points_of(cost: int) -> int:
    """What of a minute's budget it takes: one at least."""
    return max(1, -(-cost // FIELDS_OF_A_POINT))


class _Count:
    """One count, with the variables known. Each fragment is counted once for each type and page it is spread in."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[str, int | None], int] = {}

    def of(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None, page: int | None) -> int:
        """The cost of a selection on one object of this type."""
        if selections is None:
            return 0
        return sum(self._one(selection, parent, page) for selection in selections.selections)

    def _one(self, selection: object, parent: GraphQLNamedType | None, page: int | None) -> int:
        if isinstance(selection, FieldNode):
            return self._field(selection, parent, page)
        if isinstance(selection, FragmentSpreadNode):
            key = selection.name.value, page
            if key not in self._known:
                fragment = self._fragments[selection.name.value]
                on = self._schema.get_type(fragment.type_condition.name.value)
                self._known[key] = self.of(fragment.selection_set, on, page)
            return self._known[key]
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            on = self._schema.get_type(condition.name.value) if condition else parent
            return self.of(selection.selection_set, on, page)
        return 0

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, page: int | None) -> int:
        name = node.name.value
        known = parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        if known is None:
            return PRICES.get(name, 1)  # introspection, whose inside another rule limits
        inner = self.of(node.selection_set, get_named_type(known.type), self._first(node, known))
        usual = OF_A_MUTATION if parent is self._schema.mutation_type else 1
        return PRICES.get(name, usual) + self._times(name, known, page) * inner

    @staticmethod
    def _times(name: str, known: GraphQLField, page: int | None) -> int:
        type_ = known.type.of_type if is_non_null_type(known.type) else known.type
        if not is_list_type(type_):
            return 1
        return page if page is not None and name in PAGED else LISTS.get(name, USUAL_LIST)

    def _first(self, node: FieldNode, known: GraphQLField) -> int | None:
        if "first" not in known.args:
            return None
        given = next((argument.value for argument in node.arguments or () if argument.name.value == "first"), None)
        size = known.args["first"].default_value
        if isinstance(given, IntValueNode):
            size = int(given.value)
        elif isinstance(given, VariableNode):
            size = self._variables.get(given.name.value, size)
        return max(size, 1) if isinstance(size, int) else None
