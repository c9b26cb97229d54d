"""Decisions and their reasons, one by one and against a slow obvious reference over random policies."""

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyre.access import decide, sight_of
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Allowed, Denied, Grant, Principal, Role, Rule

HERE = ClusterName("default")
THERE = ClusterName("production")


def rule(resources: str = "*", namespaces: str = "*", actions: str = "*", policy: str = "team-a") -> Rule:
    return Rule(
        policy=policy,
        resources=tuple(resources.split()),
        namespaces=tuple(namespaces.split()),
        actions=tuple(actions.split()),
    )


def person(
    *rules: Rule, role: Role = Role.MEMBER, cluster: str = "default", scope: tuple[Grant, ...] | None = None
) -> Principal:
    grants = tuple(Grant(cluster=ClusterName(cluster), rule=each) for each in rules)
    return Principal(user_id="1", username="eve", role=role, grants=grants, scope=scope)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ADMIN, set(Action)),
        (Role.EDITOR, set(Action)),
        (Role.VIEWER, {Action.VIEW}),
        (Role.MEMBER, set()),
    ],
)
def test_a_role_gives_its_actions_on_every_cluster_resource_and_namespace(role: Role, allowed: set[Action]) -> None:
    everywhere = product((HERE, THERE), ("kustomizations", "pods", "clusterroles"), ("prod", ""))
    for cluster, plural, namespace in everywhere:
        assert {each for each in Action if decide(person(role=role), each, cluster, plural, namespace)} == allowed


@pytest.mark.parametrize(
    ("actions", "allowed"),
    [
        ("view", "view"),
        ("edit", "view create edit reconcile suspend"),
        ("delete", "view delete"),
        ("create", "view create"),
        ("reconcile", "view reconcile"),
        ("suspend", "view suspend"),
        ("logs", "view logs"),
        ("restart", "view restart"),
        ("logs restart", "view logs restart"),
        ("*", "view create edit delete reconcile suspend logs restart"),
        ("", ""),
    ],
)
def test_an_action_in_a_rule_gives_what_it_implies_and_no_more(actions: str, allowed: str) -> None:
    eve = person(rule(actions=actions))
    assert [each.value for each in Action if decide(eve, each, HERE, "pods", "prod")] == allowed.split()


@pytest.mark.parametrize(
    ("namespaces", "namespace", "covered"),
    [
        ("team-a", "team-a", True),
        ("team-a", "team-ab", False),
        ("team-*", "team-a", True),
        ("team-*", "team-", True),
        ("team-*", "steam-a", False),
        ("*-prod", "a-prod", True),
        ("team-?", "team-a", True),
        ("team-?", "team-ab", False),
        ("a b", "b", True),
        ("*", "anything", True),
        ("*", "", True),
        ("team-*", "", False),
    ],
)
def test_namespaces_are_names_or_globs_and_only_a_star_covers_what_has_none(
    namespaces: str, namespace: str, covered: bool
) -> None:
    eve = person(rule(namespaces=namespaces, actions="view"))
    assert bool(decide(eve, Action.VIEW, HERE, "pods", namespace)) is covered


def test_a_grant_on_one_cluster_says_nothing_about_another() -> None:
    eve = person(rule())
    assert decide(eve, Action.VIEW, HERE, "pods", "prod")
    assert decide(eve, Action.VIEW, THERE, "pods", "prod") == Denied(
        "no role or policy gives a right on cluster production"
    )


def test_an_allowed_carries_who_what_where_and_which_rule() -> None:
    eve = person(rule("kustomizations helmreleases", "team-*", "edit"))
    assert decide(eve, Action.SUSPEND, HERE, "helmreleases", "team-a") == Allowed(
        principal=eve,
        action=Action.SUSPEND,
        cluster=HERE,
        resource="helmreleases",
        namespace="team-a",
        because=(
            "policy 'team-a' allows edit on kustomizations, helmreleases in team-* of cluster default, "
            "which implies suspend"
        ),
    )


@pytest.mark.parametrize(
    ("eve", "because"),
    [
        (person(), "no role or policy gives a right on cluster default"),
        (person(rule("pods")), "no policy on cluster default covers kustomizations"),
        (
            person(rule("kustomizations", "team-a team-b")),
            "policy 'team-a' covers kustomizations in team-a, team-b, not namespace prod",
        ),
        (
            person(rule("kustomizations", "prod", "view logs")),
            "policy 'team-a' allows view, logs on kustomizations in prod, not suspend",
        ),
        (person(role=Role.VIEWER), "role viewer allows view on kustomizations in prod, not suspend"),
        (
            person(role=Role.ADMIN, scope=(Grant(cluster="*", rule=rule(actions="view")),)),
            "the API token's scope does not cover suspend on kustomizations in namespace prod of cluster default",
        ),
    ],
)
def test_a_denial_names_the_step_at_which_the_nearest_grant_stops(eve: Principal, because: str) -> None:
    assert decide(eve, Action.SUSPEND, HERE, "kustomizations", "prod") == Denied(because)


def test_a_tokens_scope_never_gives_more_than_its_owner_has() -> None:
    wide = (Grant(cluster="*", rule=rule()),)
    eve = person(rule("pods", "prod", "view"), scope=wide)
    assert decide(eve, Action.VIEW, HERE, "pods", "prod")
    assert not decide(eve, Action.LOGS, HERE, "pods", "prod")
    assert not decide(person(role=Role.ADMIN, scope=()), Action.VIEW, HERE, "pods", "prod")


def test_who_must_change_the_password_may_do_nothing_before() -> None:
    admin = replace(person(role=Role.ADMIN), must_change_password=True)
    assert decide(admin, Action.VIEW, HERE, "pods", "prod") == Denied("the password has to be changed first")
    assert not sight_of(admin).sees(HERE, "pods", "prod")


PLURALS = st.sampled_from(("kustomizations", "pods", "secrets"))
NAMESPACES = st.sampled_from(("", "prod", "team-a", "team-b", "team-"))
PATTERNS = st.sampled_from(("*", "prod", "team-a", "team-*", "?eam-?", "*-b"))
CLUSTERS = st.sampled_from((HERE, THERE))
ACTIONS = st.sampled_from([action.value for action in Action] + ["*"])
RULES = st.builds(
    Rule,
    policy=st.sampled_from(("a", "b")),
    resources=st.lists(st.one_of(PLURALS, st.just("*")), min_size=1, max_size=3).map(tuple),
    namespaces=st.lists(PATTERNS, min_size=1, max_size=3).map(tuple),
    actions=st.lists(ACTIONS, max_size=3).map(tuple),
)
GRANTS = st.lists(st.builds(Grant, cluster=st.one_of(CLUSTERS, st.just("*")), rule=RULES), max_size=4).map(tuple)
PRINCIPALS = st.builds(
    Principal,
    user_id=st.just("1"),
    username=st.just("eve"),
    role=st.sampled_from(Role),
    grants=GRANTS,
    scope=st.one_of(st.none(), GRANTS),
)


def reference(who: Principal, action: Action, cluster: str, plural: str, namespace: str) -> bool:
    """The design's sentences, as slowly as they read."""

    def spelled_out(grants: tuple[Grant, ...]) -> set[tuple[str, str, str]]:
        cells = set()
        for grant in grants:
            for word_given in grant.rule.actions:
                words = {"view"} | ({a.value for a in Action} if word_given == "*" else {word_given})
                words |= {"create", "reconcile", "suspend"} if word_given == "edit" else set()
                for word in words:
                    cells |= {(word, r, n) for r in grant.rule.resources for n in grant.rule.namespaces}
        return cells

    def covers(grants: tuple[Grant, ...]) -> bool:
        for word, resource, pattern in spelled_out(tuple(g for g in grants if g.cluster in ("*", cluster))):
            shape = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
            in_namespace = pattern == "*" or (namespace != "" and re.fullmatch(shape, namespace) is not None)
            if word == action.value and resource in ("*", plural) and in_namespace:
                return True
        return False

    by_role = who.role in (Role.ADMIN, Role.EDITOR) or (who.role is Role.VIEWER and action is Action.VIEW)
    return (by_role or covers(who.grants)) and (who.scope is None or covers(who.scope))


@settings(max_examples=300, deadline=None)
@given(PRINCIPALS, st.sampled_from(Action), CLUSTERS, PLURALS, NAMESPACES)
def test_decide_agrees_with_the_reference(
    who: Principal, action: Action, cluster: ClusterName, plural: str, namespace: str
) -> None:
    assert bool(decide(who, action, cluster, plural, namespace)) == reference(who, action, cluster, plural, namespace)


@settings(max_examples=200, deadline=None)
@given(PRINCIPALS)
def test_sight_is_exactly_what_decide_lets_be_viewed(who: Principal) -> None:
    sight = sight_of(who)
    for cluster, plural, namespace in product((HERE, THERE), ("kustomizations", "pods"), ("", "prod", "team-a")):
        expected = bool(decide(who, Action.VIEW, cluster, plural, namespace))
        assert sight.sees(cluster, plural, namespace) is expected
        assert sight.sees(cluster, plural, namespace) is expected
        assert sight.sees_cluster(cluster) or not expected


@settings(max_examples=300, deadline=None)
@given(PRINCIPALS, PRINCIPALS, CLUSTERS, PLURALS, NAMESPACES)
def test_equal_scopes_mean_equal_sight(
    one: Principal, other: Principal, cluster: ClusterName, plural: str, namespace: str
) -> None:
    mine, theirs = sight_of(one), sight_of(other)
    if mine.scope == theirs.scope:
        assert mine.sees(cluster, plural, namespace) is theirs.sees(cluster, plural, namespace)


def test_scope_is_the_same_text_in_every_process_and_knows_what_does_not_matter() -> None:
    first = person(rule("pods secrets", "a b", "view"), rule("events", "c", "logs", policy="x"))
    second = person(rule("events", "c", "delete"), rule("secrets pods", "b a", "*", policy="y"))
    assert sight_of(first).scope == sight_of(second).scope == "cb6ff0b5be3d548e2e6c486291e0bd96"
    assert sight_of(person(role=Role.ADMIN)).scope == sight_of(person(role=Role.VIEWER)).scope == "all"
    assert sight_of(person()).scope != sight_of(person(rule("pods"))).scope


def test_ten_thousand_rows_are_filtered_by_few_decisions() -> None:
    rules = [rule("kustomizations", f"team-{n}-*", "view") for n in range(20)]
    sight = sight_of(person(*rules))
    buckets = [(HERE, "kustomizations", f"team-{n % 40}-x") for n in range(10_000)]
    assert sum(sight.sees(*bucket) for bucket in buckets) == 5_000
    assert len(sight._known) == 40
