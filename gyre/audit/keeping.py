"""The audit of a process that serves: it tells its start and end, writes what nobody waits for, signs and prunes.

How entries hang together is ledger's and hashing's.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from gyre.audit.checkpoints import Seal, sign
from gyre.audit.entries import Deed, noted, noted_soon
from gyre.audit.ledger import Ledger, ledger
from gyre.audit.opened import left_open, told
from gyre.audit.pruning import prune
from gyre.clock import Clock
from gyre.errors import Unavailable
from gyre.events.tasks import owned_tasks
from gyre.terms.requests import RequestFacts
from models.asking import asking_the_database

LOOK_SECONDS: Final = 3600.0
"""How often a chain that grew is signed, and entries that are too old are looked for."""

AGAIN_SECONDS: Final = 1.0
"""Until the writer tries again when the database is away."""

HERSELF: Final = RequestFacts()

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_audit(seal: Seal, clock: Clock, *, days: int) -> AsyncIterator[None]:
    """Keep this process's chain while inside; entries older than `days` are removed, unless that is 0."""
    kept = ledger()
    if kept is None:
        raise Unavailable("Gyre's database is not open")
    await _tell_start(clock)
    kept.is_kept = True
    async with owned_tasks() as tasks:
        tasks.start(_write(kept, clock), name="write the audit's queue")
        tasks.start(_keep(kept, seal, clock, days), name="sign and prune the audit")
        try:
            yield
        finally:
            kept.is_kept = False
            with suppress(Unavailable):  # not cut short: a transaction that is cancelled leaves its connection broken
                await kept.write_waiting()
                _tell_lost(kept, clock)
                await kept.write_waiting()
                await noted(_own("stop"), clock=clock)
                await _sign(kept, seal, clock)


async def _tell_start(clock: Clock) -> None:
    """The first entry: what other chains are at, so that none can be cut off, and what was left open."""
    found = await left_open()
    for each in found.deeds:
        log.warning(
            "it is not known how this ended: it was meant, and the process stopped before it said more",
            extra=told(each),
        )
    if found.total > len(found.deeds):
        log.warning(
            "more than that did not end: the next start names more of them, and the audit lists all as open",
            extra={"named": len(found.deeds), "total": found.total},
        )
    await noted(_own("start", **found.details()), clock=clock)


async def _write(kept: Ledger, clock: Clock) -> None:
    """Write what is put into the queue, for as long as the process lives; what was lost is told in one entry."""
    while True:
        await kept.told.wait()
        try:
            await kept.write_waiting()
            _tell_lost(kept, clock)
        except Unavailable as away:
            log.warning("the audit's queue cannot be written: %s", away.__cause__ or away)
            await clock.sleep(AGAIN_SECONDS)


def _tell_lost(kept: Ledger, clock: Clock) -> None:
    """The queue was written, so that there is room in it for one more: it waits there until it is written, once."""
    lost, kept.lost = kept.lost, 0
    if lost:
        log.warning("refusals came faster than they could be recorded", extra={"lost": lost})
        noted_soon(_own("refusals-lost", lost=lost), clock=clock, reason="more came than could be recorded")


async def _keep(kept: Ledger, seal: Seal, clock: Clock, days: int) -> None:
    while True:
        with suppress(Unavailable):  # said by the writer; the next round comes
            await _sign(kept, seal, clock)
            if days:
                await prune(seal, clock.now(), before=clock.now() - timedelta(days=days))
        await clock.sleep(LOOK_SECONDS)


async def _sign(kept: Ledger, seal: Seal, clock: Clock) -> None:
    """Sign how far the chain is, once for each length."""
    chain, n, hash_ = kept.chain, kept.n, kept.hash
    if n == kept.signed:
        return
    with asking_the_database():
        await sign(seal, clock.now(), chain, n, hash_)
    kept.signed = n


def _own(action: str, **details: object) -> Deed:
    return Deed(action=action, who=None, claimed="gyre", facts=HERSELF, details=details)
