"""The executor of Gyre: Strawberry's, with plans for selections of plain attributes.

It stands aside for middleware, @defer, abstract types and fields with code; see schema.execution.compiling.
"""

from collections.abc import Hashable, Iterable
from typing import Any, ClassVar, cast

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.execution.compiling import Complete
from schema.execution.plans import Plans
from schema.types.scalars import TEXT_SCALARS

_NOT_YET = object()


class PlanningExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes objects and lists of objects by plan where there is one, else as the standard executor does."""

    plans: ClassVar[Plans] = Plans(frozenset(TEXT_SCALARS.values()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manager = self.middleware_manager
        self._plain = manager is None or not manager.middlewares
        self._conditions: Hashable = _NOT_YET

    def complete_object_value(  # the library's signature
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """One object."""
        plan = self._plan(return_type, field_details_list, 1)
        if plan is not None:
            try:
                return cast("dict[str, Any]", plan(result))
            except Exception:  # noqa: BLE001, S110 # whatever it is, the standard executor finds and tells it
                pass
        return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

    def complete_iterable_value(  # the library's signature
        self,
        item_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
        position_context: Any,
    ) -> AwaitableOrValue[list[Any]]:
        """A list of objects."""
        inner = item_type.of_type if isinstance(item_type, GraphQLNonNull) else item_type
        if isinstance(inner, GraphQLObjectType) and isinstance(items, list | tuple):
            plan = self._plan(inner, field_details_list, len(items))
            if plan is not None:
                try:
                    return [plan(item) for item in items]
                except Exception:  # noqa: BLE001, S110 # whatever it is, the standard executor finds and tells it
                    pass
        return super().complete_iterable_value(item_type, field_details_list, info, path, items, position_context)

    def _plan(self, return_type: GraphQLObjectType, nodes: FieldDetailsList, size: int) -> Complete | None:
        if not self._plain:
            return None
        if self._conditions is _NOT_YET:
            self._conditions = self.plans.conditions(self.operation, self.fragment_definitions, self.variable_values)
        return self.plans.plan(self, return_type, nodes, self._conditions, size)
