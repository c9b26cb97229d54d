"""What whoever changes a cluster brings to gyre.operations, and how what was done is told to them.

What can be done is resolvers.actions' and resolvers.writes'.
"""

from dataclasses import replace
from typing import TypeVar

from gyre.fleet.hiding import shown
from gyre.operations.acting import Acted, Actor, Desk
from gyre.operations.deleting import Deleted
from gyre.operations.writing import Written
from resolvers.context import Context

Done = TypeVar("Done", Acted, Written, Deleted)


def actor_of(context: Context) -> Actor:
    """Who asks, as what is done is recorded of them. Raises as Context.signed_in does."""
    return Actor(principal=context.signed_in(), facts=context.facts)


def desk_of(context: Context) -> Desk:
    """What operations work with."""
    services = context.services
    return Desk(services.fleet, services.feed, services.clock)


def as_seen(context: Context, done: Done) -> Done:
    """The answer, what the object points to hidden where the caller may not see it."""
    return replace(done, row=shown(done.row, context.sight))
