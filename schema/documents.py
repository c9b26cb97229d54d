"""Documents made ready: parsed, validated and measured once, however often they are asked.

How they are executed is schema.operations'.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)

from schema.costs import Costs
from schema.limits import LONGEST_DOCUMENT, MOST_ERRORS, MOST_TOKENS, limit_error

REMEMBERED = 256
"""Documents remembered. Gyre's own pages have about 30; the rest is people's own queries."""

REMEMBERED_CHARACTERS = 1_000_000
"""Of all documents remembered: a parsed document takes about 30 times its text."""


@dataclass(slots=True)
class Prepared:
    """A document as it can be executed, or the errors that say why it cannot."""

    text: str
    errors: list[GraphQLError]
    document: DocumentNode | None = None
    costs: Costs | None = None
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of this name, or the only one. Raises GraphQLError when there is none such."""
        if name is None:
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise GraphQLError("The document has several operations: say which as `operationName`.")
        if name not in self.operations:
            raise GraphQLError(f"The document has no operation named {name[:100]!r}.")
        return self.operations[name]


class Documents:
    """The documents made ready last."""

    def __init__(self, schema: GraphQLSchema, rules: tuple[type[ASTValidationRule], ...]) -> None:
        self._schema = schema
        self._rules = rules
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0
        self.made = 0

    def prepare(self, text: str) -> Prepared:
        """The document of this text, made ready now or before."""
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        prepared = self._make(text)
        if len(text) <= LONGEST_DOCUMENT:
            self._keep(prepared)
        return prepared

    def _make(self, text: str) -> Prepared:
        self.made += 1
        if len(text) > LONGEST_DOCUMENT:
            message = f"The document is too long: {LONGEST_DOCUMENT} characters are the most."
            return Prepared(text, [limit_error("characters", LONGEST_DOCUMENT, message)])
        try:
            document = parse(text, max_tokens=MOST_TOKENS)
        except GraphQLSyntaxError as error:
            return Prepared(text, [_limit_or_syntax(error)])
        except RecursionError:
            return Prepared(text, [limit_error("depth", MOST_TOKENS, "The document is nested too deeply.")])
        errors = validate(self._schema, document, self._rules, max_errors=MOST_ERRORS)
        if errors:
            return Prepared(text, errors)
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        if not operations:
            return Prepared(text, [GraphQLError("The document has no operation.")])
        return Prepared(text, [], document, Costs(self._schema, document), operations)

    def _keep(self, prepared: Prepared) -> None:
        self._kept[prepared.text] = prepared
        self._characters += len(prepared.text)
        while len(self._kept) > REMEMBERED or self._characters > REMEMBERED_CHARACTERS:
            text, _ = self._kept.popitem(last=False)
            self._characters -= len(text)


def _limit_or_syntax(error: GraphQLSyntaxError) -> GraphQLError:
    if "tokens" in error.message:
        return limit_error("tokens", MOST_TOKENS, f"The document is too long: {MOST_TOKENS} tokens are the most.")
    return error
