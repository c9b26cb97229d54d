"""One object as a client names it, made exact.

Whether it exists, and whether one may see it, is asked by who uses it.
"""

from dataclasses import dataclass

from gyre.access.decide import decide
from gyre.audit import Deed, refused_soon
from gyre.errors import Invalid, NoSuchCluster
from gyre.terms.naming import ClusterName, Ref
from gyre.terms.people import Action
from resolvers.context import Context

LONGEST_NAME = 253
"""No name in Kubernetes is longer: a DNS name's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One object, as the client named it: its kind by any of the kind's names."""

    cluster: str
    kind: str
    namespace: str
    name: str


def ref_of(context: Context, target: Target) -> Ref:
    """The object meant. Raises NoSuchKind, and NoSuchCluster for one where nothing may be seen."""
    check_names(cluster=target.cluster, namespace=target.namespace, name=target.name)
    fleet = context.services.fleet
    try:
        cluster = fleet.cluster_named(target.cluster, context.sight)
    except NoSuchCluster as error:
        _unseen(context, target, error)
        raise
    return Ref(cluster=cluster, kind=fleet.kind_named(target.kind), namespace=target.namespace, name=target.name)


def check_names(**names: str) -> None:
    """Raises Invalid, with the argument's path, for what can name nothing in Kubernetes."""
    for what, text in names.items():
        if len(text) > LONGEST_NAME or "\0" in text:
            message = f"No {what} is longer than {LONGEST_NAME} characters or holds a NUL."
            raise Invalid(message, details={"path": [what]})


def _unseen(context: Context, target: Target, told: NoSuchCluster) -> None:
    """Let the audit hear why a cluster that does exist is said not to."""
    if any(known.name == target.cluster for known in context.services.registry.all):
        principal = context.signed_in()
        verdict = decide(principal, Action.VIEW, ClusterName(target.cluster), target.kind, target.namespace)
        details = {name: getattr(target, name) for name in ("cluster", "kind", "namespace", "name")}
        deed = Deed(action="view", who=principal, facts=context.facts, details=details)
        refused_soon(deed, reason=verdict.because, told=told)
