"""What can be done to one object: reconcile, suspend, resume.

Whether one may is asked, and what is written is done, by gyre.operations.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gyre.errors import Invalid
from gyre.fleet.hiding import shown
from gyre.operations import reconciling, suspending
from gyre.operations.acting import Acted, Actor, Desk
from gyre.operations.reconciling import Manner
from resolvers.context import Context
from resolvers.targets import Target, ref_of

LONGEST_REASON = 1_000
"""Characters: it is a note on the object, not a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """How long and why; `until` is RFC 3339 text as the client wrote it."""

    reason: str = ""
    until: str | None = None


NO_REASON = Suspension()


async def reconcile(context: Context, target: Target, manner: Manner) -> Acted:
    """Ask for a reconcile of an object now."""
    actor = _actor(context)
    return _shown(context, await reconciling.reconcile(_desk(context), actor, ref_of(context, target), manner))


async def suspend(
    context: Context, target: Target, suspension: Suspension = NO_REASON, *, dry_run: bool = False
) -> Acted:
    """Suspend an object."""
    actor = _actor(context)
    reason, until = _reason(suspension.reason), _until(context, suspension.until)
    ref = ref_of(context, target)
    acted = await suspending.suspend(_desk(context), actor, ref, reason=reason, until=until, dry_run=dry_run)
    return _shown(context, acted)


async def resume(context: Context, target: Target, *, dry_run: bool = False) -> Acted:
    """Resume a suspended object."""
    actor = _actor(context)
    acted = await suspending.resume(_desk(context), actor, ref_of(context, target), dry_run=dry_run)
    return _shown(context, acted)


def _shown(context: Context, acted: Acted) -> Acted:
    """The answer, what the object points to hidden where the caller may not see it."""
    return replace(acted, row=shown(acted.row, context.sight))


def _actor(context: Context) -> Actor:
    return Actor(principal=context.signed_in(), facts=context.facts)


def _desk(context: Context) -> Desk:
    services = context.services
    return Desk(services.fleet, services.feed, services.clock)


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON or "\0" in text:
        message = f"A reason has at most {LONGEST_REASON} characters and no NUL."
        raise Invalid(message, details={"path": ["reason"]})
    return text.strip()


def _until(context: Context, text: str | None) -> datetime | None:
    if text is None:
        return None
    where = {"path": ["until"]}
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("`until` is a moment as 2026-01-31T12:00:00Z.", details=where) from error
    if moment.tzinfo is None:
        raise Invalid("`until` needs a time zone: 2026-01-31T12:00:00Z.", details=where)
    if moment <= context.services.clock.now():
        raise Invalid("`until` has passed already.", details=where)
    return moment
