"""The whole program with OpenID providers that name people alike, and signing out through GraphQL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gyre.identity_providers import IdentityProvider
from models.identities import Identity
from models.people import Session, User
from tests.support.app import PASSWORD, App, open_app
from tests.support.browser import PUBLIC, Browser
from tests.support.cluster import KUSTOMIZATIONS, open_cluster
from tests.support.openid_provider import CLIENT, SECRET, OpenIdProvider, Person, open_provider

pytestmark = pytest.mark.anyio

SUBJECT = "0001"
LINK = "mutation($input: IdentityInput!) { linkIdentity(input: $input) { errors { code } } }"
LOGOUT = {"query": "mutation { logout { continueAt errors { code } } }"}


@dataclass(frozen=True, slots=True)
class World:
    """Gyre, and providers on loopback; of the closed one nobody is made a user."""

    app: App
    acme: OpenIdProvider
    beta: OpenIdProvider
    closed: OpenIdProvider

    async def signed_in(self, provider: str) -> Browser:
        browser = Browser(self.app.http, self.app.address)
        answer = await browser.sign_in(f"/api/auth/oidc/{provider}/login")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PUBLIC}/")
        return browser


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        opened: dict[str, OpenIdProvider] = {}
        for name in ("acme", "beta", "closed"):
            back = f"{PUBLIC}/api/auth/oidc/{name}/callback"
            opened[name] = await stack.enter_async_context(open_provider(back))
        cluster = await stack.enter_async_context(open_cluster(KUSTOMIZATIONS))
        providers = tuple(
            IdentityProvider(
                id=name, issuer=each.issuer, client_id=CLIENT, client_secret=SECRET, create_users=name != "closed"
            )
            for name, each in opened.items()
        )
        settings: dict[str, Any] = {"public_url": PUBLIC, "oidc_providers": providers}
        app = await stack.enter_async_context(open_app(tmp_path, cluster.access(tmp_path), **settings))
        opened["acme"].at_the_browser = Person(SUBJECT, {"preferred_username": "ada"})
        opened["beta"].at_the_browser = Person(SUBJECT, {"preferred_username": "bea"})
        opened["closed"].at_the_browser = Person(SUBJECT, {"preferred_username": "cas"})
        yield World(app, **opened)


async def who(browser: Browser) -> str | None:
    answer = await browser.get("/api/me", accept="application/json")
    return answer.json()["user"]["username"] if answer.status_code == 200 else None


def signed_out(answer: httpx2.Response) -> str:
    """Where the browser goes on."""
    told = answer.json()["data"]["logout"]
    assert told["errors"] == []
    return str(told["continueAt"])


async def test_the_same_subject_at_two_providers_is_two_people(world: World) -> None:
    first, second = await world.signed_in("acme"), await world.signed_in("beta")
    assert [await who(each) for each in (first, second)] == ["ada", "bea"]
    kept = await Identity.all().order_by("user__username").values_list("issuer", "subject", "user__username")
    assert kept == [(world.acme.issuer, SUBJECT, "ada"), (world.beta.issuer, SUBJECT, "bea")]

    world.beta.at_the_browser = Person(SUBJECT, {"preferred_username": "ada"})  # as acme calls somebody else
    again = [await who(await world.signed_in(name)) for name in ("beta", "acme")]
    assert again == ["bea", "ada"]
    assert sorted(each.username for each in await User.all()) == ["ada", "admin", "bea"]


async def test_one_provider_cannot_answer_for_the_other(world: World) -> None:
    browser = Browser(world.app.http, world.app.address)
    back = await browser.to_provider("/api/auth/oidc/beta/login")
    answer = await browser.get(back.replace("/beta/", "/acme/"), accept="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "SIGN_IN_LAPSED")
    assert await who(browser) is None
    assert not await Session.exists()


async def test_signing_out_through_graphql_ends_the_session_here_and_at_its_own_provider(world: World) -> None:
    first, second = await world.signed_in("acme"), await world.signed_in("beta")
    answer = await second.post("/graphql", LOGOUT)
    there = signed_out(answer)
    assert there.startswith(f"{world.beta.issuer}/logout?")
    assert "__Host-gyre_session" not in second.cookies
    back = await world.app.http.get(there)
    assert back.headers["location"] == f"{PUBLIC}/sign-in"
    assert [(each["sub"], each["client_id"]) for each in world.beta.farewells] == [(SUBJECT, CLIENT)]
    assert world.acme.farewells == []
    assert [await who(each) for each in (first, second)] == ["ada", None]


async def test_nobody_is_made_a_user_by_a_provider_that_may_not_and_who_was_linked_comes_in(world: World) -> None:
    browser, login = Browser(world.app.http, world.app.address), "/api/auth/oidc/closed/login"
    refused = await browser.sign_in(login, accept="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "NO_ACCOUNT")
    assert await who(browser) is None
    assert not await Session.exists()
    assert [each.username for each in await User.all()] == ["admin"]
    await world.app.users.add("cassandra", PASSWORD)
    user = await User.get(username="cassandra")
    wish = {"userId": str(user.id), "provider": "closed", "subject": SUBJECT}
    admin = await world.app.sign_in()
    assert await admin.data(LINK, input=wish) == {"linkIdentity": {"errors": []}}
    assert await who(await world.signed_in("closed")) == "cassandra"
