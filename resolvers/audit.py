"""Reading the audit: all of it for administrators, what was done to one object for who may edit it.

How deeds are kept and read is gyre.audit's.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from gyre.access.decide import decide
from gyre.audit import Deed, noted, noted_hourly, reading, refused
from gyre.audit.asking import AuditFilter, AuditPart, Outcome
from gyre.audit.reading import AuditPage, Record
from gyre.errors import NotAllowed
from gyre.terms.people import Action
from resolvers.administration import require_admin
from resolvers.context import Context
from resolvers.resources import one
from resolvers.targets import Target

DONE = (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.OPEN)
"""What was done to an object, or tried: what was refused is for administrators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """One page, and what asks for the count of all of it."""

    page: AuditPage
    asked: AuditFilter


async def page(context: Context, asked: AuditFilter, part: AuditPart) -> Pages:
    """One page of the audit, the newest first. That an administrator looked is in it, once an hour."""
    deed = await require_admin(context, "audit-view")
    found = await reading.page(asked, part)
    noted_hourly(deed, clock=context.services.clock, of="")
    return Pages(page=found, asked=asked)


async def of_object(context: Context, target: Target, part: AuditPart) -> Pages:
    """What was done to one object through Gyre: for who may edit it. Refused as an edit would be."""
    principal, ref = context.signed_in(), (await one(context, target)).row.ref
    verdict = decide(principal, Action.EDIT, ref.cluster, ref.kind.plural, ref.namespace)
    if not verdict:
        error = NotAllowed(f"You may not see what was done to {ref.kind.name} {ref.name}: {verdict.because}.")
        deed = Deed(action="audit-view", who=principal, facts=context.facts, on=ref)
        await refused(deed, clock=context.services.clock, reason=verdict.because, told=error)
        raise error
    asked = AuditFilter(
        outcomes=DONE,
        clusters=(ref.cluster,),
        kinds=(str(ref.kind),),
        namespaces=(ref.namespace,),
        names=(ref.name,),
    )
    return Pages(page=await reading.page(asked, part), asked=asked)


async def count(asked: AuditFilter) -> int:
    """How many deeds a page is a part of; who may is decided with the page."""
    return await reading.count(asked)


async def export(context: Context, asked: AuditFilter) -> AsyncIterator[Record]:
    """All deeds asked for, the oldest first; that they are taken is recorded before the first."""
    asked.check()
    deed = await require_admin(context, "audit-export")
    await noted(deed, clock=context.services.clock)
    return reading.everything(asked)
