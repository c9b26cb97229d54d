"""What may be done with one object, asked of gyre.access in one place.

Why not is told where it is tried: see gyre.operations.
"""

from gyre.access.decide import decide
from gyre.flux.kinds import by_kind
from gyre.terms.naming import Ref
from gyre.terms.people import Action
from resolvers.context import Context

ON_FLUX_OBJECTS = (Action.VIEW, Action.CREATE, Action.EDIT, Action.DELETE, Action.RECONCILE, Action.SUSPEND)
"""What can be done with Flux objects at all: logs and restarts are for workloads."""


def allowed_on(context: Context, ref: Ref) -> list[Action]:
    """What the caller may do with an object and its kind is able to."""
    principal = context.signed_in()
    return [
        action
        for action in ON_FLUX_OBJECTS
        if able(ref, action) and decide(principal, action, ref.cluster, ref.kind.plural, ref.namespace)
    ]


def able(ref: Ref, action: Action) -> bool:
    """Whether the kind can have this done to it, whoever asks."""
    known = by_kind(ref.kind.group, ref.kind.name)
    if action is Action.RECONCILE:
        return known is not None and known.reconcilable
    if action is Action.SUSPEND:
        return known is not None and known.suspension is not None
    return True
