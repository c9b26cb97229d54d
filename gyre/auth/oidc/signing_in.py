"""Sending a browser to a provider, and what its return is worth: the code flow with PKCE.

Keys and addresses are provider's, the checks of the token id_tokens', the rules claims', the cookie trips'.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from authlib.common.urls import add_params_to_uri
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from gyre.auth.oidc.claims import Arrival, arrival, left_out, values, wanted
from gyre.auth.oidc.id_tokens import Expected, UnknownKey, verified
from gyre.auth.oidc.provider import PATIENCE, Provider
from gyre.auth.oidc.trips import Trip, Trips
from gyre.clock import Clock
from gyre.errors import NoSuchProvider, SignInFailed
from gyre.identity_providers import IdentityProvider
from gyre.settings import Settings
from gyre.vault import Vault

LONGEST_CODE: Final = 8_192
LONGEST_HINT: Final = 6_000
"""Characters of an ID token that still fits into an address, to end the session at the provider with."""
CALLBACK: Final = "/api/auth/oidc/{provider}/callback"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, with which cookie."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who came back, and where they wanted to go."""

    arrival: Arrival
    return_to: str
    id_token: str = field(repr=False)
    left_out: tuple[str, ...] = ()


class SignInProviders:
    """All providers that are configured."""

    def __init__(self, settings: Settings, *, vault: Vault, clock: Clock) -> None:
        self._providers = {each.id: Provider(each, clock) for each in settings.oidc_providers}
        self._public_url = settings.public_url or ""
        self._trips = Trips(vault)
        self._clock = clock

    def all(self) -> list[IdentityProvider]:
        """Each of them, in the operator's order."""
        return [each.configured for each in self._providers.values()]

    def one(self, provider_id: str) -> IdentityProvider:
        """The provider of this id, or NoSuchProvider."""
        return self._provider(provider_id).configured

    async def depart(self, provider_id: str, return_to: str | None) -> Departure:
        """Begin to sign in. Raises NoSuchProvider, or ProviderUnavailable."""
        provider = self._provider(provider_id)
        metadata = await provider.metadata()
        trip, cookie = self._trips.begin(provider_id, return_to, self._clock.now())
        async with self._client(provider, metadata) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=trip.state, nonce=trip.nonce, code_verifier=trip.verifier
            )
        return Departure(str(url), cookie)

    async def arrive(self, provider_id: str, answer: Mapping[str, str], cookie: str | None) -> Arrived:
        """Who the provider says it is; `answer` is the query it sent the browser back with.

        Raises SignInLapsed for another browser, SignInFailed for an answer that is not to be believed, or
        ProviderUnavailable.
        """
        provider = self._provider(provider_id)
        trip = self._trips.back_from(provider_id, cookie, answer.get("state"), self._clock.now())
        metadata = await provider.metadata()
        _require_an_answer(answer, metadata, provider.configured)
        tokens = await self._tokens(provider, metadata, answer["code"], trip)
        id_token = tokens.get("id_token")
        access_token = tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise SignInFailed("the provider sent no ID token; ask its operator", why="there is no id_token")
        claims = await self._claims(provider, metadata, id_token, trip, access_token)
        claims = await self._completed(provider, metadata, claims, access_token)
        who = arrival(provider.configured, claims)
        return Arrived(who, trip.return_to, id_token, tuple(left_out(claims, provider.configured)))

    async def farewell(self, provider_id: str, id_token: str | None) -> str | None:
        """Where to send the browser to end the session at the provider too; None when it does not offer that."""
        provider = self._providers.get(provider_id)
        endpoint = (await provider.known_metadata()).get("end_session_endpoint") if provider else None
        if provider is None or not endpoint:
            return None
        told = {"client_id": provider.configured.client_id, "post_logout_redirect_uri": f"{self._public_url}/sign-in"}
        if id_token and len(id_token) <= LONGEST_HINT:
            told["id_token_hint"] = id_token
        return str(add_params_to_uri(endpoint, list(told.items())))

    def home(self, path: str, **query: str) -> str:
        """The whole address of a page of Gyre's own."""
        return f"{self._public_url}{path}" + (f"?{urlencode(query)}" if query else "")

    def _provider(self, provider_id: str) -> Provider:
        provider = self._providers.get(provider_id)
        if provider is None:
            raise NoSuchProvider(f"there is no sign-in provider {provider_id[:64]!r}")
        return provider

    def _client(self, provider: Provider, metadata: Mapping[str, Any]) -> AsyncOAuth2Client:
        configured = provider.configured
        return AsyncOAuth2Client(
            client_id=configured.client_id,
            client_secret=configured.client_secret,
            token_endpoint_auth_method=_way_to_prove(configured, metadata),
            scope=" ".join(configured.scopes),
            redirect_uri=self._public_url + CALLBACK.format(provider=configured.id),
            code_challenge_method="S256",
            verify=provider.tls,
            timeout=PATIENCE,
        )

    async def _tokens(
        self, provider: Provider, metadata: Mapping[str, Any], code: str, trip: Trip
    ) -> Mapping[str, Any]:
        try:
            async with self._client(provider, metadata) as client:
                tokens: Mapping[str, Any] = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=trip.verifier,
                )
        except OAuthError as refused:
            why = f"the provider did not take the code: {str(refused)[:500]}"
            raise SignInFailed("the provider did not confirm the sign-in; sign in again", why=why) from refused
        except (httpx2.HTTPError, ValueError) as problem:
            raise provider.unavailable(f"its token endpoint: {problem or type(problem).__name__}") from problem
        return tokens

    async def _claims(
        self, provider: Provider, metadata: Mapping[str, Any], id_token: str, trip: Trip, access_token: str
    ) -> Mapping[str, Any]:
        expected = Expected(
            issuer=provider.configured.issuer,
            client_id=provider.configured.client_id,
            nonce=trip.nonce,
            access_token=access_token,
            algorithms=metadata.get("id_token_signing_alg_values_supported", ()),
            now=self._clock.now(),
        )
        try:
            return verified(id_token, await provider.keys(), expected)
        except UnknownKey:
            return verified(id_token, await provider.keys(anew=True), expected)

    async def _completed(
        self, provider: Provider, metadata: Mapping[str, Any], claims: Mapping[str, Any], access_token: str
    ) -> Mapping[str, Any]:
        """With what the userinfo endpoint adds, when a rule looks for a claim that the ID token does not hold."""
        endpoint = metadata.get("userinfo_endpoint")
        if not endpoint or all(values(claims, claim) for claim in wanted(provider.configured)):
            return claims
        more = await provider.get(endpoint, token=access_token)
        if more.get("sub") != claims["sub"]:
            raise SignInFailed(
                "the provider speaks of two people at once; ask its operator", why="userinfo has another subject"
            )
        return {**more, **claims}


def _way_to_prove(configured: IdentityProvider, metadata: Mapping[str, Any]) -> str:
    """How Gyre proves that it is the client: as the standard has it by default, or the other way the provider takes."""
    if configured.client_secret is None:
        return "none"
    taken = metadata.get("token_endpoint_auth_methods_supported")
    by_post = isinstance(taken, list) and "client_secret_basic" not in taken and "client_secret_post" in taken
    return "client_secret_post" if by_post else "client_secret_basic"


def _require_an_answer(answer: Mapping[str, str], metadata: Mapping[str, Any], configured: IdentityProvider) -> None:
    """A code, from the provider that was asked: one provider's answer must not be taken for another's (RFC 9207)."""
    said = answer.get("iss")
    if said != configured.issuer and (
        said is not None or metadata.get("authorization_response_iss_parameter_supported") is True
    ):
        raise SignInFailed("the answer came from another provider; sign in again", why="iss is another issuer")
    if "error" in answer:
        told = " ".join(filter(None, (answer["error"], answer.get("error_description"))))
        raise SignInFailed(f"{configured.label} did not let you in", why=f"the provider says: {told[:500]}")
    if not 0 < len(answer.get("code", "")) <= LONGEST_CODE:
        raise SignInFailed("the provider sent nothing to sign in with; sign in again", why="there is no code")
