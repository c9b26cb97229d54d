"""The way to a provider and back: codes, states, cookies and addresses that somebody else meddled with."""

import pytest

from gyre.people.users import UserChange
from gyre.terms.people import Role
from models.people import Session, User
from tests.rest_compat.conftest import refusal
from tests.rest_compat.providers.conftest import (
    ADA,
    CALLBACK,
    JSON,
    LOGIN,
    World,
    forget_what_it_said,
    nobody_came,
    refusals,
)
from tests.support.browser import PUBLIC, query_of
from tests.support.openid_provider import CLIENT, Lies, Person

pytestmark = pytest.mark.anyio


async def test_a_code_is_worth_something_once(world: World) -> None:
    back = await world.browser.to_provider(LOGIN)
    kept = dict(world.browser.cookies)
    assert (await world.browser.get(back)).status_code == 303
    thief = world.another_browser()
    thief.cookies = kept
    assert refusal(await thief.get(back, accept=JSON)) == (401, "SIGN_IN_FAILED")
    (told,) = await refusals(world)
    assert told.startswith("the provider did not take the code: invalid_grant")
    assert await Session.all().count() == 1


async def test_the_return_is_taken_from_the_browser_that_left_and_once(world: World) -> None:
    back = await world.browser.to_provider(LOGIN)
    victim = world.another_browser()
    assert refusal(await victim.get(back, accept=JSON)) == (401, "SIGN_IN_LAPSED")  # a thief's code, planted
    await victim.get(LOGIN)
    assert refusal(await victim.get(back, accept=JSON)) == (401, "SIGN_IN_LAPSED")
    assert await nobody_came(world)
    assert (await world.browser.get(back)).headers["location"] == f"{PUBLIC}/"
    assert refusal(await world.browser.get(back, accept=JSON)) == (401, "SIGN_IN_LAPSED")
    assert await refusals(world) == [
        "no sign-in was begun in this browser, or the provider sent no state back",
        "the answer belongs to another sign-in than the one begun in this browser",
        "no sign-in was begun in this browser, or the provider sent no state back",
    ]


@pytest.mark.parametrize("change", [{"state": "x"}, {"state": ""}, {"state": "é"}])
async def test_another_state_is_refused(world: World, change: dict[str, str]) -> None:
    back = query_of(await world.browser.to_provider(LOGIN)) | change
    answer = await world.browser.get(
        f"{CALLBACK}?{'&'.join(f'{name}={each}' for name, each in back.items())}", accept=JSON
    )
    assert refusal(answer) == (401, "SIGN_IN_LAPSED")
    assert await nobody_came(world)


@pytest.mark.parametrize("cookie", ["x", "é", "AAAA", "AQR0ZXN0" + "A" * 200])
async def test_a_cookie_that_gyre_did_not_give_is_refused(world: World, cookie: str) -> None:
    back = await world.browser.to_provider(LOGIN)
    world.browser.cookies["__Host-gyre_sign_in"] = cookie.encode().decode("latin-1")
    assert refusal(await world.browser.get(back, accept=JSON)) == (401, "SIGN_IN_LAPSED")
    assert await nobody_came(world)


async def test_one_providers_answer_is_none_of_anothers(world: World) -> None:
    back = await world.browser.to_provider(LOGIN)
    answer = await world.browser.get(back.replace("/acme/", "/closed/"), accept=JSON)
    assert refusal(answer) == (401, "SIGN_IN_LAPSED")
    assert await nobody_came(world)


async def test_a_query_that_names_a_thing_twice_is_refused(world: World) -> None:
    back = await world.browser.to_provider(LOGIN)
    assert refusal(await world.browser.get(f"{back}&state=x", accept=JSON)) == (400, "VALIDATION_FAILED")
    assert await nobody_came(world)


async def test_whom_the_provider_does_not_let_in_is_told_so(world: World) -> None:
    world.provider.at_the_browser = None
    answer = await world.browser.sign_in(LOGIN, accept=JSON)
    assert refusal(answer) == (401, "SIGN_IN_FAILED")
    assert answer.json()["error"]["message"] == "Acme Ltd did not let you in"
    (told,) = await refusals(world)
    assert told.startswith("the provider says: access_denied")


async def test_a_disabled_user_stays_out(world: World) -> None:
    await world.browser.sign_in(LOGIN)
    user = await User.get(username="ada")
    await world.gyre.people.users.change(str(user.id), UserChange(active=False))
    assert await world.who() is None
    for claims in (ADA.claims, {"groups": ["gyre-admins"]}):
        world.provider.at_the_browser = Person("0001", claims)
        assert refusal(await world.browser.sign_in(LOGIN, accept=JSON)) == (403, "ACCOUNT_DISABLED")
    assert (await User.get(username="ada")).role is Role.MEMBER
    assert await world.who() is None


@pytest.mark.parametrize("name", ["", " ", "a b", "ä" * 3, "x" * 65, "../admin", "-x"])
async def test_a_name_that_no_user_can_have_makes_no_user(world: World, name: str) -> None:
    world.provider.at_the_browser = Person("0003", {"preferred_username": name, "email": "a@b.c"})
    assert refusal(await world.browser.sign_in(LOGIN, accept=JSON)) == (403, "NO_ACCOUNT")
    assert await nobody_came(world)


async def test_a_verified_address_is_a_name_when_there_is_no_other(world: World) -> None:
    world.provider.at_the_browser = Person("0003", {"email": "ada@acme.test", "email_verified": True})
    await world.browser.sign_in(LOGIN)
    me = await world.who()
    assert me is not None
    assert me["username"] == "ada@acme.test"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/%09/evil.example",
        "/.//evil.example",
        "javascript:alert(1)",
        "evil",
        "/%0d%0aset-cookie:x=y",
        "/sign-in",
        "/api/auth/logout",
        "/" + "x" * 2001,
    ],
)
async def test_signing_in_leads_nowhere_but_to_a_page_of_gyres(world: World, elsewhere: str) -> None:
    answer = await world.browser.sign_in(f"{LOGIN}?returnTo={elsewhere.replace('&', '%26')}")
    assert answer.headers["location"] == f"{PUBLIC}/"


async def test_signing_out_ends_the_session_at_the_provider_too(world: World) -> None:
    await world.browser.sign_in(LOGIN)
    sealed = (await Session.get()).id_token
    assert sealed is not None
    assert b"eyJ" not in sealed
    answer = await world.browser.post("/api/auth/logout")
    there = answer.json()["continueAt"]
    assert there.startswith(f"{world.provider.issuer}/logout?")
    back = await world.gyre.http.get(there)
    assert back.headers["location"] == f"{PUBLIC}/sign-in"
    assert (world.provider.farewells[-1]["sub"], world.provider.farewells[-1]["client_id"]) == ("0001", CLIENT)
    assert await world.who() is None


async def test_signing_out_works_while_the_provider_is_away_or_offers_no_end(world: World) -> None:
    for lies, away in ((Lies(), True), (Lies(metadata={"end_session_endpoint": None}), False)):
        await world.browser.sign_in(LOGIN)
        world.provider.lies, world.provider.away = lies, away
        forget_what_it_said(world)
        assert (await world.browser.post("/api/auth/logout")).json() == {"success": True}
        assert await world.who() is None
        world.provider.lies, world.provider.away = Lies(), False
    forget_what_it_said(world)


async def test_who_signed_in_with_a_password_is_sent_to_no_provider(world: World) -> None:
    _, cookie = await world.gyre.people.signed_in("eve", Role.VIEWER)
    world.browser.cookies["__Host-gyre_session"] = cookie
    assert (await world.browser.post("/api/auth/logout")).json() == {"success": True}
