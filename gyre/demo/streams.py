"""WATCH: the changes of a kind as one client wants to see them, with bookmarks, until its time is up.

The ring they are read from is gyre.demo.journal's; how bytes reach the client is gyre.demo.api's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import orjson

from gyre.demo import refusals
from gyre.demo.journal import Change, ChangeType, Held
from gyre.demo.resources import ResourceType
from gyre.demo.selectors import EVERYTHING, Matcher, Selection
from gyre.demo.shelves import Collection, held_of
from gyre.demo.store import Store

BOOKMARK_SECONDS = 60.0
BEFORE_THE_END_SECONDS = 2.0  # the last bookmark comes this long before the watch ends
INITIAL_EVENTS_END = "k8s.io/initial-events-end"
Encode = Callable[[Held, bool], bytes]
"""An object in the client's form; True with the first of a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchQuery:
    """What a WATCH asks for. `after` None: first what is there, then what changes."""

    namespace: str | None = None
    selection: Selection = EVERYTHING
    after: int | None = None
    bookmarks: bool = False
    initial_events_end: bool = False
    seconds: float = 1800


class Stream:
    """One watch."""

    def __init__(
        self, store: Store, resource: ResourceType, query: WatchQuery, encode: Encode, closing: asyncio.Event
    ) -> None:
        self._store = store
        self._resource = resource
        self._query = query
        self._encode = encode
        self._closing = closing
        self._collection: Collection = store.collection(resource)
        self._matches: Matcher | None = query.selection.matcher(resource)
        self._first = True
        self._seen = query.after or 0

    async def lines(self) -> AsyncIterator[bytes]:
        """The events, one JSON object a line; several lines may come at once."""
        clock = self._store.clock
        end = clock.monotonic() + self._query.seconds
        initial = b"".join(self._initial())
        if initial:
            yield initial
        bookmark = self._next_bookmark(end)
        while not self._closing.is_set():
            try:
                changes = self._collection.journal.after(self._seen)
            except refusals.Refusal as refusal:
                yield _line("ERROR", orjson.dumps(refusal.status()))
                return
            self._seen = max(self._seen, self._store.version)
            told = b"".join(self._event(change) for change in changes)
            if told:
                yield told
            now = clock.monotonic()
            if now >= end:
                return
            if self._query.bookmarks and now >= bookmark:
                yield self._bookmark()
                bookmark = now + BOOKMARK_SECONDS
            if not self._collection.journal.newer_than(self._seen):
                until = min(end, bookmark) if self._query.bookmarks else end
                await self._collection.journal.wait(max(until - now, 0.01))

    def _next_bookmark(self, end: float) -> float:
        regular = self._store.clock.monotonic() + BOOKMARK_SECONDS
        return min(regular, max(end - BEFORE_THE_END_SECONDS, self._store.clock.monotonic()))

    def _initial(self) -> Iterator[bytes]:
        if self._query.after is None:
            for held in self._collection.range(self._query.namespace):
                if self._matches is None or self._matches(held):
                    yield self._told(ChangeType.ADDED, held)
            self._seen = self._store.version
        if self._query.initial_events_end:
            yield self._bookmark(annotations={INITIAL_EVENTS_END: "true"})

    def _event(self, change: Change) -> bytes:
        if not self._collection.within(change.held.key, self._query.namespace):
            return b""
        if self._matches is None:
            return self._told(change.type, change.held)
        fits = change.type is not ChangeType.DELETED and self._matches(change.held)
        fitted = change.before is not None and self._matches(change.before)
        if fits:
            return self._told(ChangeType.MODIFIED if fitted else ChangeType.ADDED, change.held)
        if fitted and change.before is not None:
            gone = change.held if change.type is ChangeType.DELETED else self._at(change.before, change.version)
            return self._told(ChangeType.DELETED, gone)
        return b""

    def _at(self, held: Held, version: int) -> Held:
        manifest = held.read()
        manifest["metadata"]["resourceVersion"] = str(version)
        return held_of(self._collection.resource, manifest, version)

    def _told(self, kind: ChangeType, held: Held) -> bytes:
        encoded = self._encode(held, self._first)
        self._first = False
        return _line(kind, encoded)

    def _bookmark(self, annotations: dict[str, str] | None = None) -> bytes:
        metadata: dict[str, object] = {"resourceVersion": str(self._seen), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        kind, api_version = self._resource.kind, self._resource.api_version
        return _line("BOOKMARK", orjson.dumps({"kind": kind, "apiVersion": api_version, "metadata": metadata}))


def _line(kind: str, encoded: bytes) -> bytes:
    return b'{"type":"' + kind.encode() + b'","object":' + encoded + b"}\n"
