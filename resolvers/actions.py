"""What can be done to one object: reconcile, suspend, resume.

Whether one may is asked, and what is written is done, by gyre.operations.
"""

from dataclasses import dataclass
from datetime import datetime

from gyre.clock import moment
from gyre.errors import Invalid
from gyre.operations import reconciling, suspending
from gyre.operations.acting import Acted
from gyre.operations.reconciling import Manner
from resolvers.acting import actor_of, as_seen, desk_of
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
    actor = actor_of(context)
    return as_seen(context, await reconciling.reconcile(desk_of(context), actor, ref_of(context, target), manner))


async def suspend(
    context: Context, target: Target, suspension: Suspension = NO_REASON, *, dry_run: bool = False
) -> Acted:
    """Suspend an object."""
    actor = actor_of(context)
    reason, until = _reason(suspension.reason), _until(context, suspension.until)
    ref = ref_of(context, target)
    acted = await suspending.suspend(desk_of(context), actor, ref, reason=reason, until=until, dry_run=dry_run)
    return as_seen(context, acted)


async def resume(context: Context, target: Target, *, dry_run: bool = False) -> Acted:
    """Resume a suspended object."""
    actor = actor_of(context)
    acted = await suspending.resume(desk_of(context), actor, ref_of(context, target), dry_run=dry_run)
    return as_seen(context, acted)


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON or "\0" in text:
        message = f"A reason has at most {LONGEST_REASON} characters and no NUL."
        raise Invalid(message, details={"path": ["reason"]})
    return text.strip()


def _until(context: Context, text: str | None) -> datetime | None:
    if text is None:
        return None
    until = moment("until", text)
    if until <= context.services.clock.now():
        raise Invalid("`until` has passed already.", details={"path": ["until"]})
    return until
