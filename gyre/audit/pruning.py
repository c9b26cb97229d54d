"""Removes entries that are older than they are to be kept, from the beginning of each chain, under a signature.

The database lets go of nothing that no such signature covers; what is left of a chain is checked from there on.
"""

from datetime import datetime
from typing import Final

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from gyre.audit.checkpoints import Seal, sign
from gyre.audit.metrics import PRUNED
from models.asking import asking_the_database
from models.auditing import AuditCheckpoint, AuditEntry

AT_ONCE: Final = 500
"""Entries removed in one transaction: a database with a year of them must stay usable meanwhile."""

MOST_ROUNDS: Final = 200
"""Transactions of one look: 100,000 entries; the next look goes on."""


async def prune(seal: Seal, now: datetime, *, before: datetime) -> int:
    """Remove what is older; how many entries that were."""
    removed, stuck = 0, list[str]()
    for _ in range(MOST_ROUNDS):
        with asking_the_database():
            old = AuditEntry.filter(at__lt=before).filter(Q(chain__isnull=True) | ~Q(chain__in=stuck or [""]))
            oldest = await old.order_by("id").first()
            if oldest is None:
                break
            some = await _of(seal, now, oldest.chain, before) if oldest.chain else await _without_chain(before)
        if not some and oldest.chain:
            stuck.append(oldest.chain)
        removed += some
        PRUNED.inc(some)
    return removed


async def _without_chain(before: datetime) -> int:
    ids = (
        await AuditEntry.filter(at__lt=before, chain__isnull=True)
        .order_by("id")
        .limit(AT_ONCE)
        .values_list("id", flat=True)
    )
    return await AuditEntry.filter(id__in=list(ids)).delete()


async def _of(seal: Seal, now: datetime, chain: str, before: datetime) -> int:
    """Some entries of one chain, from its beginning up to the first that is to be kept."""
    some = await AuditEntry.filter(chain=chain).order_by("n").limit(AT_ONCE)
    going = []
    for entry in some:
        if entry.at >= before:
            break
        going.append(entry)
    if not going:  # a clock was set back: an older entry stands behind a newer one, and goes with it
        return 0
    last = going[-1]
    async with in_transaction() as transaction:
        await sign(seal, now, chain, int(last.n or 0), str(last.hash), prunes=True, using=transaction)
        gone = await AuditEntry.filter(chain=chain, n__lte=last.n).using_db(transaction).delete()
        await AuditCheckpoint.filter(chain=chain, n__lt=last.n).using_db(transaction).delete()
    return gone
