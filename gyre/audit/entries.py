"""What is told to the audit: what was meant and how it ended, what was refused, what was looked at.

What is worth an entry is known by who calls; how entries are kept is ledger's, how they are read reading's.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from gyre.audit.differences import Difference
from gyre.audit.lately import seen_this_hour
from gyre.audit.ledger import Content, ledger
from gyre.clock import Clock
from gyre.errors import GyreError, Unavailable
from gyre.terms.naming import Ref
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts
from models.asking import storable
from models.auditing import Phase

LONGEST_REASON = 4096
MOST_EXACT: Final = 2**53
"""Whole numbers up to here are the same in every JSON; larger ones, and broken ones, are kept as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What someone is about to do, did, or was refused. `who` is None for nobody signed in, or Gyre itself.

    `claimed` is the name an unknown caller gave. Nothing secret belongs into `details`.
    """

    action: str
    who: Principal | None
    facts: RequestFacts
    on: Ref | None = None
    claimed: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


class Found(dict[str, object]):
    """What is known of a deed only once it is done: details, and what it changed."""

    changes: list[Difference] | None = None


async def intent(deed: Deed, *, clock: Clock) -> int:
    """Recorded before a cluster or a user is changed; when it cannot be, Unavailable keeps the write from happening."""
    return await _add(_content(deed, Phase.INTENT, clock.now()))


async def outcome(
    of_intent: int,
    deed: Deed,
    *,
    clock: Clock,
    succeeded: bool,
    reason: str = "",
    changes: list[Difference] | None = None,
) -> None:
    """How the deed with this intent ended, in the cluster's own words, and what it changed."""
    content = _content(deed, Phase.OUTCOME, clock.now(), succeeded=succeeded, reason=reason)
    await _add({**content, "intent_id": of_intent, "changes": _storable_value(changes)})


@asynccontextmanager
async def recorded(deed: Deed, *, clock: Clock) -> AsyncIterator[Found]:
    """What happens inside has its intent before and its outcome after, also when it fails.

    What is put into the mapping, and its `changes`, are known only then, and stand in the outcome.
    """
    number, found = await intent(deed, clock=clock), Found()
    try:
        yield found
    except BaseException as failed:
        reason = failed.message if isinstance(failed, GyreError) else type(failed).__name__
        if isinstance(failed, GyreError):
            failed.in_audit = True
        await outcome(number, deed, clock=clock, succeeded=False, reason=reason)
        raise
    done = replace(deed, details={**deed.details, **found})
    await outcome(number, done, clock=clock, succeeded=True, changes=found.changes)


async def refused(deed: Deed, *, clock: Clock, reason: str, told: GyreError | None = None) -> None:
    """What was not allowed, with the true reason, also where the caller was told "not found" (`told`)."""
    content = _content(deed, Phase.REFUSED, clock.now(), succeeded=False, reason=reason)
    if told is not None:
        told.in_audit = True
    await _queued(content)


def refused_soon(deed: Deed, *, reason: str, told: GyreError | None = None) -> None:
    """The same, from where nothing can be awaited and no clock is at hand."""
    if told is not None:
        told.in_audit = True
    _put(_content(deed, Phase.REFUSED, datetime.now(UTC), succeeded=False, reason=reason))


async def noted(deed: Deed, *, clock: Clock, reason: str = "", changes: list[Difference] | None = None) -> None:
    """What happened and changed no cluster: a sign-in, a look at what is secret. It waits until it is kept."""
    content = _content(deed, Phase.NOTED, clock.now(), succeeded=True, reason=reason)
    await _add({**content, "changes": _storable_value(changes)})


def noted_soon(deed: Deed, *, clock: Clock, reason: str = "") -> None:
    """The same, from where nobody waits for it."""
    _put(_content(deed, Phase.NOTED, clock.now(), succeeded=True, reason=reason))


def noted_hourly(deed: Deed, *, clock: Clock, of: str) -> None:
    """What happens all the time: one entry an hour for each action, `of` (a token, a list) and address."""
    key = (deed.action, deed.who.user_id if deed.who else deed.claimed, of, deed.facts.address)
    if not seen_this_hour(key, clock.monotonic()):
        noted_soon(deed, clock=clock)


async def settled() -> None:
    """Everything that was put into the queue before is written."""
    kept = ledger()
    if kept is not None:
        await kept.write_waiting()


async def _add(content: Content) -> int:
    kept = ledger()
    if kept is None:
        raise Unavailable("Gyre's database is not open")
    return await kept.add(content)


async def _queued(content: Content) -> None:
    kept = ledger()
    if kept is not None and kept.put(content) and not kept.is_kept:
        await kept.write_waiting()  # a command line has no task that writes


def _put(content: Content) -> None:
    kept = ledger()
    if kept is not None:
        kept.put(content)


def _content(
    deed: Deed, phase: Phase, at: datetime, *, succeeded: bool | None = None, reason: str = ""
) -> dict[str, object]:
    """All of an entry but its place in the chain, as both databases can keep it."""
    who, on = deed.who, deed.on
    return {
        "at": at,
        "phase": phase,
        "intent_id": None,
        "user_id": who.user_id if who else "",
        "username": storable(who.username if who else deed.claimed, 64),
        "address": storable(deed.facts.address, 64),
        "request_id": storable(deed.facts.request_id, 64),
        "action": storable(deed.action, 64),
        "cluster": storable(on.cluster, 253) if on else "",
        "kind": storable(str(on.kind), 253) if on else "",
        "namespace": storable(on.namespace, 253) if on else "",
        "name": storable(on.name, 253) if on else "",
        "succeeded": succeeded,
        "reason": storable(reason, LONGEST_REASON),
        "details": _storable_value({**deed.details, **_by_token(who)}),
        "changes": None,
    }


def _by_token(who: Principal | None) -> dict[str, object]:
    """With which API token it was done, when it was with one."""
    return {"tokenId": who.token_id} if who and who.token_id else {}


def _storable_value(value: object) -> object:
    """JSON as both databases keep it and give it back: PostgreSQL's takes neither NUL nor half a character."""
    if isinstance(value, str):
        return storable(value, LONGEST_REASON)
    if isinstance(value, Mapping):
        return {storable(str(name), 253): _storable_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_value(each) for each in value]
    if isinstance(value, bool) or value is None or (isinstance(value, int) and abs(value) <= MOST_EXACT):
        return value
    return storable(str(value), LONGEST_REASON)
