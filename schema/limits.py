"""How much one document may ask: rules that see the document alone, built once.

What it costs with its variables is schema.costs'; how often one may ask is gyre.limits'.
"""

from collections.abc import Iterator

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    specified_rules,
)
from graphql.validation import NoSchemaIntrospectionCustomRule
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.field import StrawberryField

from schema.types.declare import PERSONAL

LONGEST_DOCUMENT = 65_536
"""Characters. GraphiQL's introspection has 1,500, the largest of Gyre's own pages 3,000."""

MOST_TOKENS = 4_000
"""A selection of every field of every kind of resource has about 1,000."""

DEEPEST = 12
"""Levels of fields; Gyre's own pages go to 5. Introspection has a rule of its own in graphql-core."""

MOST_ALIASES = 50
"""Fields under another name: each can be the same expensive field once more."""

MOST_ERRORS = 20
"""Mistakes told of one document; finding more of them helps nobody but who wants the server to look."""

LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"


def limit_error(limit: str, most: int, message: str, node: object = None) -> GraphQLError:
    """What is told of a limit that was passed."""
    nodes = [node] if node is not None else None
    extensions = {"code": LIMIT_EXCEEDED, "details": {"limit": limit, "most": most}}
    return GraphQLError(message, nodes, extensions=extensions)  # type: ignore[arg-type]  # one node, or none


class DepthRule(ASTValidationRule):
    """No field lies too deep."""

    def enter_document(self, node: DocumentNode, *_: object) -> None:
        """Measure each operation."""
        depths = _Depths(node)
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode) and depths.of(definition.selection_set) > DEEPEST:
                message = f"The query is too deep: {DEEPEST} levels of fields are the most."
                self.report_error(limit_error("depth", DEEPEST, message, definition))


class AliasRule(ASTValidationRule):
    """Not too many fields go by another name."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._count = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count one."""
        if node.alias is None:
            return
        self._count += 1
        if self._count == MOST_ALIASES + 1:
            message = f"The query has too many aliases: {MOST_ALIASES} are the most."
            self.report_error(limit_error("aliases", MOST_ALIASES, message, node))


class SharedRule(ValidationRule):
    """What depends on who asks cannot be in a subscription: its frames are made once for many."""

    context: ValidationContext

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._subscribed = _in_subscriptions(context.document)

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Look at one field."""
        definition = self.context.get_field_def()
        declared = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if definition else None
        if isinstance(declared, StrawberryField) and declared.metadata.get(PERSONAL) and id(node) in self._subscribed:
            message = f"`{node.name.value}` depends on who asks, so it cannot be selected in a subscription."
            self.report_error(GraphQLError(message, node))


RULES: tuple[type[ASTValidationRule], ...] = (
    *specified_rules,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
    DepthRule,
    AliasRule,
    SharedRule,
)


def rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    """All rules for a document."""
    return RULES if introspection else (*RULES, NoSchemaIntrospectionCustomRule)


class _Depths:
    """Depths of selections, each fragment measured once; one that contains itself is another rule's to refuse."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, int] = {}

    def of(self, selections: SelectionSetNode | None) -> int:
        """How many levels of fields there are."""
        if selections is None:
            return 0
        return max((self._one(selection) for selection in selections.selections), default=0)

    def _one(self, selection: object) -> int:
        if isinstance(selection, FieldNode):
            return 0 if selection.name.value.startswith("__") else 1 + self.of(selection.selection_set)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        return self.of(getattr(selection, "selection_set", None))

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set) if fragment else 0
        return self._known[name]


def _in_subscriptions(document: DocumentNode) -> frozenset[int]:
    """The ids of all field nodes that a subscription reaches, through fragments too."""
    fragments = {
        definition.name.value: definition.selection_set
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    found: set[int] = set()
    waiting = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.SUBSCRIPTION
    ]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                waiting.extend(_once(fragments, node.name.value))
                continue
            if isinstance(node, FieldNode):
                found.add(id(node))
            inner: SelectionSetNode | None = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append(inner)
    return frozenset(found)


def _once(fragments: dict[str, SelectionSetNode], name: str) -> Iterator[SelectionSetNode]:
    inner = fragments.pop(name, None)
    if inner is not None:
        yield inner
