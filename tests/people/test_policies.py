"""Policies, groups and bindings as an administrator handles them."""

import asyncio
from dataclasses import replace

import pytest

from gyre.errors import (
    AlreadyExists,
    Conflict,
    GyreError,
    Invalid,
    NoSuchBinding,
    NoSuchCluster,
    NoSuchGroup,
    NoSuchPolicy,
    NoSuchUser,
)
from gyre.people.bindings import BindingDraft
from gyre.people.groups import GroupDraft
from gyre.people.paging import Wanted
from gyre.people.policies import PolicyDraft, RuleDraft
from gyre.terms.people import Role, Rule
from tests.support.people import PASSWORD, VIEW_SHOP, People, rule

pytestmark = pytest.mark.anyio

NOTHING_HERE = "00000000-0000-4000-8000-000000000000"
CLUSTERS = ("default", "production")


async def test_a_policy_is_kept_as_it_was_checked(people: People) -> None:
    draft = PolicyDraft(
        name=" team-a ", description="What team A may do.", rules=(rule("HelmReleases helmreleases", "a a-**", "VIEW"),)
    )
    made = await people.directory.policies.create(draft)
    assert (made.name, made.description) == ("team-a", "What team A may do.")
    assert made.rules == (
        Rule(policy="team-a", resources=("helmreleases",), namespaces=("a", "a-*"), actions=("view",)),
    )
    assert await people.directory.policies.one(made.id) == made
    assert (await people.directory.policies.some(Wanted(text="TEAM"))).items == (made,)


@pytest.mark.parametrize(
    ("draft", "message", "path"),
    [
        (rule("kustomisations", "a", "view"), "did you mean kustomizations", ["rules", "0", "resources"]),
        (rule("kustomizations", "a", "veiw"), "did you mean view", ["rules", "0", "actions"]),
        (rule("kustomizations", "A/b", "view"), "is not a namespace", ["rules", "0", "namespaces"]),
        (rule("kustomizations", "", "view"), "at least one of namespaces", ["rules", "0", "namespaces"]),
    ],
)
async def test_a_word_that_means_nothing_is_refused_where_it_stands(
    people: People, draft: RuleDraft, message: str, path: list[str]
) -> None:
    made = await people.directory.policies.create(VIEW_SHOP)
    with pytest.raises(Invalid, match=message) as refused:
        await people.directory.policies.create(PolicyDraft(name="other", rules=(draft,)))
    assert refused.value.details["path"] == path
    with pytest.raises(Invalid, match=message):
        await people.directory.policies.update(made.id, PolicyDraft(rules=(draft,)))
    assert (await people.directory.policies.some(Wanted())).items == (made,)


@pytest.mark.parametrize("name", ["", " ", "role:admin", "a\0b", "x" * 65, "-a", "é", "a\nb"])
async def test_a_name_that_could_be_mistaken_is_refused(people: People, name: str) -> None:
    with pytest.raises(Invalid, match="the name of a policy is"):
        await people.directory.policies.create(replace(VIEW_SHOP, name=name))
    with pytest.raises(Invalid, match="the name of a group is"):
        await people.directory.groups.create(GroupDraft(name=name))


async def test_a_policy_needs_rules_and_not_too_many(people: People) -> None:
    with pytest.raises(Invalid, match="at least one rule"):
        await people.directory.policies.create(PolicyDraft(name="empty"))
    with pytest.raises(Invalid, match="at most 50 rules"):
        await people.directory.policies.create(PolicyDraft(name="many", rules=(rule("*", "*", "view"),) * 51))
    with pytest.raises(Invalid, match="a description has"):
        await people.directory.policies.create(replace(VIEW_SHOP, description="\0"))


async def test_names_are_taken_whatever_their_case(people: People) -> None:
    made = await people.directory.policies.create(VIEW_SHOP)
    other = await people.directory.policies.create(replace(VIEW_SHOP, name="other"))
    with pytest.raises(AlreadyExists, match="there is a policy shop-view already"):
        await people.directory.policies.create(replace(VIEW_SHOP, name="SHOP-view"))
    with pytest.raises(AlreadyExists):
        await people.directory.policies.update(other.id, PolicyDraft(name="Shop-View"))
    renamed = await people.directory.policies.update(made.id, PolicyDraft(name="Shop-View"))
    assert [each.policy for each in renamed.rules] == ["Shop-View"]
    await people.directory.groups.create(GroupDraft(name="team"))
    with pytest.raises(AlreadyExists, match="there is a group team already"):
        await people.directory.groups.create(GroupDraft(name="Team"))


async def test_two_who_take_a_name_at_once_get_one_policy(people: People) -> None:
    made = await asyncio.gather(
        *(people.directory.policies.create(VIEW_SHOP) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in made) == ["AlreadyExists", "AlreadyExists", "NamedPolicy"]


async def test_a_policy_that_is_given_is_deleted_only_when_told_so(people: People) -> None:
    eve, _ = await people.signed_in("eve", Role.MEMBER)
    made = await people.directory.policies.create(VIEW_SHOP)
    await people.directory.bindings.create(
        BindingDraft(policy_id=made.id, user_id=eve.user_id, cluster="*"), clusters=CLUSTERS
    )
    with pytest.raises(Conflict, match="is given 1 time;") as refused:
        await people.directory.policies.delete(made.id)
    assert refused.value.details == {"bindings": 1}
    assert (await people.directory.bindings.some(Wanted())).total == 1
    await people.directory.policies.delete(made.id, even_if_bound=True)
    assert (await people.directory.policies.some(Wanted())).total == 0
    assert (await people.directory.bindings.some(Wanted())).total == 0


async def test_a_group_has_members_that_come_and_go(people: People) -> None:
    eve, ada = [(await people.users.add(name, PASSWORD)).id for name in ("eve", "ada")]
    group = await people.directory.groups.create(GroupDraft(name="team", description="A team.", add=(eve, eve)))
    assert [each.username for each in group.members] == ["eve"]
    group = await people.directory.groups.update(group.id, GroupDraft(add=(ada, eve), name="Team"))
    assert (group.name, group.description) == ("Team", "A team.")
    assert [each.username for each in group.members] == ["ada", "eve"]
    group = await people.directory.groups.update(group.id, GroupDraft(remove=(eve,)))
    assert [each.username for each in group.members] == ["ada"]
    with pytest.raises(NoSuchUser):
        await people.directory.groups.update(group.id, GroupDraft(name="other", add=(NOTHING_HERE,)))
    assert (await people.directory.groups.some(Wanted())).items == (group,)
    assert [each.groups for each in await people.users.all()] == [("Team",), ()]
    await people.directory.groups.delete(group.id)
    assert (await people.directory.groups.some(Wanted())).total == 0
    with pytest.raises(NoSuchGroup):
        await people.directory.groups.delete(group.id)


async def test_a_binding_names_what_it_binds(people: People) -> None:
    eve = await people.users.add("eve", PASSWORD)
    team = await people.directory.groups.create(GroupDraft(name="team"))
    policy = await people.directory.policies.create(VIEW_SHOP)
    to_user = BindingDraft(policy_id=policy.id, user_id=eve.id, cluster="production")
    to_group = BindingDraft(policy_id=policy.id, group_id=team.id, cluster="*")
    first = await people.directory.bindings.create(to_user, clusters=CLUSTERS)
    second = await people.directory.bindings.create(to_group, clusters=CLUSTERS)
    assert (first.policy, first.username, first.group, first.cluster) == ("shop-view", "eve", None, "production")
    assert (second.policy, second.username, second.group, second.cluster) == ("shop-view", None, "team", "*")
    for again in (to_user, to_group):
        with pytest.raises(AlreadyExists, match="this policy is given there already"):
            await people.directory.bindings.create(again, clusters=CLUSTERS)
    assert (await people.directory.bindings.some(Wanted(), user_id=eve.id)).items == (first,)
    assert (await people.directory.bindings.some(Wanted(), group_id=team.id)).items == (second,)
    assert (await people.directory.bindings.some(Wanted(), policy_id=policy.id)).total == 2
    assert (await people.directory.bindings.some(Wanted(), user_id="nobody")).total == 0
    await people.directory.bindings.delete(first.id)
    assert (await people.directory.bindings.some(Wanted())).items == (second,)
    with pytest.raises(NoSuchBinding):
        await people.directory.bindings.delete(first.id)


async def test_what_a_binding_names_must_be_there(people: People) -> None:
    eve = (await people.users.add("eve", PASSWORD)).id
    policy = (await people.directory.policies.create(VIEW_SHOP)).id
    wrong: list[tuple[BindingDraft, type[GyreError]]] = [
        (BindingDraft(policy_id=NOTHING_HERE, user_id=eve, cluster="*"), NoSuchPolicy),
        (BindingDraft(policy_id=policy, user_id=NOTHING_HERE, cluster="*"), NoSuchUser),
        (BindingDraft(policy_id=policy, group_id=NOTHING_HERE, cluster="*"), NoSuchGroup),
        (BindingDraft(policy_id=policy, user_id=eve, cluster="prodution"), NoSuchCluster),
        (BindingDraft(policy_id=policy, cluster="*"), Invalid),
        (BindingDraft(policy_id=policy, user_id=eve, group_id=NOTHING_HERE, cluster="*"), Invalid),
    ]
    for draft, error in wrong:
        with pytest.raises(error) as refused:
            await people.directory.bindings.create(draft, clusters=CLUSTERS)
        assert refused.value.details["path"]
        assert "Did you mean production?" in refused.value.message or error is not NoSuchCluster
    assert (await people.directory.bindings.some(Wanted())).total == 0
