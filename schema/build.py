"""The one Strawberry schema of Gyre.

What its fields do is told where they are declared; how a request is answered is schema.asgi's.
"""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.execution.executor import PlanningExecutor
from schema.mutation import Mutation
from schema.query import Query
from schema.subscription import Subscription
from schema.types.registry import TYPES
from schema.types.scalars import SCALARS

SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=TYPES,
    config=StrawberryConfig(scalar_map=dict(SCALARS)),
    execution_context_class=PlanningExecutor,
)


def as_sdl() -> str:
    """The schema in the schema definition language, as committed in schema/schema.graphql."""
    return SCHEMA.as_str() + "\n"
