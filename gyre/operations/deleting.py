"""Deletes objects: with a look beforehand at what goes with them, and a wait afterwards until they are gone.

What goes with an object is gyre.flux.pruning's to know; permission and audit are gyre.operations.acting's.
"""

from dataclasses import dataclass
from typing import Final

import orjson

from gyre.access.sight import Sight, sight_of
from gyre.audit import differences
from gyre.errors import Conflict, TimedOut
from gyre.fleet.cache import Held
from gyre.flux.inventory import Entry, plural_of
from gyre.flux.parsing import Document, inside, parse, text
from gyre.flux.pruning import Removal, removed_with
from gyre.kube import reading, writing
from gyre.kube.writing import TRIES, Preconditions, Propagation
from gyre.operations.acting import Act, Actor, Desk
from gyre.operations.waiting import until_gone
from gyre.terms.naming import ClusterName, Ref
from gyre.terms.people import Action, Allowed
from gyre.terms.rows import Row
from gyre.vault import Vault

LONGEST_WAIT_SECONDS: Final = 60
"""A prune of a large Kustomization takes about so long; a request that waits longer is cut off by many a proxy."""

BECAUSE = "what a deletion takes along is told as of now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What goes with an object: what the viewer may see of it, and how much they may not. `finalizers` hold it."""

    row: Row
    removed: tuple[Entry, ...]
    hidden: int
    because: str
    finalizers: tuple[str, ...]
    token: str

    @property
    def total(self) -> int:
        """How many objects go with it."""
        return len(self.removed) + self.hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to delete: what must still be so (`resource_version`, a preview's `token`), and how long to wait."""

    propagation: Propagation = Propagation.BACKGROUND
    resource_version: str = ""
    token: str = ""
    wait_seconds: int = 0
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """After a deletion: `row` is the object as it was last seen, `gone` whether it is not there any more.

    `finalizers` are what it waits for while it is there; `position` is None for a dry run.
    """

    row: Row
    gone: bool
    finalizers: tuple[str, ...]
    position: str | None


async def preview(desk: Desk, actor: Actor, ref: Ref, *, vault: Vault) -> Preview:
    """What would go with an object, and a token of it; for who may delete the object."""
    act = Act(word="delete", needs=Action.DELETE, on=ref, details={"preview": True})
    _, held = await desk.permit(actor, act)
    live = await _live(desk, ref)
    removal = removed_with(ref.kind, live)
    seen = _seen(sight_of(actor.principal), ref.cluster, removal)
    return Preview(
        row=held.row,
        removed=seen,
        hidden=len(removal.entries) - len(seen),
        because=removal.because,
        finalizers=_finalizers(live),
        token=_token(ref, live, removal, vault),
    )


async def delete(desk: Desk, actor: Actor, ref: Ref, manner: Manner, *, vault: Vault) -> Deleted:
    """Delete the very object that is known here; Conflict when it is another by now, or not as it was previewed.

    Raises TimedOut when it was to be waited for and something still holds it: it is being deleted all the same.
    """
    details = {"propagation": manner.propagation.value} if manner.propagation is not Propagation.BACKGROUND else {}
    act = Act(word="delete", needs=Action.DELETE, on=ref, dry_run=manner.dry_run, details=details)
    allowed, held = await desk.permit(actor, act)
    for _ in range(TRIES - 1):
        version = await _version_meant(desk, ref, manner, vault)
        try:
            return await _delete(desk, actor, act, _Order(allowed, held, manner, version))
        except Conflict:
            if not manner.token or manner.resource_version:
                raise  # with a token alone, another version with the same preview is as good
    version = await _version_meant(desk, ref, manner, vault)
    return await _delete(desk, actor, act, _Order(allowed, held, manner, version))


@dataclass(frozen=True, slots=True)
class _Order:
    allowed: Allowed
    held: Held
    manner: Manner
    version: str


async def _version_meant(desk: Desk, ref: Ref, manner: Manner, vault: Vault) -> str:
    """The resourceVersion that is to be deleted; empty for any."""
    if not manner.token:
        return manner.resource_version
    live = await _live(desk, ref)
    if _token(ref, live, removed_with(ref.kind, live), vault) != manner.token:
        message = f"What goes with {ref.kind.name} {ref.name} has changed since you looked: look at it again."
        raise Conflict(message, details={"path": ["preview"]})
    return manner.resource_version or text(inside(live, "metadata").get("resourceVersion"))


async def _delete(desk: Desk, actor: Actor, act: Act, order: _Order) -> Deleted:
    fleet, row, manner = desk.fleet, order.held.row, order.manner
    ref, version = row.ref, fleet.version_of(row.cluster, row.ref.kind) or row.version
    async with desk.recorded(actor, act) as found:
        raw = await writing.delete(
            fleet.writer(order.allowed),
            order.allowed,
            ref,
            version,
            only_if=Preconditions(uid=row.uid, resource_version=order.version),
            propagation=manner.propagation,
            dry_run=manner.dry_run,
        )
        found.changes = differences(order.held.body, None)
    answer = parse(raw)
    left = answer if answer.get("kind") == ref.kind.name else {}
    if manner.dry_run:
        return Deleted(row=row, gone=False, finalizers=_finalizers(left), position=None)
    if not left:
        identity = {"metadata": {"name": row.name, "namespace": row.namespace, "uid": row.uid}}
        position = await fleet.removed(row.cluster, ref.kind, orjson.dumps(identity))
        return Deleted(row=row, gone=True, finalizers=(), position=position)
    merged = await fleet.merge(row.cluster, ref.kind, version, raw)
    marked = Deleted(row=merged.row, gone=False, finalizers=_finalizers(left), position=merged.position)
    return await _waited(desk, marked, manner.wait_seconds) if manner.wait_seconds else marked


async def _waited(desk: Desk, marked: Deleted, seconds: int) -> Deleted:
    row = marked.row
    if await until_gone(desk.fleet, desk.feed, row, seconds=seconds):
        return Deleted(row=row, gone=True, finalizers=(), position=desk.feed.cursor())
    held = desk.fleet.find(row.ref)
    finalizers = _finalizers(parse(held.body)) if held else marked.finalizers
    message = (
        f"{row.kind} {row.name} is being deleted, but after {seconds} seconds it is still held by "
        f"{', '.join(finalizers) or 'what it owns'}."
    )
    details = {"seconds": seconds, "finalizers": list(finalizers), "position": marked.position}
    raise TimedOut(message, details=details)


async def _live(desk: Desk, ref: Ref) -> Document:
    version = desk.fleet.version_of(ref.cluster, ref.kind) or ""
    return parse(await reading.get(desk.fleet.client(ref.cluster, because=BECAUSE), ref, version, because=BECAUSE))


def _seen(sight: Sight, cluster: ClusterName, removal: Removal) -> tuple[Entry, ...]:
    return tuple(entry for entry in removal.entries if sight.sees(cluster, plural_of(entry), entry.namespace))


def _token(ref: Ref, live: Document, removal: Removal, vault: Vault) -> str:
    """Equal for equal previews of the same object, and no help to who would guess what is hidden in it."""
    listed = sorted((entry.group, entry.kind, entry.namespace, entry.name) for entry in removal.entries)
    uid = text(inside(live, "metadata").get("uid"))
    content = orjson.dumps([str(ref), uid, removal.because, listed])
    return vault.digest(content, purpose="preview of a deletion")[:32]


def _finalizers(document: Document) -> tuple[str, ...]:
    found = inside(document, "metadata").get("finalizers")
    return tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()
