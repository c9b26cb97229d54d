"""What one may do somewhere and why; and, for administrators, why anyone else may or may not.

The decisions are gyre.access's own.
"""

from dataclasses import dataclass

from gyre.access.decide import decide
from gyre.access.explaining import Explanation, explain
from gyre.access.rules import WORKLOADS
from gyre.audit import noted
from gyre.errors import NoSuchCluster, NoSuchKind
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action
from resolvers.administration import require_admin
from resolvers.context import Context
from resolvers.resources import one
from resolvers.rights import able
from resolvers.targets import Target, check_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is to be done: `kind` by any of its names, `namespace` empty for what has none."""

    cluster: str
    kind: str
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Whether one action is allowed, and why."""

    action: Action
    allowed: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why a user may or may not do something."""

    username: str
    active: bool
    explanation: Explanation


async def access(context: Context, place: Place, name: str | None = None) -> list[Access]:
    """Each action there, and whether the caller may; NoSuchResource for an object they may not see."""
    principal = context.signed_in()
    cluster, plural = _understood(context, place)
    if name is not None:
        seen = await one(context, Target(cluster=place.cluster, kind=place.kind, namespace=place.namespace, name=name))
        ref = seen.row.ref
        actions = [action for action in Action if able(ref, action)]
    else:
        actions = list(Action)
    verdicts = [(action, decide(principal, action, cluster, plural, place.namespace)) for action in actions]
    return [Access(action=action, allowed=bool(each), because=each.because) for action, each in verdicts]


def can(context: Context, action: Action, place: Place) -> bool:
    """Whether the caller may do this there; where nothing may be seen the answer is as for what does not exist."""
    if context.principal is None or context.principal.must_change_password:
        return False
    try:
        cluster, plural = _understood(context, place)
    except NoSuchCluster:
        return False
    return bool(decide(context.principal, action, cluster, plural, place.namespace))


async def explained(context: Context, user_id: str, action: Action, place: Place) -> Explained:
    """Why a user may or may not do this there."""
    told = {"userId": user_id, "wish": action.value, "on": f"{place.kind} {place.namespace} {place.cluster}"}
    deed = await require_admin(context, "explain", told)
    cluster, plural = _understood(context, place)
    principal, active = await context.services.directory.users.as_principal(user_id)
    await noted(deed, clock=context.services.clock)
    explanation = explain(principal, action, cluster, plural, place.namespace)
    return Explained(username=principal.username, active=active, explanation=explanation)


def _understood(context: Context, place: Place) -> tuple[ClusterName, str]:
    check_names(cluster=place.cluster, namespace=place.namespace, kind=place.kind)
    cluster = context.services.fleet.cluster_named(place.cluster, context.sight)
    return cluster, _plural(context, place.kind)


def _plural(context: Context, text: str) -> str:
    try:
        return context.services.fleet.kind_named(text).plural
    except NoSuchKind:
        if text.lower() in WORKLOADS:
            return text.lower()
        raise
