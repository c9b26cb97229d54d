"""What a grant covers: clusters, resources, namespaces with globs, and what one action implies of another.

What a verdict says in words is decide's; what a rule may be written as is rules'.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import lru_cache
from typing import Final

from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Grant, Principal, Role, Rule

ANY: Final = "*"

GLOB_SIGNS = frozenset("*?[")

IMPLIED_BY_EDIT = frozenset({Action.CREATE, Action.RECONCILE, Action.SUSPEND})
"""`edit` in a rule gives these too; `delete`, `logs` and `restart` have to be named."""


def _everywhere(role: Role, *actions: str) -> tuple[Grant, ...]:
    rule = Rule(policy=f"role:{role.value}", resources=(ANY,), namespaces=(ANY,), actions=actions)
    return (Grant(cluster=ANY, rule=rule),)


ROLE_GRANTS: Mapping[Role, tuple[Grant, ...]] = {
    Role.ADMIN: _everywhere(Role.ADMIN, ANY),
    Role.EDITOR: _everywhere(Role.EDITOR, ANY),
    Role.VIEWER: _everywhere(Role.VIEWER, Action.VIEW.value),
    Role.MEMBER: (),
}


def effective(principal: Principal) -> tuple[Grant, ...]:
    """What the role gives by itself, then what policies add; a token's scope is not yet taken off."""
    if principal.must_change_password:
        return ()
    return ROLE_GRANTS[principal.role] + principal.grants


def cluster_matches(grant: Grant, cluster: ClusterName) -> bool:
    """A grant is for one cluster or for all."""
    return grant.cluster in (ANY, cluster)


def resource_matches(rule: Rule, plural: str) -> bool:
    """A rule names plurals, or `*`."""
    return ANY in rule.resources or plural in rule.resources


def namespace_matches(rule: Rule, namespace: str) -> bool:
    """A rule names namespaces or globs. What has no namespace is covered by `*` alone."""
    if ANY in rule.namespaces or namespace in rule.namespaces:
        return True
    return bool(namespace) and any(_glob(pattern).match(namespace) for pattern in rule.namespaces)


class Namespaces:
    """The namespaces of several rules at once: `name in namespaces` is what namespace_matches says of any of them."""

    __slots__ = ("_all", "_names", "_patterns")

    def __init__(self, rules: Iterable[Rule]) -> None:
        written = {name for rule in rules for name in rule.namespaces}
        self._all = ANY in written
        self._names = frozenset(written)
        patterns = [translate(name) for name in sorted(written) if set(name) & GLOB_SIGNS]
        self._patterns = re.compile("|".join(patterns)) if patterns else None

    def __contains__(self, namespace: str) -> bool:
        if self._all or namespace in self._names:
            return True
        return bool(namespace) and self._patterns is not None and self._patterns.match(namespace) is not None


def action_matches(rule: Rule, action: Action) -> bool:
    """`*` is every action, any action implies view, edit implies create, reconcile and suspend."""
    if not rule.actions:
        return False
    if action is Action.VIEW or ANY in rule.actions or action.value in rule.actions:
        return True
    return action in IMPLIED_BY_EDIT and Action.EDIT.value in rule.actions


def anywhere(principal: Principal) -> tuple[Action, ...]:
    """What a principal may do to something, somewhere: enough to know what is worth offering, never to permit it."""
    given = [grant.rule for grant in effective(principal)]
    scope = None if principal.scope is None else [grant.rule for grant in principal.scope]
    return tuple(
        action
        for action in Action
        if any(action_matches(rule, action) for rule in given)
        and (scope is None or any(action_matches(rule, action) for rule in scope))
    )


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
