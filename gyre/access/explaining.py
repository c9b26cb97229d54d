"""Why someone may or may not do something, rule by rule.

The verdict is decide's own; here each rule says how far it went.
"""

from dataclasses import dataclass
from enum import Enum

from gyre.access.decide import decide
from gyre.access.matching import action_matches, cluster_matches, effective, namespace_matches, resource_matches
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Grant, Principal, Verdict


class Step(Enum):
    """At what a rule stops covering what was asked."""

    CLUSTER = "cluster"
    RESOURCE = "resource"
    NAMESPACE = "namespace"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Considered:
    """One grant, and at what it stops; None when it covers all that was asked."""

    grant: Grant
    stops_at: Step | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict, and every grant that was looked at: those that cover it first, then the nearest misses."""

    verdict: Verdict
    considered: tuple[Considered, ...]


def explain(principal: Principal, action: Action, cluster: ClusterName, resource: str, namespace: str) -> Explanation:
    """What decide says, and of each of the principal's grants how far it goes."""
    looked_at = [
        Considered(grant, _stop(grant, action, cluster, resource, namespace)) for grant in effective(principal)
    ]
    looked_at.sort(key=lambda each: -len(Step) if each.stops_at is None else -list(Step).index(each.stops_at))
    return Explanation(decide(principal, action, cluster, resource, namespace), tuple(looked_at))


def _stop(grant: Grant, action: Action, cluster: ClusterName, resource: str, namespace: str) -> Step | None:
    if not cluster_matches(grant, cluster):
        return Step.CLUSTER
    if not resource_matches(grant.rule, resource):
        return Step.RESOURCE
    if not namespace_matches(grant.rule, namespace):
        return Step.NAMESPACE
    return None if action_matches(grant.rule, action) else Step.ACTION
