"""Signing and encrypting with keys derived from the ordered list of secret keys.

The first key signs and encrypts, all verify and decrypt. Where the list comes from is keyfile's matter.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gyre.settings import SecretKey

ISSUER = "gyre"
NONCE_BYTES = 12
FORMAT = b"\x01"
"""First byte of what `encrypt` gives, so that another form can be told apart one day."""


class Untrusted(Exception):
    """A token was not signed by us, not for this purpose, or is out of date; the message says which."""


class Undecipherable(Exception):
    """What is stored was encrypted with a key we do not have, for another place, or was changed."""


@dataclass(frozen=True, slots=True)
class _Derived:
    signing: Ed25519PrivateKey
    sealing: AESGCM
    digesting: bytes


class Vault:
    """Holds the derived keys; it never shows them."""

    def __init__(self, keys: Sequence[SecretKey]) -> None:
        if not keys:
            raise ValueError("a vault needs at least one key")
        self._first = keys[0].id
        self._keys = {key.id: _derive(key) for key in keys}

    def sign(self, claims: Mapping[str, object], *, audience: str, issued: datetime, expires: datetime) -> str:
        """A JWT that holds the claims, for one purpose (the audience), until it expires."""
        return self._encoded({**claims, "exp": int(expires.timestamp())}, audience, issued)

    def verify(self, token: str, *, audience: str, now: datetime) -> dict[str, Any]:
        """The claims of a JWT that `sign` made for this purpose; else Untrusted."""
        claims = self._signed(token, audience=audience, required=["exp", "iat", "aud", "iss"])
        if not isinstance(claims["exp"], int) or claims["exp"] <= now.timestamp():
            raise Untrusted("it has expired")
        return claims

    def attest(self, claims: Mapping[str, object], *, purpose: str, at: datetime) -> str:
        """Claims signed for one purpose, without an end: what was, stays so for as long as its key is kept."""
        return self._encoded(claims, purpose, at)

    def attested(self, text: str, *, purpose: str) -> dict[str, Any] | None:
        """The claims of what `attest` signed for this purpose; None for anything else."""
        try:
            return self._signed(text, audience=purpose, required=["iat", "aud", "iss"])
        except Untrusted:
            return None

    def signer_of(self, text: str) -> str:
        """The id of the key that says to have signed it; empty for what is no such text."""
        try:
            return str(jwt.get_unverified_header(text).get("kid", ""))
        except jwt.InvalidTokenError:
            return ""

    def attested_with_first(self, text: str) -> bool:
        """Whether the first key says to have signed it."""
        return self.signer_of(text) == self._first

    def knows(self, key_id: str) -> bool:
        """Whether this key is one of ours."""
        return key_id in self._keys

    def encrypt(self, plain: bytes, *, bound_to: str) -> bytes:
        """Sealed bytes that open only with the same `bound_to`: table, column and id of the row that keeps them."""
        key_id = self._first.encode()
        head = FORMAT + bytes([len(key_id)]) + key_id
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self._first].sealing.encrypt(nonce, plain, head + bound_to.encode())
        return head + nonce + sealed

    def decrypt(self, sealed: bytes, *, bound_to: str) -> bytes:
        """What `encrypt` was given; else Undecipherable."""
        if len(sealed) < len(FORMAT) + 1 or sealed[:1] != FORMAT:
            raise Undecipherable("it is not something Gyre encrypted")
        end = 2 + sealed[1]
        head, nonce, rest = sealed[:end], sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :]
        key = self._keys.get(head[2:].decode("ascii", "replace"))
        if key is None or len(nonce) < NONCE_BYTES:
            raise Undecipherable("it was encrypted with a key that GYRE_SECRET_KEYS does not hold")
        try:
            return key.sealing.decrypt(nonce, rest, head + bound_to.encode())
        except InvalidTag as changed:
            raise Undecipherable("it was changed, or belongs to another place") from changed

    def digest(self, content: bytes, *, purpose: str) -> str:
        """What tells equal contents, and tells nothing of them to who has no key. Another first key, another digest."""
        key = self._keys[self._first].digesting
        return hmac.new(key, purpose.encode() + b"\0" + content, hashlib.sha256).hexdigest()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys, the first one first."""
        return tuple(self._keys)

    def _encoded(self, claims: Mapping[str, object], audience: str, issued: datetime) -> str:
        whole = {**claims, "iss": ISSUER, "aud": audience, "iat": int(issued.timestamp())}
        signing = self._keys[self._first].signing
        return jwt.encode(whole, signing, algorithm="EdDSA", headers={"kid": self._first})

    def _signed(self, token: str, *, audience: str, required: list[str]) -> dict[str, Any]:
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            if key_id not in self._keys:
                raise Untrusted("it was signed with a key that is not ours")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys[key_id].signing.public_key(),
                algorithms=["EdDSA"],
                audience=audience,
                issuer=ISSUER,
                options={"require": required, "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as broken:
            raise Untrusted(str(broken)) from broken
        return claims

    def encrypted_with_first(self, sealed: bytes) -> bool:
        """Whether the first key encrypted it; what others did is due to be encrypted anew."""
        return key_of(sealed) == self._first


def key_of(sealed: bytes) -> str:
    """The id of the key that encrypted it; empty for what is not from here."""
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace") if len(sealed) > 1 else ""


def _derive(key: SecretKey) -> _Derived:
    def sub_key(purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"gyre {purpose} v1".encode()).derive(key.material)

    return _Derived(
        signing=Ed25519PrivateKey.from_private_bytes(sub_key("sign ed25519")),
        sealing=AESGCM(sub_key("encrypt aes-256-gcm")),
        digesting=sub_key("digest hmac-sha256"),
    )
