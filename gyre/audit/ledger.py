"""One process's chain of entries in the open database: what is told is written one behind the other, many at once.

What is worth an entry is entries'; the tasks that write what nobody waits for, and sign, are keeping's.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import uuid4
from weakref import WeakKeyDictionary

from tortoise.context import TortoiseContext, get_current_context
from tortoise.transactions import in_transaction

from gyre.audit.hashing import NOTHING_BEFORE, hash_of
from gyre.audit.metrics import ENTRIES, LOST, WAITING
from models.asking import asking_the_database
from models.auditing import AuditEntry

Content = Mapping[str, object]

AT_ONCE: Final = 100
"""Entries of one transaction: what comes together is written together, and nobody waits long for the others."""

MOST_WAITING: Final = 2_000
"""Refusals and notes that wait for the writer: some seconds of a flood. What comes on top is counted, not kept."""


@dataclass(slots=True, eq=False)
class _Entry:
    content: Content
    id: int = 0
    hash: str = ""


class Ledger:
    """Writes one chain. Entries that someone waits for go before those in the queue."""

    def __init__(self) -> None:
        self.chain = str(uuid4())
        self.n = 0
        self.hash = NOTHING_BEFORE
        self.lost = 0  # and not told of yet
        self.signed = 0
        self.is_kept = False
        self.told = asyncio.Event()
        self._awaited: list[_Entry] = []
        self._queue: deque[_Entry] = deque()
        self._writing = asyncio.Lock()
        self._unsure: list[_Entry] = []

    async def add(self, content: Content) -> int:
        """Write an entry and return its number in the database; Unavailable when that cannot be."""
        entry = _Entry(content)
        self._awaited.append(entry)
        try:
            async with self._writing:
                while not entry.id:
                    await self._write(self._awaited[:AT_ONCE])
        finally:
            if not entry.id:
                self._awaited.remove(entry)
        return entry.id

    def put(self, content: Content) -> bool:
        """Have an entry written soon, or count it as lost when too many wait."""
        if len(self._queue) >= MOST_WAITING:
            self.lost += 1
            LOST.inc()
            return False
        self._queue.append(_Entry(content))
        WAITING.set(len(self._queue))
        self.told.set()
        return True

    async def write_waiting(self) -> None:
        """Write what waits in the queue; Unavailable when that cannot be, and it waits on."""
        async with self._writing:
            while self._queue:
                some = list(islice(self._queue, AT_ONCE))
                await self._write(some)
                for _ in some:
                    self._queue.popleft()
                WAITING.set(len(self._queue))
        self.told.clear()

    async def _write(self, entries: list[_Entry]) -> None:
        """All of them or none. When it is not known which, the database is asked before anything else is written."""
        await self._be_sure()
        rows = self._linked([entry for entry in entries if not entry.id])
        if not rows:
            return
        self._unsure = [entry for entry, _ in rows]
        with asking_the_database():
            async with in_transaction() as transaction:
                for _, row in rows:
                    await row.save(using_db=transaction, force_create=True)
        self._unsure = []
        for entry, row in rows:
            self._wrote(entry, row)

    def _linked(self, entries: Iterable[_Entry]) -> list[tuple[_Entry, AuditEntry]]:
        rows, before = [], self.hash
        for n, entry in enumerate(entries, self.n + 1):
            content = {**entry.content, "chain": self.chain, "n": n}
            before = entry.hash = hash_of(before, content)
            rows.append((entry, AuditEntry(**content, hash=entry.hash)))
        return rows

    async def _be_sure(self) -> None:
        if not self._unsure:
            return
        with asking_the_database():
            found = await AuditEntry.filter(chain=self.chain, n__gt=self.n).order_by("n")
        entries, self._unsure = {entry.hash: entry for entry in self._unsure}, []
        for row in found:
            self._wrote(entries[str(row.hash)], row)

    def _wrote(self, entry: _Entry, row: AuditEntry) -> None:
        entry.id, self.n, self.hash = int(row.id), int(row.n or 0), str(row.hash)
        if entry in self._awaited:
            self._awaited.remove(entry)
        ENTRIES.labels(phase=row.phase.value).inc()


_ledgers: WeakKeyDictionary[TortoiseContext, Ledger] = WeakKeyDictionary()


def ledger() -> Ledger | None:
    """The chain of this process in the database that is open, begun with its first entry; None when none is open."""
    context = get_current_context()
    if context is None:
        return None
    if context not in _ledgers:
        _ledgers[context] = Ledger()
    return _ledgers[context]
