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
    for what, text in (("cluster", target.cluster), ("namespace", target.namespace), ("name", target.name)):
        if len(text) > LONGEST_NAME or "\0" in text:
            raise Invalid(
                f"No {what} is longer than {LONGEST_NAME} characters or holds a NUL.", details={"path": [what]}
            )
    cluster = ClusterName(target.cluster)
    if not any(health.name == cluster for health in context.services.fleet.clusters(context.sight)):
        raise _unseen(context, target)
    kind = context.services.fleet.kind_named(target.kind)
    return Ref(cluster=cluster, kind=kind, namespace=target.namespace, name=target.name)


def _unseen(context: Context, target: Target) -> NoSuchCluster:
    """What is said of a cluster where nothing may be seen: that it does not exist. The audit hears why, if it does."""
    error = NoSuchCluster(f"There is no cluster {target.cluster!r} here.", details={"cluster": target.cluster})
    if any(known.name == target.cluster for known in context.services.registry.all):
        principal = context.signed_in()
        verdict = decide(principal, Action.VIEW, ClusterName(target.cluster), target.kind, target.namespace)
        details = {name: getattr(target, name) for name in ("cluster", "kind", "namespace", "name")}
        deed = Deed(action="view", who=principal, facts=context.facts, details=details)
        refused_soon(deed, reason=verdict.because, told=error)
    return error
