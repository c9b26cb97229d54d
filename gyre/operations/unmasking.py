"""Shows an object with its secrets to who may edit it: read from the cluster now, and recorded before it is shown.

What everyone else sees of it is the fleet's, masked as it came in.
"""

from dataclasses import dataclass

from gyre.flux.intake import strip
from gyre.flux.parsing import Document, parse
from gyre.kube import reading
from gyre.operations.acting import Act, Actor, Desk
from gyre.terms.naming import Ref
from gyre.terms.people import Action

BECAUSE = "whoever may edit an object may read it whole"


@dataclass(frozen=True, slots=True)
class Unmasked:
    """An object as the cluster has it now, without managedFields and kubectl's note."""

    document: Document


async def unmasked(desk: Desk, actor: Actor, ref: Ref) -> Unmasked:
    """The live object with its secrets; refused as an edit would be."""
    act = Act(word="unmask", needs=Action.EDIT, on=ref)
    await desk.permit(actor, act)
    version = desk.fleet.version_of(ref.cluster, ref.kind) or ""
    raw = await reading.get(desk.fleet.client(ref.cluster, because=BECAUSE), ref, version, because=BECAUSE)
    await desk.note(actor, act)
    document = parse(raw)
    strip(document)
    return Unmasked(document)
