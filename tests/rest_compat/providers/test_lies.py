"""What a provider says is believed only when everything in it is right."""

from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.rest_compat.conftest import refusal
from tests.rest_compat.providers.conftest import JSON, LOGIN, World, forget_what_it_said, nobody_came, refusals
from tests.support.browser import PUBLIC
from tests.support.openid_provider import CLIENT, SECRET, Lies, Person

pytestmark = pytest.mark.anyio

LIES = {
    "another audience": (Lies(claims={"aud": "somebody"}), "it is meant for somebody else than Gyre"),
    "another audience, asked for by Gyre": (
        Lies(claims={"aud": "somebody", "azp": CLIENT}),
        "it is meant for somebody else than Gyre",
    ),
    "several audiences": (
        Lies(claims={"aud": [CLIENT, "somebody"]}),
        "it is meant for several, and does not say that Gyre asked for it",
    ),
    "asked for by another": (Lies(claims={"azp": "somebody"}), "it was asked for by somebody else than Gyre"),
    "no audience": (Lies(claims={"aud": None}), "it is meant for somebody else than Gyre"),
    "another issuer": (Lies(claims={"iss": "https://evil.example"}), "it is from another issuer"),
    "no issuer": (Lies(claims={"iss": None}), "it is from another issuer"),
    "another nonce": (Lies(claims={"nonce": "x"}), "its claims are wrong: "),
    "no nonce": (Lies(claims={"nonce": None}), "its claims are wrong: "),
    "expired": (Lies(claims={"exp": 1_700_000_000}), "its claims are wrong: "),
    "no expiry": (Lies(claims={"exp": None}), "its claims are wrong: "),
    "expiry that is no number": (Lies(claims={"exp": "later"}), "its claims are wrong: "),
    "issued in the future": (Lies(claims={"iat": 99_999_999_999}), "its claims are wrong: "),
    "not valid yet": (Lies(claims={"nbf": 99_999_999_999}), "its claims are wrong: "),
    "no subject": (Lies(claims={"sub": None}), "it has no subject that can be kept"),
    "a subject that is no text": (Lies(claims={"sub": 7}), "it has no subject that can be kept"),
    "another access token": (Lies(claims={"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), "its claims are wrong: "),
    "no signature": (Lies(algorithm="none"), "it is not signed as it should be: "),
    "a shared secret": (
        Lies(algorithm="HS256", key=OctKey.import_key(SECRET * 2)),
        "it is not signed as it should be: ",
    ),
    "an algorithm that it does not announce": (Lies(algorithm="RS512"), "it is not signed as it should be: "),
    "an unknown key": (
        Lies(key=RSAKey.generate_key(2048, {"kid": "other"})),
        "it is signed with a key that the provider does not publish",
    ),
    "another key of the same name": (
        Lies(key=RSAKey.generate_key(2048, {"kid": "k1"})),
        "it is not signed as it should be: ",
    ),
    "an unknown critical header": (Lies(header={"crit": ["x"], "x": 1}), "it is not signed as it should be: "),
    "no ID token": (Lies(no_id_token=True), "there is no id_token"),
    "an answer from another issuer": (Lies(issuer_in_answer="https://evil.example"), "iss is another issuer"),
    "no issuer in the answer though promised": (
        Lies(metadata={"authorization_response_iss_parameter_supported": True}),
        "iss is another issuer",
    ),
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_a_provider_says_is_not_believed_when_anything_is_wrong(world: World, lie: str) -> None:
    world.provider.lies, reason = LIES[lie]
    forget_what_it_said(world)
    answer = await world.browser.sign_in(LOGIN, accept=JSON)
    assert refusal(answer) == (401, "SIGN_IN_FAILED")
    assert await nobody_came(world)
    (told,) = await refusals(world)
    assert told.startswith(reason)
    assert told not in answer.text
    world.provider.lies = Lies()
    forget_what_it_said(world)
    assert (await world.browser.sign_in(LOGIN)).headers["location"] == f"{PUBLIC}/"


async def test_a_browser_is_led_to_the_sign_in_page_with_a_code_and_no_words_of_others(world: World) -> None:
    world.provider.lies = Lies(claims={"aud": "somebody"})
    answer = await world.browser.sign_in(LOGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PUBLIC}/sign-in?problem=SIGN_IN_FAILED")
    assert world.browser.cookies == {}


async def test_userinfo_of_somebody_else_is_refused(world: World) -> None:
    world.provider.at_the_browser = Person("0001", {"preferred_username": "ada"})
    world.provider.lies = Lies(userinfo={"sub": "0002", "groups": ["gyre-admins"]})
    assert refusal(await world.browser.sign_in(LOGIN, accept=JSON)) == (401, "SIGN_IN_FAILED")
    assert await refusals(world) == ["userinfo has another subject"]
    assert await nobody_came(world)


async def test_a_new_key_of_the_provider_is_learnt_and_an_old_one_is_none_any_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gyre.auth.oidc.provider.KEYS_AT_MOST_EVERY_SECONDS", -1)
    await world.browser.sign_in(LOGIN)
    old = world.provider.keys[0]
    world.provider.rotate("k2")
    assert (await world.another_browser().sign_in(LOGIN)).headers["location"] == f"{PUBLIC}/"
    world.provider.lies = Lies(key=old)
    assert refusal(await world.browser.sign_in(LOGIN, accept=JSON)) == (401, "SIGN_IN_FAILED")


async def test_unknown_keys_do_not_make_gyre_ask_for_keys_each_time(world: World) -> None:
    await world.browser.sign_in(LOGIN)
    world.provider.lies = Lies(key=RSAKey.generate_key(2048, {"kid": "other"}))
    before = world.provider.asked.count("keys")
    for _ in range(5):
        await world.browser.sign_in(LOGIN)
    assert world.provider.asked.count("keys") - before <= 1


METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://evil.example"},
    "an issuer with a slash more": {"issuer": "http://127.0.0.1/"},
    "no keys": {"jwks_uri": None},
    "a token endpoint without TLS": {"token_endpoint": "http://acme.test/token"},
    "an authorization endpoint that is a script": {"authorization_endpoint": "javascript:alert(1)"},
    "a userinfo endpoint that is no address": {"userinfo_endpoint": "https://["},
    "algorithms that are no list": {"id_token_signing_alg_values_supported": "RS256"},
}


@pytest.mark.parametrize("wrong", METADATA)
async def test_a_provider_that_describes_itself_wrongly_is_told_apart(world: World, wrong: str) -> None:
    forget_what_it_said(world)
    world.provider.lies = Lies(metadata=METADATA[wrong])
    assert refusal(await world.browser.get(LOGIN, accept=JSON)) == (502, "PROVIDER_UNAVAILABLE")
    assert world.browser.cookies == {}
    world.provider.lies = Lies()
    assert (await world.browser.sign_in(LOGIN)).headers["location"] == f"{PUBLIC}/"


async def test_only_algorithms_that_are_safe_are_taken_whatever_the_provider_announces(world: World) -> None:
    forget_what_it_said(world)
    announced = {"id_token_signing_alg_values_supported": ["HS256", "none"]}
    world.provider.lies = Lies(metadata=announced, algorithm="HS256", key=OctKey.import_key(SECRET * 2))
    assert refusal(await world.browser.sign_in(LOGIN, accept=JSON)) == (401, "SIGN_IN_FAILED")
    assert await refusals(world) == ["the provider signs by no algorithm that is safe"]
    forget_what_it_said(world)


async def test_a_provider_that_is_away_is_said_and_asked_again_the_next_time(world: World) -> None:
    forget_what_it_said(world)
    world.provider.away = True
    assert refusal(await world.browser.get(LOGIN, accept=JSON)) == (502, "PROVIDER_UNAVAILABLE")
    answer = await world.browser.get(LOGIN)
    assert answer.headers["location"] == f"{PUBLIC}/sign-in?problem=PROVIDER_UNAVAILABLE"
    assert refusal(await world.browser.get("/api/auth/oidc/closed/login", accept=JSON))[1] == "PROVIDER_UNAVAILABLE"
    world.provider.away = False
    assert (await world.browser.sign_in(LOGIN)).headers["location"] == f"{PUBLIC}/"


async def test_a_provider_that_is_not_configured_is_not_found(world: World) -> None:
    for path in ("/api/auth/oidc/evil/login", "/api/auth/oidc/evil/callback?state=x&code=y"):
        assert refusal(await world.browser.get(path, accept=JSON)) == (404, "PROVIDER_NOT_FOUND")
    answer = await world.browser.get("/api/auth/oidc/evil/login")
    assert answer.headers["location"] == f"{PUBLIC}/sign-in?problem=PROVIDER_NOT_FOUND"
