"""Signatures under a chain: whoever changes an entry, or cuts off the newest, contradicts one.

When they are made is keeping's; what holds them against the entries is verifying's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from tortoise.backends.base.client import BaseDBAsyncClient

from models.auditing import AuditCheckpoint

PURPOSE: Final = "gyre-audit-checkpoint"


class Seal(Protocol):
    """What signs and knows its own signatures again, for years: the vault."""

    def attest(self, claims: Mapping[str, object], *, purpose: str, at: datetime) -> str:
        """Claims, signed, for one purpose and without an end."""
        ...

    def attested(self, text: str, *, purpose: str) -> Mapping[str, Any] | None:
        """The claims of what was signed for this purpose; None for anything else."""
        ...

    def signer_of(self, text: str) -> str:
        """The id of the key that says to have signed it."""
        ...

    def attested_with_first(self, text: str) -> bool:
        """Whether the key that signs now says to have signed it."""
        ...

    def knows(self, key_id: str) -> bool:
        """Whether this key is there."""
        ...


async def sign(
    seal: Seal,
    at: datetime,
    chain: str,
    n: int,
    hash_: str,
    *,
    prunes: bool = False,
    using: BaseDBAsyncClient | None = None,
) -> AuditCheckpoint:
    """Sign that the chain's n-th entry has this hash; with `prunes` what is up to there may be removed."""
    claims = {"chain": chain, "n": n, "hash": hash_, "prunes": prunes}
    signature = seal.attest(claims, purpose=PURPOSE, at=at)
    return await AuditCheckpoint.create(
        using_db=using, chain=chain, n=n, hash=hash_, at=at, prunes=prunes, signature=signature
    )


def is_signed(seal: Seal, checkpoint: AuditCheckpoint) -> bool:
    """Whether the row says what was signed."""
    said = seal.attested(checkpoint.signature, purpose=PURPOSE) or {}
    shown = {"chain": checkpoint.chain, "n": checkpoint.n, "hash": checkpoint.hash, "prunes": checkpoint.prunes}
    return {name: said.get(name) for name in shown} == shown
