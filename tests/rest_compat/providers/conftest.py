"""Gyre, a real OpenID provider on loopback, and a browser between them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from gyre.audit import settled
from gyre.identity_providers import IdentityProvider, MappingRule
from models.auditing import AuditEntry
from models.people import Session, User
from models.rights import Group
from tests.rest_compat.conftest import Served, served_on
from tests.support.browser import PUBLIC, Browser
from tests.support.cluster import KUSTOMIZATIONS, open_cluster
from tests.support.openid_provider import CLIENT, SECRET, Lies, OpenIdProvider, Person, open_provider

LOGIN = "/api/auth/oidc/acme/login"
CALLBACK = "/api/auth/oidc/acme/callback"
JSON = "application/json"
ADA = Person("0001", {"preferred_username": "Ada", "name": "Ada L.", "email": "ada@acme.test", "groups": ["team-shop"]})
MAPPING = (
    MappingRule(claim="groups", value="gyre-admins", role="admin"),
    MappingRule(claim="groups", value="gyre-*", role="viewer"),
    MappingRule(claim="groups", value="team-*", group="acme {value}"),
    MappingRule(claim=("realm_access", "roles"), value="on-call", group="on-call"),
)


@dataclass(slots=True)
class World:
    """Gyre, a provider, and a browser."""

    gyre: Served
    provider: OpenIdProvider
    browser: Browser
    audited: int

    def another_browser(self) -> Browser:
        return Browser(self.gyre.http, self.gyre.address)

    async def who(self, browser: Browser | None = None) -> dict[str, Any] | None:
        answer = await (browser or self.browser).get("/api/me", accept=JSON)
        return answer.json()["user"] if answer.status_code == 200 else None


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Served, OpenIdProvider]]:
    folder = tmp_path_factory.mktemp("gyre")
    async with open_provider(f"{PUBLIC}{CALLBACK}") as provider, open_cluster(KUSTOMIZATIONS) as cluster:
        acme = IdentityProvider(
            id="acme",
            name="Acme Ltd",
            issuer=provider.issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            create_users=True,
            mapping=MAPPING,
        )
        closed = IdentityProvider(id="closed", issuer="http://127.0.0.1:9", client_id="x")
        settings = {"public_url": PUBLIC, "oidc_providers": (acme, closed)}
        async with served_on(cluster.access(folder), folder, **settings) as gyre:
            yield gyre, provider


@pytest.fixture
async def world(served: tuple[Served, OpenIdProvider]) -> AsyncIterator[World]:
    gyre, provider = served
    provider.lies, provider.at_the_browser, provider.away = Lies(), ADA, False
    await settled()
    latest = await AuditEntry.all().order_by("-id").first()
    yield World(gyre, provider, Browser(gyre.http, gyre.address), latest.id if latest else 0)
    for rows in (User, Group):
        await rows.all().delete()


async def entries(world: World, *, succeeded: bool) -> list[AuditEntry]:
    """What the audit says of signing in, of this test alone."""
    await settled()
    return await AuditEntry.filter(id__gt=world.audited, action="sign-in", succeeded=succeeded).order_by("id")


async def refusals(world: World) -> list[str]:
    return [each.reason for each in await entries(world, succeeded=False)]


async def nobody_came(world: World) -> bool:
    return not await Session.exists() and not await User.exists() and await world.who() is None


def forget_what_it_said(world: World) -> None:
    """As after an hour: what the provider said of itself is asked anew."""
    for provider in world.gyre.services.providers._providers.values():
        provider._metadata = None
