"""Changes objects of a cluster, each change with a decision in hand that allows it.

Who may do what is gyre.access's, what a patch says gyre.flux's; both are audited by gyre.operations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from gyre.clock import Clock, SystemClock
from gyre.errors import Conflict, NotAllowed
from gyre.kube.backoff import Backoff
from gyre.kube.client import Call, KubeClient, path_of
from gyre.terms.naming import Ref
from gyre.terms.people import Action, Allowed

FIELD_MANAGER = "gyre"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
TRIES = 5  # a controller writes status between our read and our write; a sixth conflict is told to the caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Preconditions:
    """What must still be true of an object for it to be deleted; empty: anything."""

    uid: str = ""
    resource_version: str = ""


class Propagation(Enum):
    """What becomes of the objects that name a deleted one as their owner."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"
    ORPHAN = "Orphan"


STRICTLY = (("fieldValidation", "Strict"),)
"""A field that the kind does not have is refused instead of dropped in silence."""


async def patch(
    client: KubeClient,
    allowed: Allowed,
    ref: Ref,
    version: str,
    merge: Mapping[str, object],
    *,
    dry_run: bool = False,
    clock: Clock | None = None,
) -> bytes:
    """Merge-patch an object and return it as it then is; after a conflict again, since only named keys are written."""
    _check(client, allowed, ref)
    waits = Backoff(first_seconds=0.05, longest_seconds=1.0)
    for _ in range(TRIES - 1):
        try:
            return await client.ask(_call("PATCH", ref, version, merge, dry_run=dry_run, content_type=MERGE_PATCH))
        except Conflict:
            await (clock or SystemClock()).sleep(waits.next_seconds())
    return await client.ask(_call("PATCH", ref, version, merge, dry_run=dry_run, content_type=MERGE_PATCH))


async def json_patch(
    client: KubeClient,
    allowed: Allowed,
    ref: Ref,
    version: str,
    steps: Sequence[Mapping[str, object]],
    *,
    dry_run: bool = False,
) -> bytes:
    """JSON-patch an object: the only way to remove what one did not write."""
    _check(client, allowed, ref)
    return await client.ask(_call("PATCH", ref, version, steps, dry_run=dry_run, content_type=JSON_PATCH))


async def apply(
    client: KubeClient,
    allowed: Allowed,
    ref: Ref,
    version: str,
    document: Mapping[str, object],
    *,
    force: bool = False,
    dry_run: bool = False,
) -> bytes:
    """Server-side apply: make the object so, as far as `document` says; a field of another manager is a Conflict."""
    _check(client, allowed, ref)
    query = (("force", "true"), *STRICTLY) if force else STRICTLY
    return await client.ask(
        _call("PATCH", ref, version, document, dry_run=dry_run, content_type=APPLY_PATCH, query=query)
    )


async def create(
    client: KubeClient,
    allowed: Allowed,
    ref: Ref,
    version: str,
    document: Mapping[str, object],
    *,
    dry_run: bool = False,
) -> bytes:
    """Make an object that is not there yet; AlreadyExists when it is."""
    _check(client, allowed, ref)
    return await client.ask(_call("POST", ref, version, document, dry_run=dry_run, query=STRICTLY))


async def update(
    client: KubeClient,
    allowed: Allowed,
    ref: Ref,
    version: str,
    document: Mapping[str, object],
    *,
    dry_run: bool = False,
) -> bytes:
    """Replace an object; Conflict when it is not any more the resourceVersion that `document` names."""
    _check(client, allowed, ref)
    return await client.ask(_call("PUT", ref, version, document, dry_run=dry_run, query=STRICTLY))


async def delete(
    client: KubeClient,
    allowed: Allowed,
    ref: Ref,
    version: str,
    *,
    only_if: Preconditions | None = None,
    propagation: Propagation = Propagation.BACKGROUND,
    dry_run: bool = False,
) -> bytes:
    """Delete an object, and what it owns as `propagation` says; Conflict when it is not the one that was meant."""
    _check(client, allowed, ref)
    options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation.value}
    if only_if:
        given = {"uid": only_if.uid, "resourceVersion": only_if.resource_version}
        options["preconditions"] = {name: value for name, value in given.items() if value}
    if dry_run:
        options["dryRun"] = ["All"]
    return await client.ask(_call("DELETE", ref, version, options))


def _call(
    method: str,
    ref: Ref,
    version: str,
    document: object,
    *,
    dry_run: bool = False,
    content_type: str = "application/json",
    query: Sequence[tuple[str, str]] = (),
) -> Call:
    asked = list(query)
    if method != "DELETE":
        asked.append(("fieldManager", FIELD_MANAGER))
    if dry_run:
        asked.append(("dryRun", "All"))
    return Call(
        method=method,
        path=path_of(ref.kind, version, namespace=ref.namespace, name="" if method == "POST" else ref.name),
        query=asked,
        body=msgspec.json.encode(document),
        content_type=content_type,
    )


def _check(client: KubeClient, allowed: Allowed, ref: Ref) -> None:
    """A decision about something else is none about this."""
    if allowed.action in {Action.VIEW, Action.LOGS}:
        raise NotAllowed(f"a decision about {allowed.action.value} allows no change")
    decided = (allowed.cluster, allowed.resource, allowed.namespace)
    asked = (client.cluster, ref.kind.plural, ref.namespace)
    if decided != asked or ref.cluster != client.cluster:
        raise NotAllowed(f"what was decided is about {decided}, not about {asked} on {ref.cluster}")
