"""Suspends objects and resumes them.

What is written is gyre.flux.patches'; permission and audit are gyre.operations.acting's.
"""

from datetime import datetime

from gyre.flux import patches
from gyre.operations.acting import Act, Acted, Actor, Desk
from gyre.operations.reconciling import known_kind
from gyre.terms.naming import Ref
from gyre.terms.people import Action


async def suspend(
    desk: Desk, actor: Actor, ref: Ref, *, reason: str = "", until: datetime | None = None, dry_run: bool = False
) -> Acted:
    """Have an object left alone by its controller, and note on it who wanted that, why, and until when."""
    details = {"reason": reason} if reason else {}
    act = Act(word="suspend", needs=Action.SUSPEND, on=ref, dry_run=dry_run, details=details)
    allowed, _ = await desk.permit(actor, act)
    patch = patches.suspend(
        known_kind(ref.kind), desk.clock.now(), by=actor.principal.username, reason=reason, until=until
    )
    return await desk.write(actor, act, allowed, patch)


async def resume(desk: Desk, actor: Actor, ref: Ref, *, dry_run: bool = False) -> Acted:
    """Have an object reconciled again, now and from now on."""
    act = Act(word="resume", needs=Action.SUSPEND, on=ref, dry_run=dry_run)
    allowed, _ = await desk.permit(actor, act)
    return await desk.write(actor, act, allowed, patches.resume(known_kind(ref.kind), desk.clock.now()))
