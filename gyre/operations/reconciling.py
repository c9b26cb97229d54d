"""Asks controllers to reconcile: an object alone, or what it takes its content from first.

What is written is gyre.flux.patches'; permission and audit are gyre.operations.acting's.
"""

from dataclasses import dataclass
from typing import Final

from gyre.clock import rfc3339_nanoseconds
from gyre.errors import IsSuspended, NotSupported, SourceNotReady
from gyre.fleet.cache import Held
from gyre.flux import patches
from gyre.flux.kinds import FluxKind, by_kind, of_reference
from gyre.flux.parsing import inside, parse, text
from gyre.operations.acting import Act, Acted, Actor, Desk
from gyre.operations.waiting import Requested, until_handled
from gyre.terms.naming import Kind, Ref
from gyre.terms.people import Action, Allowed
from gyre.terms.rows import Row, Word

SOURCES_SECONDS: Final = 60.0
"""How long sources are waited for before an object: a fetch of a large repository, not a broken one's retries."""

LONGEST_CHAIN: Final = 4
"""A HelmRelease has two sources in a row; more than this is a circle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to reconcile."""

    with_source: bool = False
    force: bool = False
    reset: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """One object to ask, permitted already."""

    act: Act
    allowed: Allowed
    known: FluxKind


async def reconcile(desk: Desk, actor: Actor, ref: Ref, manner: Manner) -> Acted:
    """Ask for a reconcile of an object, after its sources when so wished.

    Every step is permitted before the first is taken. Raises IsSuspended where nothing would happen, SourceNotReady
    when a source fails, TimedOut when one takes too long.
    """
    known = known_kind(ref.kind)
    details = {name: True for name in ("force", "reset") if getattr(manner, name)}
    act = Act(word="reconcile", needs=Action.RECONCILE, on=ref, dry_run=manner.dry_run, details=details)
    allowed, held = await desk.permit(actor, act)
    patch = patches.reconcile(known, desk.clock.now(), force=manner.force, reset=manner.reset)
    _refuse_suspended(held.row)
    sources = await _sources(desk, actor, held, manner) if manner.with_source else []
    for source in sources:
        await _reconcile_source(desk, actor, source)
    if sources:
        patch = patches.reconcile(known, desk.clock.now(), force=manner.force, reset=manner.reset)
    return await desk.write(actor, act, allowed, patch)


def known_kind(kind: Kind) -> FluxKind:
    """What Gyre knows of a kind. Raises NotSupported for one it does not know how to act on."""
    known = by_kind(kind.group, kind.name)
    if known is None:
        raise NotSupported(f"Gyre does not know how {kind.name} of {kind.group} is acted on.")
    return known


async def _sources(desk: Desk, actor: Actor, held: Held, manner: Manner) -> list[_Step]:
    """What the object's content comes from, the farthest first, each permitted."""
    steps: list[_Step] = []
    while len(steps) < LONGEST_CHAIN:
        ref = _source(held.row)
        if ref is None:
            break
        act = Act(word="reconcile", needs=Action.RECONCILE, on=ref, dry_run=manner.dry_run, details={"asSource": True})
        allowed, held = await desk.permit(actor, act)
        known = known_kind(ref.kind)
        if known.reconcilable and not _only_an_address(held):
            _refuse_suspended(held.row)
            steps.append(_Step(act, allowed, known))
    return steps[::-1]


async def _reconcile_source(desk: Desk, actor: Actor, step: _Step) -> None:
    moment = desk.clock.now()
    patch = patches.reconcile(step.known, moment)
    await desk.write(actor, step.act, step.allowed, patch)
    if step.act.dry_run:
        return
    requested = Requested(step.act.on, rfc3339_nanoseconds(moment))
    row = await until_handled(desk.fleet, desk.feed, requested, seconds=SOURCES_SECONDS)
    if row.status is not Word.READY:
        message = f"{row.kind} {row.name} is {row.status.value}: {row.message}"
        raise SourceNotReady(message, details={"kind": row.kind, "namespace": row.namespace, "name": row.name})


def _source(row: Row) -> Ref | None:
    """Where a row's content comes from; an ExternalArtifact's from the generator that made it."""
    reference = row.source or (row.owner if row.kind == "ExternalArtifact" else None)
    known = of_reference(reference) if reference else None
    if reference is None or known is None:
        return None
    return Ref(cluster=row.cluster, kind=known.kind, namespace=reference.namespace, name=reference.name)


def _only_an_address(held: Held) -> bool:
    """A HelmRepository of type `oci`: nothing reconciles it."""
    return held.row.kind == "HelmRepository" and text(inside(parse(held.body), "spec").get("type")) == "oci"


def _refuse_suspended(row: Row) -> None:
    if row.suspended:
        raise IsSuspended(f"{row.kind} {row.name} is suspended: resume it first.")
