"""One operation from its document to its answer.

How requests come and answers go is schema.asgi's, schema.websocket's and schema.sse's.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution import create_source_event_stream

from gyre.errors import GyreError, Invalid
from resolvers.context import Context
from resolvers.streams import Live
from schema.build import SCHEMA
from schema.costs import check, points_of
from schema.documents import Documents, Prepared
from schema.errors import INVALID_DOCUMENT, INVALID_VALUE, told
from schema.execution.executor import PlanningExecutor
from schema.limits import rules
from schema.spending import spend

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks, as it came: a document, which of its operations, and its variables."""

    text: str
    operation_name: str | None = None
    variables: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation that can be executed."""

    asked: Asked
    prepared: Prepared
    operation: OperationDefinitionNode

    @property
    def type(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation


class Refused(Exception):  # it is an answer
    """The request cannot be executed at all; `errors` are as the answer holds them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


class Operations:
    """All operations of one process: it remembers documents."""

    def __init__(self, *, introspection: bool) -> None:
        self.documents = Documents(SCHEMA._schema, rules(introspection=introspection))  # noqa: SLF001 # no public way

    def ready(self, asked: Asked, context: Context) -> Ready:
        """The operation asked for. Raises Refused when the document has no such, or does not fit."""
        request_id = context.facts.request_id
        prepared = self.documents.prepare(asked.text)
        if prepared.errors:
            raise Refused(told(prepared.errors, request_id=request_id, otherwise=INVALID_DOCUMENT))
        try:
            operation = prepared.operation(asked.operation_name)
        except GraphQLError as error:
            raise Refused(told([error], request_id=request_id, otherwise=INVALID_VALUE)) from error
        return Ready(asked, prepared, operation)

    async def execute(self, ready: Ready, context: Context) -> Answer:
        """The answer to a query or mutation. Raises Refused when its variables do not fit or it costs too much."""
        executor, cost = self._executor(ready, context)
        await spend(context, points_of(cost))
        result = executor.execute_operation()
        if inspect.isawaitable(result):
            result = await result
        return _answer(cast("ExecutionResult", result), context)

    async def listen(self, ready: Ready, context: Context) -> Live[Any]:
        """What a subscription listens to. Raises Refused, or what its resolver raised."""
        executor, _ = self._executor(ready, context)
        stream = create_source_event_stream(executor)
        if inspect.isawaitable(stream):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            for error in stream.errors or ():
                if isinstance(error.original_error, GyreError):
                    raise error.original_error
            raise Refused(told(stream.errors or (), request_id=context.facts.request_id))
        return cast("Live[Any]", stream)

    async def begin(self, ready: Ready, context: Context) -> None:
        """Count a subscription, once, before anything is listened to. Raises TooOften when too little is left."""
        _, cost = self._executor(ready, context)
        await spend(context, points_of(cost))

    def frame(self, ready: Ready, context: Context, value: object) -> str:
        """One event of a subscription as the JSON of its answer."""
        executor, _ = self._executor(ready, context)
        result = executor.build_per_event_executor(value).execute_operation(serially=False)
        if not isinstance(result, ExecutionResult):
            raise TypeError("a subscription's selection may have no asynchronous fields: many share its frames")
        return encoded(_answer(result, context)).decode()

    def _executor(self, ready: Ready, context: Context) -> tuple[PlanningExecutor, int]:
        """What runs the operation, and what that costs."""
        variables = dict(ready.asked.variables or {})
        executor = PlanningExecutor.build(
            SCHEMA._schema,  # noqa: SLF001 # Strawberry has no public way to it
            cast("Any", ready.prepared.document),
            context_value=context,
            raw_variable_values=variables,
            operation_name=ready.asked.operation_name,
        )
        request_id = context.facts.request_id
        if isinstance(executor, list):
            raise Refused(told(executor, request_id=request_id, otherwise=INVALID_VALUE))
        costs, variables = ready.prepared.costs, executor.variable_values.coerced
        cost = costs.of(ready.operation, variables) if costs else 0
        dear = check(cost, ready.operation)
        if dear:
            raise Refused(told([dear], request_id=request_id))
        return cast("PlanningExecutor", executor), cost


def encoded(answer: object) -> bytes:
    """An answer as JSON."""
    return orjson.dumps(answer)


def decoded(raw: bytes | str) -> object:
    """JSON as a client sent it. Raises Invalid for what is none."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"this is not JSON: {error}") from error


def asked_in(body: object) -> Asked:
    """What a request's JSON asks. Raises Invalid, naming the member that is wrong."""
    if not isinstance(body, dict):
        raise Invalid("a JSON object with `query` was expected; several operations in one request are not taken")
    text, name, variables = body.get("query"), body.get("operationName"), body.get("variables")
    if not isinstance(text, str) or not text.strip():
        raise Invalid("`query` must be text and not empty")
    if name is not None and not isinstance(name, str):
        raise Invalid("`operationName` must be text or null")
    if variables is not None and not isinstance(variables, dict):
        raise Invalid("`variables` must be an object or null")
    return Asked(text=text, operation_name=name or None, variables=variables)


def _answer(result: ExecutionResult, context: Context) -> Answer:
    if not result.errors:
        return {"data": result.data}
    return {"data": result.data, "errors": told(result.errors, request_id=context.facts.request_id)}
