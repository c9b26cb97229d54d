"""Whether an ID token is what it says: signed by the provider, for Gyre, for this sign-in, now.

What its claims lead to is claims'.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from gyre.errors import SignInFailed

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures with a key that only the provider has: never `none`, and never a secret that both sides know."""
LEEWAY_SECONDS: Final = 60
LONGEST_HEADER_BYTES: Final = 16 * 1024
LONGEST_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token has to be."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str | None
    algorithms: Iterable[object]
    now: datetime


class UnknownKey(SignInFailed):
    """It names a key that is not among those the provider published, as far as is known here."""


def verified(token: str, keys: KeySet, expected: Expected) -> Mapping[str, Any]:
    """The claims of a token in which everything is right; else SignInFailed that says what is not."""
    said = {each for each in expected.algorithms if isinstance(each, str)}
    allowed = ALGORITHMS & said if said else ALGORITHMS
    if not allowed:
        raise _wrong("the provider signs by no algorithm that is safe")
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    registry.max_header_length = LONGEST_HEADER_BYTES
    try:
        decoded = jwt.decode(token, key=keys, registry=registry)
    except InvalidKeyIdError as unknown:
        raise UnknownKey(MESSAGE, why="it is signed with a key that the provider does not publish") from unknown
    except (JoseError, ValueError, TypeError, KeyError) as broken:
        raise _wrong(f"it is not signed as it should be: {broken}") from broken
    claims: dict[str, Any] = dict(decoded.claims)
    _require_ours(claims, expected)
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": expected.nonce},
    }
    about = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token}
    try:
        CodeIDToken(claims, decoded.header, options, about).validate(int(expected.now.timestamp()), LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError) as broken:
        raise _wrong(f"its claims are wrong: {broken}") from broken
    return claims


def _require_ours(claims: Mapping[str, Any], expected: Expected) -> None:
    """Issuer, audience and subject as exact values: a library's idea of them is its own."""
    if claims.get("iss") != expected.issuer:
        raise _wrong("it is from another issuer")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        raise _wrong("it is meant for somebody else than Gyre")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise _wrong("it was asked for by somebody else than Gyre")
    if len(audiences) > 1 and "azp" not in claims:
        raise _wrong("it is meant for several, and does not say that Gyre asked for it")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise _wrong("it has no subject that can be kept")


MESSAGE: Final = "what the provider sent back cannot be trusted; sign in again"


def _wrong(why: str) -> SignInFailed:
    return SignInFailed(MESSAGE, why=why)
