"""Where a rule as someone wrote it becomes a Rule: every name in it is checked, and near ones are suggested.

Which Flux kinds there are is gyre.flux's table; what a rule allows is decide's.
"""

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from gyre.access.matching import ANY
from gyre.errors import Invalid
from gyre.flux.kinds import KINDS
from gyre.terms.people import Action, Rule

FLUX = tuple(each.kind.plural for each in KINDS)
WORKLOADS = (
    "pods",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
    "services",
    "ingresses",
    "configmaps",
    "secrets",
    "serviceaccounts",
    "persistentvolumeclaims",
    "horizontalpodautoscalers",
    "events",
)
"""Resources beside the Flux kinds that an inventory commonly holds, so that a rule may name them."""

NAMES_IN_A_RULE = 100
"""No list in a rule is longer: a rule is read by people, and matched for every bucket of rows."""

_NAMESPACE = re.compile(r"[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?")


def rule_of(
    policy: str,
    *,
    resources: Sequence[str],
    namespaces: Sequence[str],
    actions: Sequence[str],
    also_known: Collection[str] = (),
) -> Rule:
    """The rule, or Invalid naming the first word that means nothing and what is near it.

    `also_known` are plurals that the clusters serve beside Flux's own kinds and the usual workloads.
    """
    known_actions = [action.value for action in Action]
    return Rule(
        policy=policy,
        resources=_checked("resources", resources, "a resource", {*FLUX, *WORKLOADS, *also_known}),
        namespaces=tuple(_namespace(name) for name in _some("namespaces", namespaces)),
        actions=_checked("actions", actions, "an action", known_actions),
    )


def _checked(field: str, names: Sequence[str], what: str, known: Collection[str]) -> tuple[str, ...]:
    lowered = tuple(dict.fromkeys(name.strip().lower() for name in _some(field, names)))
    for name in lowered:
        if name != ANY and name not in known:
            near = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
            hint = f"did you mean {' or '.join(near)}?" if near else "write its plural in lower case, or *"
            hint = hint if near or field == "resources" else f"it is one of {', '.join(known)}, or *"
            raise Invalid(f"{name!r} is not {what} that a rule can name; {hint}", details={"field": field})
    return lowered


def _namespace(name: str) -> str:
    name = name.strip()
    if not _NAMESPACE.fullmatch(name):
        raise Invalid(
            f"{name!r} is not a namespace: write a name, or a pattern with * and ? such as team-*",
            details={"field": "namespaces"},
        )
    return re.sub(r"\*+", ANY, name)


def _some(field: str, names: Sequence[str]) -> Sequence[str]:
    if not names:
        raise Invalid(f"a rule needs at least one of {field}; * stands for all", details={"field": field})
    if len(names) > NAMES_IN_A_RULE:
        raise Invalid(f"a rule takes at most {NAMES_IN_A_RULE} {field}", details={"field": field})
    return names
