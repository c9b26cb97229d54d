"""The four kinds of audit entry, each one awaited INSERT.

What is worth an entry is known by who calls; reading them back is for later.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from gyre.clock import Clock
from gyre.errors import GyreError
from gyre.terms.naming import Ref
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts
from models.asking import asking_the_database, storable
from models.auditing import AuditEntry, Phase

LONGEST_REASON = 4096


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


async def intent(deed: Deed, *, clock: Clock) -> int:
    """Recorded before a cluster or a user is changed; when it cannot be, Unavailable keeps the write from happening."""
    return await _add(deed, Phase.INTENT, clock)


async def outcome(of_intent: int, deed: Deed, *, clock: Clock, succeeded: bool, reason: str = "") -> None:
    """How the deed with this intent ended, in the cluster's own words."""
    await _add(deed, Phase.OUTCOME, clock, of_intent=of_intent, succeeded=succeeded, reason=reason)


@asynccontextmanager
async def recorded(deed: Deed, *, clock: Clock) -> AsyncIterator[dict[str, object]]:
    """What happens inside has its intent before and its outcome after, also when it fails.

    What is put into the mapping is known only then, and stands in the outcome.
    """
    number, found = await intent(deed, clock=clock), dict[str, object]()
    try:
        yield found
    except BaseException as failed:
        reason = failed.message if isinstance(failed, GyreError) else type(failed).__name__
        await outcome(number, deed, clock=clock, succeeded=False, reason=reason)
        raise
    await outcome(number, replace(deed, details={**deed.details, **found}), clock=clock, succeeded=True)


async def refused(deed: Deed, *, clock: Clock, reason: str) -> None:
    """What was not allowed, with the true reason, also where the caller was told "not found"."""
    await _add(deed, Phase.REFUSED, clock, succeeded=False, reason=reason)


async def noted(deed: Deed, *, clock: Clock, reason: str = "") -> None:
    """What happened and changed no cluster: a sign-in, a look at a log."""
    await _add(deed, Phase.NOTED, clock, succeeded=True, reason=reason)


async def _add(
    deed: Deed,
    phase: Phase,
    clock: Clock,
    *,
    of_intent: int | None = None,
    succeeded: bool | None = None,
    reason: str = "",
) -> int:
    who, on = deed.who, deed.on
    with asking_the_database():
        entry = await AuditEntry.create(
            at=clock.now(),
            phase=phase,
            intent_id=of_intent,
            user_id=who.user_id if who else "",
            username=storable(who.username if who else deed.claimed, 64),
            address=storable(deed.facts.address, 64),
            request_id=storable(deed.facts.request_id, 64),
            action=deed.action,
            cluster=storable(on.cluster, 253) if on else "",
            kind=storable(str(on.kind), 253) if on else "",
            namespace=storable(on.namespace, 253) if on else "",
            name=storable(on.name, 253) if on else "",
            succeeded=succeeded,
            reason=storable(reason, LONGEST_REASON),
            details={name: _storable_value(value) for name, value in deed.details.items()},
        )
    return int(entry.id)


def _storable_value(value: object) -> object:
    """JSON as both databases keep it: PostgreSQL's takes neither NUL nor half a character."""
    if isinstance(value, str):
        return storable(value, LONGEST_REASON)
    if isinstance(value, Mapping):
        return {storable(str(name), 253): _storable_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_value(each) for each in value]
    return value
