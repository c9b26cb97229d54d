"""What users were given is in their principals, and acts at once when it changes."""

import asyncio

import pytest

from gyre.people.bindings import BindingDraft
from gyre.people.groups import GroupDraft
from gyre.people.policies import PolicyDraft
from gyre.terms.people import Grant, Principal, Role, Rule
from tests.support.people import HERE, PASSWORD, VIEW_SHOP, People, people_in_process, rule

pytestmark = pytest.mark.anyio

SHOP = Rule(policy="shop-view", resources=("kustomizations",), namespaces=("shop",), actions=("view",))
CLUSTERS = ("default",)


async def now(people: People, cookie: str) -> Principal:
    principal = await people.sessions.principal_of(cookie)
    assert principal is not None
    return principal


async def test_a_session_has_what_its_user_and_their_groups_were_given(people: People) -> None:
    eve, cookie = await people.signed_in("eve", Role.MEMBER)
    assert (eve.grants, eve.groups) == ((), ())
    policy = await people.directory.policies.create(VIEW_SHOP)
    own = BindingDraft(policy_id=policy.id, user_id=eve.user_id, cluster="default")
    await people.directory.bindings.create(own, clusters=CLUSTERS)
    assert (await now(people, cookie)).grants == (Grant(cluster="default", rule=SHOP),)  # type: ignore[arg-type]  # a name
    team = await people.directory.groups.create(GroupDraft(name="team"))
    of_group = BindingDraft(policy_id=policy.id, group_id=team.id, cluster="*")
    await people.directory.bindings.create(of_group, clusters=CLUSTERS)
    assert len((await now(people, cookie)).grants) == 1
    await people.directory.groups.update(team.id, GroupDraft(add=(eve.user_id,)))
    both = await now(people, cookie)
    assert both.groups == ("team",)
    assert [grant.cluster for grant in both.grants] == ["*", "default"]
    assert (await people.sessions.sign_in("eve", PASSWORD, HERE)).principal.grants == both.grants
    await people.directory.groups.update(team.id, GroupDraft(remove=(eve.user_id,)))
    assert (await now(people, cookie)).grants == (Grant(cluster="default", rule=SHOP),)  # type: ignore[arg-type]  # a name


async def test_the_same_given_twice_counts_once(people: People) -> None:
    eve, cookie = await people.signed_in("eve", Role.MEMBER)
    policy = await people.directory.policies.create(VIEW_SHOP)
    for name in ("one", "two"):
        group = await people.directory.groups.create(GroupDraft(name=name, add=(eve.user_id,)))
        draft = BindingDraft(policy_id=policy.id, group_id=group.id, cluster="*")
        await people.directory.bindings.create(draft, clusters=CLUSTERS)
    assert (await now(people, cookie)).grants == (Grant(cluster="*", rule=SHOP),)


@pytest.mark.parametrize("how", ["rule", "name", "binding", "policy", "group"])
async def test_whoever_waits_is_told_of_each_change_at_once(people: People, how: str) -> None:
    eve, _ = await people.signed_in("eve", Role.MEMBER)
    directory = people.directory
    policy = await directory.policies.create(VIEW_SHOP)
    team = await directory.groups.create(GroupDraft(name="team", add=(eve.user_id,)))
    draft = BindingDraft(policy_id=policy.id, group_id=team.id, cluster="*")
    binding = await directory.bindings.create(draft, clusters=CLUSTERS)
    before = await people.sessions.next_of(eve)
    assert before is not None
    assert before.grants == (Grant(cluster="*", rule=SHOP),)
    waiting = asyncio.create_task(people.sessions.next_of(before))
    await asyncio.sleep(0)
    if how == "rule":
        await directory.policies.update(policy.id, PolicyDraft(rules=(rule("*", "shop", "view"),)))
    elif how == "name":
        await directory.policies.update(policy.id, PolicyDraft(name="other"))
    elif how == "binding":
        await directory.bindings.delete(binding.id)
    elif how == "policy":
        await directory.policies.delete(policy.id, even_if_bound=True)
    else:
        await directory.groups.delete(team.id)
    after = await asyncio.wait_for(waiting, 5)
    assert after is not None
    kept = [(grant.rule.policy, grant.rule.resources) for grant in after.grants]
    expected = {"rule": [("shop-view", ("*",))], "name": [("other", ("kustomizations",))]}
    assert kept == expected.get(how, [])


async def test_what_another_process_gave_is_there_with_its_next_look(people: People) -> None:
    eve, cookie = await people.signed_in("eve", Role.MEMBER)
    async with people_in_process(people.settings, people.sessions._clock) as other:
        assert (await now(other, cookie)).grants == ()
        await people.give("eve", rule("kustomizations", "shop", "view"), name="shop-view")
        await other.version.look()
        assert (await now(other, cookie)).grants == (Grant(cluster="*", rule=SHOP),)
        assert eve.grants == ()


async def test_more_sessions_than_one_query_takes_are_read_again_whole(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("given", "held"):
        monkeypatch.setattr(f"gyre.auth.{module}.AT_ONCE", 7)
    await people.signed_in("eve", Role.MEMBER)
    cookies = [(await people.signed_in("eve", Role.MEMBER))[1] for _ in range(30)]
    for cookie in cookies:
        await now(people, cookie)
    await people.give("eve", rule("kustomizations", "shop", "view"), name="shop-view")
    assert {(await now(people, cookie)).grants for cookie in cookies} == {(Grant(cluster="*", rule=SHOP),)}
