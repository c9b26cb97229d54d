"""What is worth offering to someone at all: the actions that some rule of theirs gives somewhere."""

import pytest

from gyre.access.matching import anywhere
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Grant, Principal, Role, Rule


def grant(*actions: str) -> Grant:
    rule = Rule(policy="team-a", resources=("helmreleases",), namespaces=("prod",), actions=actions)
    return Grant(cluster=ClusterName("default"), rule=rule)


def person(*grants: Grant, role: Role = Role.MEMBER, scope: tuple[Grant, ...] | None = None) -> Principal:
    return Principal(user_id="1", username="eve", role=role, grants=grants, scope=scope)


@pytest.mark.parametrize(
    ("who", "actions"),
    [
        (person(role=Role.ADMIN), set(Action)),
        (person(role=Role.VIEWER), {Action.VIEW}),
        (person(), set()),
        (person(grant()), set()),
        (person(grant("logs"), grant("suspend")), {Action.VIEW, Action.LOGS, Action.SUSPEND}),
        (
            person(grant("edit"), role=Role.VIEWER),
            {Action.VIEW, Action.EDIT, Action.CREATE, Action.RECONCILE, Action.SUSPEND},
        ),
        (person(role=Role.ADMIN, scope=(grant("reconcile"),)), {Action.VIEW, Action.RECONCILE}),
        (person(grant("suspend"), scope=(grant("reconcile"),)), {Action.VIEW}),
    ],
)
def test_an_action_is_worth_offering_where_some_rule_gives_it(who: Principal, actions: set[Action]) -> None:
    assert set(anywhere(who)) == actions
