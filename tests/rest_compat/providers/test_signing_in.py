"""Signing in through an OpenID provider: which user it is, with which rights, and how they leave."""

import pytest

from gyre.people.bindings import BindingDraft
from gyre.people.groups import GroupDraft
from gyre.people.paging import ALL
from gyre.terms.people import Role
from models.people import Session, User
from tests.rest_compat.conftest import refusal
from tests.rest_compat.providers.conftest import ADA, CALLBACK, JSON, LOGIN, World, entries, refusals
from tests.support.browser import PUBLIC
from tests.support.openid_provider import CLIENT, Person
from tests.support.people import VIEW_SHOP

pytestmark = pytest.mark.anyio


async def test_the_sign_in_page_is_told_which_providers_there_are(world: World) -> None:
    answer = await world.browser.get("/api/auth/providers")
    assert answer.json() == {
        "providers": [
            {"id": "acme", "name": "Acme Ltd", "login": "/api/auth/oidc/acme/login"},
            {"id": "closed", "name": "closed", "login": "/api/auth/oidc/closed/login"},
        ]
    }


async def test_the_first_sign_in_makes_the_user_with_name_role_and_groups_from_the_claims(world: World) -> None:
    await world.gyre.people.directory.groups.create(GroupDraft(name="acme team-shop"))
    answer = await world.browser.sign_in(f"{LOGIN}?returnTo=/resources?kind=HelmRelease%26q=a%2520b")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{PUBLIC}/resources?kind=HelmRelease&q=a%20b")
    assert list(world.browser.cookies) == ["__Host-gyre_session"]
    me = await world.who()
    assert me is not None
    assert (me["username"], me["role"], me["groups"]) == ("ada", "member", ["acme team-shop"])
    user = await User.get(username="ada")
    assert (user.display_name, user.email, user.password_hash) == ("Ada L.", "ada@acme.test", None)
    (entry,) = await entries(world, succeeded=True)
    told = {"provider": "acme", "subject": "0001", "made": "ada", "groups": ["acme team-shop"]}
    assert (entry.succeeded, entry.details) == (True, told)


async def test_the_provider_is_asked_by_code_with_pkce_nonce_and_the_public_address(world: World) -> None:
    await world.browser.sign_in(LOGIN)
    asked = dict(world.provider.authorizations[-1])
    secrets = [asked.pop(name) for name in ("state", "nonce", "code_challenge")]
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": f"{PUBLIC}{CALLBACK}",
        "scope": "openid profile email",
        "code_challenge_method": "S256",
    }
    assert [len(each) for each in secrets] == [43, 43, 43]
    await world.another_browser().sign_in(LOGIN)
    again = world.provider.authorizations[-1]
    assert not {again["state"], again["nonce"], again["code_challenge"]} & set(secrets)


async def test_the_cookies_are_for_no_script_no_other_site_no_other_host_and_https_only(world: World) -> None:
    answer = await world.browser.get(LOGIN)
    (trip,) = answer.headers.get_list("set-cookie")
    assert trip.startswith("__Host-gyre_sign_in=")
    assert trip.endswith("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure")
    answer = await world.browser.sign_in(LOGIN)
    session, gone = answer.headers.get_list("set-cookie")
    assert session.endswith("; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert gone == "__Host-gyre_sign_in=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"


async def test_the_same_subject_is_the_same_user_whatever_else_changed(world: World) -> None:
    await world.browser.sign_in(LOGIN)
    user = await User.get(username="ada")
    world.provider.at_the_browser = Person("0001", {"preferred_username": "adele", "email": "other@acme.test"})
    await world.another_browser().sign_in(LOGIN)
    assert [each.id for each in await User.all()] == [user.id]


@pytest.mark.parametrize("claims", [{"preferred_username": "ada"}, {"email": "ada@acme.test", "email_verified": True}])
async def test_another_subject_is_never_a_user_of_the_same_name_or_address(
    world: World, claims: dict[str, object]
) -> None:
    await world.gyre.people.users.add("ada", "a winter's tale of mine", role=Role.ADMIN)
    await User.filter(username="ada").update(email="ada@acme.test")
    world.provider.at_the_browser = Person("0002", {"preferred_username": "ada@acme.test"} | claims)
    await world.browser.sign_in(LOGIN)
    me = await world.who()
    assert me is None or me["username"] == "ada@acme.test"
    assert await Session.filter(user__username="ada").count() == 0
    if "preferred_username" in claims:
        assert await refusals(world) == [
            "there is another user ada here already; ask an administrator of Gyre, and name your subject at acme: 0002"
        ]


async def test_groups_and_role_follow_the_claims_at_each_sign_in(world: World) -> None:
    people = world.gyre.people
    for name in ("acme team-shop", "acme team-pay", "by hand"):
        await people.directory.groups.create(GroupDraft(name=name))
    await world.browser.sign_in(LOGIN)
    user = await User.get(username="ada")
    (hand,) = [each for each in (await people.directory.groups.some(ALL)).items if each.name == "by hand"]
    await people.directory.groups.update(hand.id, GroupDraft(add=(str(user.id),)))
    world.provider.at_the_browser = Person("0001", {"groups": ["team-pay", "gyre-readers", "gyre-admins", "x"]})
    other = world.another_browser()
    await other.sign_in(LOGIN)
    for browser in (other, world.browser):  # at once, also in the session that was open
        me = await world.who(browser)
        assert me is not None
        assert (me["role"], me["groups"]) == ("admin", ["acme team-pay", "by hand"])
    await people.users.add("root", "a winter's tale of mine", role=Role.ADMIN)
    world.provider.at_the_browser = Person("0001", {"groups": []})
    await other.sign_in(LOGIN)
    me = await world.who()
    assert me is not None
    assert (me["role"], me["groups"]) == ("member", ["by hand"])


async def test_claims_do_not_take_the_last_administrator_away(world: World) -> None:
    world.provider.at_the_browser = Person("0001", {"preferred_username": "ada", "groups": ["gyre-admins"]})
    await world.browser.sign_in(LOGIN)
    world.provider.at_the_browser = ADA
    await world.browser.sign_in(LOGIN)
    me = await world.who()
    assert me is not None
    assert me["role"] == "admin"


async def test_a_group_that_is_made_later_counts_at_once(world: World) -> None:
    await world.browser.sign_in(LOGIN)
    me = await world.who()
    assert me is not None
    assert me["groups"] == []
    await world.gyre.people.directory.groups.create(GroupDraft(name="acme team-shop"))
    me = await world.who()
    assert me is not None
    assert me["groups"] == ["acme team-shop"]


async def test_what_a_group_was_given_is_given_to_whom_the_claims_put_into_it(world: World) -> None:
    directory = world.gyre.people.directory
    await world.browser.sign_in(LOGIN)
    listed = "/api/flux/kustomizations"
    assert refusal(await world.browser.get(listed, accept=JSON)) == (404, "CLUSTER_NOT_FOUND")
    group = await directory.groups.create(GroupDraft(name="acme team-shop"))
    policy = await directory.policies.create(VIEW_SHOP)
    await directory.bindings.create(BindingDraft(policy_id=policy.id, group_id=group.id, cluster="*"), clusters=())
    assert (await world.browser.get(listed, accept=JSON)).status_code == 200
    world.provider.at_the_browser = Person("0001", {"preferred_username": "ada", "groups": []})
    await world.another_browser().sign_in(LOGIN)
    assert refusal(await world.browser.get(listed, accept=JSON)) == (404, "CLUSTER_NOT_FOUND")
    await directory.policies.delete(policy.id, even_if_bound=True)


async def test_claims_that_the_id_token_lacks_are_asked_of_userinfo(world: World) -> None:
    await world.gyre.people.directory.groups.create(GroupDraft(name="on-call"))
    claims = {"preferred_username": "ada", "realm_access": {"roles": ["on-call"]}}
    world.provider.at_the_browser = Person("0001", claims, userinfo=claims)
    await world.browser.sign_in(LOGIN)
    me = await world.who()
    assert me is not None
    assert me["groups"] == ["on-call"]


async def test_a_session_that_another_host_of_the_domain_planted_is_not_believed(world: World) -> None:
    _, theirs = await world.gyre.people.signed_in("mallory", Role.ADMIN)
    await world.browser.sign_in(LOGIN)
    world.browser.cookies["gyre_session"] = theirs
    me = await world.who()
    assert me is not None
    assert me["username"] == "ada"
    own = world.browser.cookies.pop("__Host-gyre_session")
    assert await world.who() is None
    world.browser.cookies["gyre_session"] = f"{own}; __Host-gyre_session={own}; __Host-gyre_session={theirs}"
    assert await world.who() is None
