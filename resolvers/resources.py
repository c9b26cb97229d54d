"""One page of objects, and one object whole, as the caller may see them.

What rows are and how they are kept is gyre.fleet's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gyre.access.decide import decide
from gyre.audit import Deed, refused_soon
from gyre.clock import rfc3339
from gyre.errors import NoSuchResource
from gyre.fleet.fleet import Page
from gyre.fleet.hiding import shown
from gyre.fleet.queries import RowQuery
from gyre.flux.parsing import Document, inside, pairs, parse
from gyre.operations.acting import no_such
from gyre.terms.naming import Ref
from gyre.terms.people import Action
from gyre.terms.rows import Row
from resolvers.context import Context
from resolvers.targets import Target, ref_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenResource:
    """One object the caller may see. `stale_since` is None while its kind is watched."""

    row: Row
    body: bytes
    document: Document
    annotations: Mapping[str, str]
    stale_since: str | None


async def page(context: Context, query: RowQuery, *, not_before: str | None = None) -> Page:
    """One page of what is asked for and may be seen, after a write's position if one is given."""
    sight = context.sight
    await wait_for(context, not_before)
    return context.services.fleet.page(query, sight)


def edition(context: Context, clusters: Collection[str] | None) -> str:
    """Equal as long as every read of these clusters' objects (None: of all) answers the caller the same."""
    fleet, sight = context.services.fleet, context.sight
    return f"{sight.scope}\n{fleet.edition(fleet.names(sight) if clusters is None else clusters)}"


async def one(context: Context, target: Target, *, not_before: str | None = None) -> SeenResource:
    """One object whole. Raises NoSuchResource when it does not exist or may not be seen."""
    ref = ref_of(context, target)
    if not context.sight.sees(ref.cluster, ref.kind.plural, ref.namespace):
        raise unseen(context, ref)
    await wait_for(context, not_before)
    fleet = context.services.fleet
    held = fleet.find(ref)
    if held is None:
        raise no_such(ref)
    document = parse(held.body)
    stale = fleet.stale_since(ref.cluster, ref.kind)
    return SeenResource(
        row=shown(held.row, context.sight),
        body=held.body,
        document=document,
        annotations=dict(pairs(inside(document, "metadata").get("annotations"))),
        stale_since=rfc3339(stale) if stale else None,
    )


def unseen(context: Context, ref: Ref) -> NoSuchResource:
    """What is said of an object that may not be seen: that it does not exist. The audit hears why."""
    principal, error = context.signed_in(), no_such(ref)
    verdict = decide(principal, Action.VIEW, ref.cluster, ref.kind.plural, ref.namespace)
    deed = Deed(action="view", who=principal, facts=context.facts, on=ref)
    refused_soon(deed, reason=verdict.because, told=error)
    return error


async def wait_for(context: Context, position: str | None) -> None:
    """Wait up to two seconds until a write is seen here; Invalid for what is no position."""
    if position is not None:
        await context.services.fleet.caught_up(position)
