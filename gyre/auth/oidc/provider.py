"""One OpenID provider as it answers now: what it says of itself, and its keys.

What is asked of it for one person is signing_in's.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import orjson
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gyre.clock import Clock
from gyre.errors import BadSettings, ProviderUnavailable
from gyre.identity_providers import LOOPBACK, IdentityProvider

PATIENCE: Final = httpx2.Timeout(10, connect=5)
LARGEST_ANSWER_BYTES: Final = 512 * 1024
KEPT_SECONDS: Final = 3600.0
"""After so long the provider is asked anew, so that a key it took back is not believed for ever."""
KEYS_AT_MOST_EVERY_SECONDS: Final = 10.0
"""An unknown key makes Gyre ask for the keys again, not more often than this."""
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ENDPOINTS: Final = (*NEEDED, "userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    metadata: Mapping[str, Any]


class Provider:
    """Asks a provider about itself, and keeps what it said for an hour. What failed is not kept."""

    def __init__(self, configured: IdentityProvider, clock: Clock) -> None:
        self.configured = configured
        self.tls = _trusting(configured)
        self._clock = clock
        self._asking = asyncio.Lock()
        self._metadata: _Kept | None = None
        self._keys: KeySet | None = None
        self._keys_at = float("-inf")

    async def metadata(self) -> Mapping[str, Any]:
        """What its discovery document says, or ProviderUnavailable."""
        async with self._asking:
            kept = self._metadata
            if kept is None or self._clock.monotonic() - kept.at > KEPT_SECONDS:
                kept = _Kept(self._clock.monotonic(), await self._discovered())
                self._metadata, self._keys = kept, None
            return kept.metadata

    async def known_metadata(self) -> Mapping[str, Any]:
        """The same, or nothing when it does not answer: for what can do without."""
        try:
            return await self.metadata()
        except ProviderUnavailable:
            return {}

    async def keys(self, *, anew: bool = False) -> KeySet:
        """Its public keys; `anew` when one was not among them, which is heeded now and then only."""
        metadata = await self.metadata()
        async with self._asking:
            age = self._clock.monotonic() - self._keys_at
            if self._keys is None or (anew and age > KEYS_AT_MOST_EVERY_SECONDS):
                self._keys = self._key_set(await self.get(metadata["jwks_uri"]))
                self._keys_at = self._clock.monotonic()
            return self._keys

    async def get(self, url: str, *, token: str | None = None) -> dict[str, Any]:
        """A JSON object from one of its addresses, or ProviderUnavailable."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        try:
            async with (
                httpx2.AsyncClient(verify=self.tls, timeout=PATIENCE) as client,
                client.stream("GET", url, headers=headers) as answer,
            ):
                answer.raise_for_status()
                body = await _bounded(answer)
            found = orjson.loads(body)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as problem:
            raise self.unavailable(
                f"{url} did not answer as it should: {problem or type(problem).__name__}"
            ) from problem
        if not isinstance(found, dict):
            raise self.unavailable(f"{url} answered with something else than a JSON object")
        return found

    def unavailable(self, why: str) -> ProviderUnavailable:
        """The error that says so; `why` is for the log and the audit."""
        return ProviderUnavailable(
            f"{self.configured.label} cannot be asked who you are now; try again in a moment",
            details={"provider": self.configured.id},
            why=why,
        )

    async def _discovered(self) -> Mapping[str, Any]:
        issuer = self.configured.issuer
        found = await self.get(get_well_known_url(issuer, external=True))
        if found.get("issuer") != issuer:
            raise self.unavailable(
                f"it calls itself {str(found.get('issuer'))[:500]!r}; it is configured as {issuer!r}"
            )
        for name in ENDPOINTS:
            if name in found or name in NEEDED:
                self._require_safe(name, found.get(name))
        algorithms = found.get("id_token_signing_alg_values_supported", [])
        if not isinstance(algorithms, list):
            raise self.unavailable("its id_token_signing_alg_values_supported is not a list")
        metadata: Mapping[str, Any] = OpenIDProviderMetadata(found)
        return metadata

    def _key_set(self, found: Mapping[str, Any]) -> KeySet:
        """The public keys that may have signed something; shared secrets and keys for encrypting are none."""
        keys = found.get("keys")
        if not isinstance(keys, list):
            raise self.unavailable("its keys are not a list")
        usable = []
        for key in keys:
            if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig":
                try:
                    usable += KeySet.import_key_set({"keys": [key]}).keys
                except (JoseError, ValueError, TypeError, KeyError):
                    continue  # a curve or kind of key that is not known here signs nothing that is believed
        return KeySet(usable)

    def _require_safe(self, name: str, url: object) -> None:
        """An address of a provider is https; http only on the same loopback where the provider itself is."""
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
            host = parts.hostname
        except ValueError:
            parts, host = urlsplit(""), None
        local = self.configured.issuer.startswith("http://") and host in LOOPBACK
        if not host or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise self.unavailable(f"its {name} is {str(url)[:500]!r}, and should be an https address")


def _trusting(configured: IdentityProvider) -> ssl.SSLContext:
    """Trusts the authorities of the machine, or those of the provider's own file alone. Raises BadSettings."""
    try:
        return ssl.create_default_context(cafile=configured.ca_file)
    except OSError as problem:  # also what is no certificate
        why = problem.strerror or str(problem)
        raise BadSettings(
            f"GYRE_OIDC_PROVIDERS: provider {configured.id!r}: its caFile {configured.ca_file} cannot be used: {why}"
        ) from problem


async def _bounded(answer: httpx2.Response) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise ValueError(f"it is longer than {LARGEST_ANSWER_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)
