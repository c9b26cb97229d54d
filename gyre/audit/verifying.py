"""Checks every chain: that no entry was changed, none is missing within, and none was cut off that a witness knows of.

Witnesses are the signed checkpoints, and the first entries of later processes, which name how far the others were.
What a key signed that is gone since keys were rotated is no witness; a later signature is one for all before it.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tortoise.functions import Min

from gyre.audit.checkpoints import Seal, is_signed
from gyre.audit.hashing import COVERED, NOTHING_BEFORE, hash_of
from gyre.audit.opened import START
from models.asking import asking_the_database
from models.auditing import AuditCheckpoint, AuditEntry

AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Where a chain stops being what it was: the first entry that shows it, or that is missing."""

    chain: str
    n: int
    entry_id: int | None
    why: str

    def __str__(self) -> str:
        entry = f"entry {self.entry_id}, " if self.entry_id else ""
        return f"{entry}number {self.n} of chain {self.chain}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a chain is: whoever keeps this elsewhere can prove later that nothing was cut off."""

    chain: str
    n: int
    hash: str


@dataclass(slots=True)
class Verified:
    """What was found: the first break of each chain that has one, in the order of entries."""

    entries: int = 0
    unchained: int = 0
    heads: list[Head] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


@dataclass(slots=True)
class _Witnesses:
    """What is known of a chain from elsewhere: hashes by number, and the number up to which entries may be gone."""

    hashes: dict[int, tuple[str, str]] = field(default_factory=dict)
    pruned_to: int = 0
    pruned_hash: str = NOTHING_BEFORE

    @property
    def farthest(self) -> int:
        return max(self.hashes, default=0)


async def verify(seal: Seal, expected: Mapping[str, tuple[int, str]] | None = None) -> Verified:
    """Check all chains. `expected` are heads that were kept elsewhere: numbers and hashes by chain."""
    found = Verified()
    with asking_the_database():
        witnesses = await _witnesses(seal, found)
        for chain, (n, hash_) in (expected or {}).items():
            witnesses[chain].hashes[n] = (hash_, "what was kept elsewhere")
        starts = (
            await AuditEntry.filter(chain__isnull=False)
            .annotate(begun=Min("id"))
            .group_by("chain")
            .values("chain", "begun")
        )
        begun = {str(row["chain"]): int(row["begun"]) for row in starts}
        for chain in sorted({*begun, *witnesses}, key=lambda each: begun.get(each, 0)):
            await _check(chain, witnesses[chain], found)
        found.unchained = await AuditEntry.filter(chain__isnull=True).count()
    found.broken.sort(key=lambda each: each.entry_id or 0)
    return found


async def _witnesses(seal: Seal, found: Verified) -> defaultdict[str, _Witnesses]:
    known: defaultdict[str, _Witnesses] = defaultdict(_Witnesses)
    not_signed: list[AuditCheckpoint] = []
    async for checkpoint in AuditCheckpoint.all().order_by("chain", "n"):
        if not is_signed(seal, checkpoint):
            not_signed.append(checkpoint)
            continue
        one = known[checkpoint.chain]
        one.hashes[checkpoint.n] = (checkpoint.hash, f"the checkpoint signed at {checkpoint.at:%Y-%m-%d %H:%M:%S}")
        if checkpoint.prunes and checkpoint.n > one.pruned_to:
            one.pruned_to, one.pruned_hash = checkpoint.n, checkpoint.hash
    for checkpoint in not_signed:
        if seal.knows(seal.signer_of(checkpoint.signature)) or checkpoint.n > known[checkpoint.chain].farthest:
            why = f"checkpoint {checkpoint.id} is not signed with a key of GYRE_SECRET_KEYS, or was changed"
            found.broken.append(Broken(chain=checkpoint.chain, n=checkpoint.n, entry_id=None, why=why))
    async for start in AuditEntry.filter(action=START, phase="noted", user_id="").order_by("id"):
        heads = start.details.get("heads")
        for head in heads if isinstance(heads, list) else ():
            known[str(head["chain"])].hashes.setdefault(
                int(head["n"]), (str(head["hash"]), f"entry {start.id}, a later start")
            )
    return known


async def _check(chain: str, witnesses: _Witnesses, found: Verified) -> None:
    """The entries behind what may be gone, one after another, until the first that is not as it was."""
    n, before, last_id = witnesses.pruned_to, witnesses.pruned_hash, 0
    async for entry in _entries(chain, after=n):
        why = _problem(entry, n, before, last_id, witnesses)
        if why:
            found.broken.append(Broken(chain=chain, n=n + 1, entry_id=int(entry.id), why=why))
            return
        n, before, last_id = n + 1, str(entry.hash), int(entry.id)
        found.entries += 1
    if n < witnesses.farthest:
        who = witnesses.hashes[witnesses.farthest][1]
        missing = f"it and all behind it are missing: {who} knows of entries up to number {witnesses.farthest}"
        found.broken.append(Broken(chain=chain, n=n + 1, entry_id=None, why=missing))
        return
    if n > witnesses.pruned_to:
        found.heads.append(Head(chain=chain, n=n, hash=before))


def _problem(entry: AuditEntry, n: int, before: str, last_id: int, witnesses: _Witnesses) -> str:
    """What is wrong with the entry that is read behind the n-th; empty when nothing is."""
    number = int(entry.n or 0)
    if number > n + 1:
        return f"what stood before it is missing, from number {n + 1} to {number - 1}"
    if number <= n or int(entry.id) <= last_id:
        return "it does not stand where it stood"
    if hash_of(before, {name: getattr(entry, name) for name in COVERED}) != entry.hash:
        return "it is not what was written, or what stood before it was"
    known = witnesses.hashes.get(number)
    return f"{known[1]} says otherwise of it" if known and known[0] != entry.hash else ""


async def _entries(chain: str, *, after: int) -> AsyncIterator[AuditEntry]:
    while True:
        some = await AuditEntry.filter(chain=chain, n__gt=after).order_by("n", "id").limit(AT_ONCE)
        for entry in some:
            yield entry
        if len(some) < AT_ONCE:
            return
        after = int(some[-1].n or 0)
