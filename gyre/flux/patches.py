"""What to write into an object to reconcile, suspend, resume or restart it: merge patches of only the keys they change.

Whether one may, and the writing itself, are gyre.operations'.
"""

from datetime import datetime

from gyre.clock import rfc3339, rfc3339_nanoseconds
from gyre.errors import NotSupported
from gyre.flux.kinds import ByAnnotation, FluxKind

Patch = dict[str, object]
"""A JSON merge patch (RFC 7386): None removes a key."""

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
FORCE_AT = "reconcile.fluxcd.io/forceAt"
RESET_AT = "reconcile.fluxcd.io/resetAt"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
SUSPENDED_BY = "gyre.dev/suspended-by"
SUSPENDED_REASON = "gyre.dev/suspended-reason"
SUSPENDED_AT = "gyre.dev/suspended-at"
SUSPENDED_UNTIL = "gyre.dev/suspended-until"

SUSPENSION_NOTES = (SUSPENDED_BY, SUSPENDED_REASON, SUSPENDED_AT, SUSPENDED_UNTIL)
"""What is noted on a suspended object, and removed when it is resumed."""


def reconcile(known: FluxKind, at: datetime, *, force: bool = False, reset: bool = False) -> Patch:
    """Ask the controller to look now; `force` and `reset` count only with the very same stamp."""
    if not known.reconcilable:
        raise NotSupported(f"{_article(known)} is not reconciled by any controller: there is nothing to ask for")
    if force and not known.forceable:
        raise NotSupported(f"{_article(known)} cannot be forced: only HelmReleases and some operator kinds can")
    if reset and not known.resettable:
        raise NotSupported(f"{_article(known)} has no failure counters to reset: only HelmReleases have")
    stamp = rfc3339_nanoseconds(at)
    annotations: Patch = {REQUESTED_AT: stamp}
    if force:
        annotations[FORCE_AT] = stamp
    if reset:
        annotations[RESET_AT] = stamp
    return {"metadata": {"annotations": annotations}}


def suspend(known: FluxKind, at: datetime, *, by: str, reason: str = "", until: datetime | None = None) -> Patch:
    """Tell the controller to leave the object alone, and who said so when; what an earlier one said is removed."""
    annotations: Patch = {
        SUSPENDED_BY: by,
        SUSPENDED_REASON: reason or None,
        SUSPENDED_AT: rfc3339(at),
        SUSPENDED_UNTIL: rfc3339(until) if until else None,
    }
    return _switched(known, annotations, on=True)


def resume(known: FluxKind, at: datetime) -> Patch:
    """Let the controller go on, at once where it can be asked to, and remove who suspended it and why."""
    annotations: Patch = dict.fromkeys(SUSPENSION_NOTES)
    if known.reconcilable:
        annotations[REQUESTED_AT] = rfc3339_nanoseconds(at)
    return _switched(known, annotations, on=False)


def restart(at: datetime) -> Patch:
    """Roll a workload: its Pods are made anew because their template changed."""
    return {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: rfc3339_nanoseconds(at)}}}}}


def _switched(known: FluxKind, annotations: Patch, *, on: bool) -> Patch:
    if known.suspension is None:
        raise NotSupported(f"{_article(known)} cannot be suspended")
    if isinstance(known.suspension, ByAnnotation):
        switch: Patch = {known.suspension.key: known.suspension.value if on else None}
        return {"metadata": {"annotations": switch | annotations}}
    return {"metadata": {"annotations": annotations}, "spec": {"suspend": True if on else None}}


def _article(known: FluxKind) -> str:
    name = known.kind.name
    return f"{'An' if name[0] in 'AEIOU' else 'A'} {name}"
