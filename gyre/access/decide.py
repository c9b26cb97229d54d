"""The one function that decides who may do what, and says why in a sentence.

How an answer reads to the caller (404 or 403) is gyre.operations'; lists are filtered by sight.
"""

from collections.abc import Sequence

from gyre.access.matching import (
    ANY,
    action_matches,
    cluster_matches,
    effective,
    namespace_matches,
    resource_matches,
)
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Allowed, Denied, Grant, Principal, Rule, Verdict


def decide(principal: Principal, action: Action, cluster: ClusterName, resource: str, namespace: str) -> Verdict:
    """Whether this principal may do this to objects of a resource (its plural) in a namespace, and why.

    Policies only add: one grant that covers it is enough. An API token's scope must cover it as well.
    """
    if principal.must_change_password:
        return Denied("the password has to be changed first")
    grants = effective(principal)
    given = _first_covering(grants, action, cluster, resource, namespace)
    if given is None:
        return Denied(_what_is_missing(grants, action, cluster, resource, namespace))
    if principal.scope is not None and not _first_covering(principal.scope, action, cluster, resource, namespace):
        return Denied(f"the API token's scope does not cover {_wish(action, cluster, resource, namespace)}")
    return Allowed(
        principal=principal,
        action=action,
        cluster=cluster,
        resource=resource,
        namespace=namespace,
        because=_what_allows(given, action),
    )


def _first_covering(
    grants: Sequence[Grant], action: Action, cluster: ClusterName, resource: str, namespace: str
) -> Grant | None:
    for grant in grants:
        rule = grant.rule
        if (
            cluster_matches(grant, cluster)
            and resource_matches(rule, resource)
            and namespace_matches(rule, namespace)
            and action_matches(rule, action)
        ):
            return grant
    return None


def _what_allows(grant: Grant, action: Action) -> str:
    rule = grant.rule
    allows = f"{_giver(rule)} allows {_listed(rule.actions, 'every action')} on {_where(grant)}"
    if action.value in rule.actions or ANY in rule.actions:
        return allows
    return f"{allows}, which implies {action.value}"


def _what_is_missing(
    grants: Sequence[Grant], action: Action, cluster: ClusterName, resource: str, namespace: str
) -> str:
    """The nearest miss: of the grants that go furthest, the first says at which step it stops."""
    here = [grant for grant in grants if cluster_matches(grant, cluster)]
    if not here:
        return f"no role or policy gives a right on cluster {cluster}"
    on_it = [grant.rule for grant in here if resource_matches(grant.rule, resource)]
    if not on_it:
        return f"no policy on cluster {cluster} covers {resource}"
    within = [rule for rule in on_it if namespace_matches(rule, namespace)]
    if not within:
        rule = on_it[0]
        where = f"namespace {namespace}" if namespace else "what has no namespace"
        return f"{_giver(rule)} covers {resource} in {_listed(rule.namespaces, 'every namespace')}, not {where}"
    rule = within[0]
    allowed = _listed(rule.actions, "every action") if rule.actions else "nothing"
    return f"{_giver(rule)} allows {allowed} on {resource} in {namespace or 'the cluster'}, not {action.value}"


def _giver(rule: Rule) -> str:
    kind, _, name = rule.policy.partition(":")
    return f"role {name}" if kind == "role" and name else f"policy '{rule.policy}'"


def _wish(action: Action, cluster: ClusterName, resource: str, namespace: str) -> str:
    place = f"namespace {namespace} of cluster {cluster}" if namespace else f"cluster {cluster}"
    return f"{action.value} on {resource} in {place}"


def _where(grant: Grant) -> str:
    resources = _listed(grant.rule.resources, "every resource")
    namespaces = _listed(grant.rule.namespaces, "every namespace")
    clusters = "every cluster" if grant.cluster == ANY else f"cluster {grant.cluster}"
    return f"{resources} in {namespaces} of {clusters}"


def _listed(names: Sequence[str], everything: str) -> str:
    return everything if ANY in names else ", ".join(names)
