"""An OpenID provider on loopback: authlib's server side behind Starlette, with the code flow, PKCE, and signing out.

It checks what a provider checks (client, redirect address, PKCE, codes used once), and lies where a test tells it to.
"""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from joserfc.util import to_bytes, urlsafe_b64encode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.serving import serving

CLIENT, SECRET = "gyre", "a secret between the two of us"
Claims = dict[str, Any]


@dataclass(slots=True)
class Person:
    """Somebody with an account at the provider. What is in `userinfo` is left out of their ID token."""

    sub: str
    claims: Claims = field(default_factory=dict)
    userinfo: Claims = field(default_factory=dict)

    def get_user_id(self) -> str:
        return self.sub


@dataclass(slots=True)
class Lies:
    """What the provider does wrong: claims it sets otherwise (None: leaves out), and more."""

    claims: Claims = field(default_factory=dict)
    header: Claims = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = None
    metadata: Claims = field(default_factory=dict)
    issuer_in_answer: str | None = None
    userinfo: Claims = field(default_factory=dict)
    no_id_token: bool = False


@dataclass(slots=True)
class _Client:
    """Gyre, as it is registered."""

    redirect_uris: list[str]
    ways: tuple[str, ...]

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002  # as authlib calls it
        return method in self.ways

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(slots=True)
class _Code:
    """One that was given out."""

    code: str
    person: Person
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class OpenIdProvider:
    """The provider's state. `at_the_browser` is who has a session there: they consent at once; None refuses."""

    def __init__(self, redirect_uri: str) -> None:
        self.issuer = ""
        self.client = _Client([redirect_uri], ("client_secret_basic",))
        self.at_the_browser: Person | None = None
        self.lies = Lies()
        self.keys = [RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})]
        self.codes: dict[str, _Code] = {}
        self.access_tokens: dict[str, Person] = {}
        self.asked: list[str] = []
        self.authorizations: list[Mapping[str, str]] = []
        self.farewells: list[Mapping[str, str]] = []
        self.away = False
        self._server = _Server(self)

    def rotate(self, kid: str) -> None:
        """Sign with another key from now on, and publish only that one."""
        self.keys = [RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})]

    def app(self) -> Starlette:
        """Its endpoints."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo),
                Route("/logout", self._logout),
            ]
        )

    async def _metadata(self, _: Request) -> Response:
        self.asked.append("metadata")
        if self.away:
            return Response("down for repairs", 503)
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": list(self.client.ways),
        }
        merged = told | self.lies.metadata
        return JSONResponse({name: value for name, value in merged.items() if value is not None})

    async def _keys(self, _: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})

    async def _authorize(self, request: Request) -> Response:
        self.authorizations.append(dict(request.query_params))
        asked = _asked(request, {})
        grant = self._server.get_consent_grant(asked, end_user=self.at_the_browser)
        answer: Response = self._server.create_authorization_response(asked, self.at_the_browser, grant=grant)
        if self.lies.issuer_in_answer is not None:
            answer.headers["location"] += f"&iss={self.lies.issuer_in_answer}"
        return answer

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        answer: Response = self._server.create_token_response(_asked(request, dict(await request.form())))
        return answer

    async def _userinfo(self, request: Request) -> Response:
        self.asked.append("userinfo")
        person = self.access_tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if person is None:
            return Response(status_code=401)
        return JSONResponse({"sub": person.sub, **person.claims, **person.userinfo, **self.lies.userinfo})

    async def _logout(self, request: Request) -> Response:
        """End the session there, for who shows a token of it."""
        told = dict(request.query_params)
        keys = KeySet([*self.keys])
        hint = jwt.decode(told["id_token_hint"], keys, algorithms=["RS256"])
        self.farewells.append({**told, "sub": hint.claims["sub"]})
        self.at_the_browser = None
        return RedirectResponse(told["post_logout_redirect_uri"], 303)


class _Asked(OAuth2Request):  # type: ignore[misc]  # authlib ships no types
    """A request as authlib reads it."""

    def __init__(self, request: Request, form: dict[str, Any]) -> None:
        super().__init__(request.method, str(request.url), headers=request.headers)
        self._args, self._form = dict(request.query_params), form
        self.payload = _Payload(self._args | form)

    @property
    def args(self) -> dict[str, Any]:
        return self._args

    @property
    def form(self) -> dict[str, Any]:
        return self._form


class _Payload(OAuth2Payload):  # type: ignore[misc]  # authlib ships no types
    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    @property
    def data(self) -> dict[str, Any]:
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[Any]]:
        return defaultdict(list, {name: [value] for name, value in self._data.items()})


def _asked(request: Request, form: dict[str, Any]) -> _Asked:
    return _Asked(request, form)


class _Server(AuthorizationServer):  # type: ignore[misc]  # authlib ships no types
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__()
        self.provider = provider
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: f"access-{time.monotonic_ns()}"))
        self.register_grant(_CodeGrant, [CodeChallenge(required=True), _IdToken(provider)])

    def query_client(self, client_id: str) -> _Client | None:
        return self.provider.client if client_id == CLIENT else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        self.provider.access_tokens[token["access_token"]] = request.user

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        return JSONResponse(body, status, dict(headers)) if body else Response(None, status, dict(headers))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


class _CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # authlib ships no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        data = request.payload.data
        self.server.provider.codes[code] = _Code(
            code=code,
            person=request.user,
            redirect_uri=data["redirect_uri"],
            scope=data["scope"],
            nonce=data.get("nonce"),
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: _Client) -> _Code | None:  # noqa: ARG002  # as authlib calls it
        return self.server.provider.codes.get(code)  # type: ignore[no-any-return]  # authlib ships no types

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        del self.server.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: _Code) -> Person:
        return authorization_code.person


class _IdToken(OpenIDCode):  # type: ignore[misc]  # authlib ships no types
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:  # noqa: ARG002  # as authlib calls it
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def process_token(self, grant: Any, response: Any) -> Any:
        return response[1] if self.provider.lies.no_id_token else super().process_token(grant, response)

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:  # noqa: ARG002  # as authlib calls it
        """As authlib does it, with the lies in it."""
        person, lies, now = request.user, self.provider.lies, int(time.time())
        claims = {
            "iss": self.provider.issuer,
            "aud": CLIENT,
            "sub": person.sub,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": request.authorization_code.nonce,
            **{name: value for name, value in person.claims.items() if name not in person.userinfo},
            **lies.claims,
        }
        key = lies.key or self.provider.keys[0]
        header = {"alg": lies.algorithm, "kid": getattr(key, "kid", None) or "k1"} | lies.header
        told = {name: value for name, value in claims.items() if value is not None}
        if lies.algorithm == "none":
            return ".".join((*(urlsafe_b64encode(to_bytes(dumps(each))).decode() for each in (header, told)), ""))
        registry = JWSRegistry({"x": HeaderParameter("anything", "int")}, algorithms=[lies.algorithm])
        return str(jwt.encode(header, told, key, registry=registry))


@asynccontextmanager
async def open_provider(redirect_uri: str) -> AsyncIterator[OpenIdProvider]:
    """Serve a provider at which Gyre is registered with this address."""
    provider = OpenIdProvider(redirect_uri)
    async with serving(provider.app(), lifespan="off") as address:
        provider.issuer = f"http://{address}"
        yield provider
