"""The arguments that several fields take, each with its description.

What a field does with them is told where it is declared.
"""

from typing import Annotated

import strawberry

from gyre.terms.people import Action
from schema.types.filters import EventFilter, ResourceFilter

KindName = Annotated[str, strawberry.argument(description="Its kind: Kind, plural, singular or short name.")]
Namespace = Annotated[str, strawberry.argument(description="Its namespace.")]
Name = Annotated[str, strawberry.argument(description="Its name.")]
InCluster = Annotated[str, strawberry.argument(description="The cluster it is in.")]

Wish = Annotated[Action, strawberry.argument(description="What.")]
KindThere = Annotated[
    str, strawberry.argument(description="Kind, plural, singular or short name; also `pods` and the like.")
]
NamespaceThere = Annotated[str, strawberry.argument(description="The namespace; empty for what has none.")]
ClusterThere = Annotated[str, strawberry.argument(description="The cluster.")]

WhichObjects = Annotated[
    ResourceFilter | None, strawberry.argument(description="Which objects; all of them when left out.")
]
WhichEvents = Annotated[EventFilter | None, strawberry.argument(description="Which events; all of them when left out.")]
EventsAfter = Annotated[str | None, strawberry.argument(description="Only events behind this cursor.")]
EventsOffset = Annotated[int | None, strawberry.argument(description="Pass over so many events; not with `after`.")]

AnotherUser = Annotated[strawberry.ID | None, strawberry.argument(description="Another user's.")]
InviteToken = Annotated[str, strawberry.argument(description="What stands behind the # of the link.")]

GIVEN = strawberry.argument(description="What.")
