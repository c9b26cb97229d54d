"""LIST: pages of one consistent state, though objects change between the pages.

A page names the version it was begun at; what changed since is undone from the journal while reading on.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice

import orjson

from gyre.demo import refusals
from gyre.demo.journal import Held
from gyre.demo.resources import ResourceType
from gyre.demo.selectors import EVERYTHING, Selection
from gyre.demo.shelves import Collection
from gyre.demo.store import Store

TOKEN_FORM = "meta.k8s.io/v1"  # noqa: S105  # the form of a continue token, not a secret
FROM_NOW_ON = -1
NO_TOKEN = "invalid continue token: continue key is not valid"  # noqa: S105  # what is said of one
LIST_TOO_OLD = "The resourceVersion for the provided list is too old."
CONTINUE_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What a LIST asks for. `version` with `exact` means that very state."""

    namespace: str | None = None
    selection: Selection = EVERYTHING
    limit: int = 0
    token: str = ""
    version: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One page, and how to get the next."""

    held: list[Held]
    version: int
    token: str = ""
    remaining: int | None = None


def list_page(store: Store, resource: ResourceType, query: ListQuery) -> Listed:
    """One page of a kind."""
    if query.version > store.version:
        raise too_large(query.version, store.version)
    collection = store.collection(resource)
    version, after = store.version, ""
    if query.token:
        asked, after = read_token(query.token)
        version = store.version if asked == FROM_NOW_ON else asked
    elif query.exact:
        version = query.version
    state = _State(collection, query.namespace, _undone(collection, query, version, after))
    matches = query.selection.matcher(resource)
    found = (held for held in state.held(after) if matches is None or matches(held))
    if not query.limit:
        return Listed(list(found), version)
    page = list(islice(found, query.limit + 1))
    if len(page) <= query.limit:
        return Listed(page, version)
    del page[-1]
    remaining = None if query.selection else state.count(page[-1].key)
    return Listed(page, version, write_token(version, page[-1].key), remaining)


def too_large(asked: int, current: int) -> refusals.Refusal:
    """The version does not exist yet."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    return refusals.Refusal(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {asked}, current: {current}",
        details={"causes": causes, "retryAfterSeconds": 1},
    )


def _undone(collection: Collection, query: ListQuery, version: int, after: str) -> dict[str, Held | None]:
    """What changed after the version, as it was then."""
    try:
        newer = collection.journal.after(version)
    except refusals.Refusal as refusal:
        if not query.token:
            raise refusals.expired(LIST_TOO_OLD) from refusal
        raise refusals.expired(CONTINUE_TOO_OLD, continue_token=write_token(FROM_NOW_ON, after)) from refusal
    return {change.held.key: change.before for change in reversed(newer)}


@dataclass(frozen=True, slots=True)
class _State:
    """A collection as it was: as it is, but for what is undone."""

    collection: Collection
    namespace: str | None
    undone: dict[str, Held | None]

    def held(self, after: str) -> Iterator[Held]:
        """The objects behind a key, in order."""
        for key in merge(self.collection.keys(self.namespace, after), self._lost(after)):
            held = self.undone[key] if key in self.undone else self.collection.get(key)
            if held is not None:
                yield held

    def count(self, after: str) -> int:
        """How many objects there are behind a key."""
        made = sum(1 for key, held in self.undone.items() if held is None and self._there(key, after))
        return self.collection.count(self.namespace, after) - made + len(self._lost(after))

    def _lost(self, after: str) -> list[str]:
        return sorted(
            key
            for key, held in self.undone.items()
            if held is not None
            and key > after
            and self.collection.within(key, self.namespace)
            and self.collection.get(key) is None
        )

    def _there(self, key: str, after: str) -> bool:
        return key > after and self.collection.within(key, self.namespace) and self.collection.get(key) is not None


def write_token(version: int, last_key: str) -> str:
    """Where to go on: after the last key, at this version."""
    body = {"v": TOKEN_FORM, "rv": version, "start": last_key + "\0"}
    return base64.urlsafe_b64encode(orjson.dumps(body)).rstrip(b"=").decode()


def read_token(text: str) -> tuple[int, str]:
    """The version and the last key of a token; refused with 400 when it is none."""
    try:
        body = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        version, start = body["rv"], body["start"]
        well_formed = body["v"] == TOKEN_FORM and isinstance(version, int) and version and start.endswith("\0")
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise refusals.bad_request(f"{NO_TOKEN}: {problem}") from problem
    if not well_formed:
        raise refusals.bad_request(NO_TOKEN)
    return version, start[:-1]
