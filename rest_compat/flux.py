"""One Flux object over HTTP: whole, what it applied, and what can be done to it.

Lists are rest_compat.lists'. Rows, rights and writes are behind the resolvers.
"""

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gyre.errors import Invalid
from gyre.operations.acting import Acted
from gyre.operations.reconciling import Manner
from resolvers import actions, links, resources
from resolvers.actions import Suspension
from resolvers.context import Context
from resolvers.links import Applied
from resolvers.resources import SeenResource
from resolvers.targets import Target
from rest_compat import editions, payloads
from rest_compat.lists import fields_of
from rest_compat.reading import DEFAULT_CLUSTER, body, context_of, text, wished


class Wish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The body of an action; all of it may be left out, and its options may be in the query too."""

    cluster: str | None = None
    with_source: bool = False
    force: bool = False
    reset: bool = False
    reason: str = ""
    until: str | None = None
    dry_run: bool = False


NO_WISH = Wish()


async def get_resource(request: Request) -> Response:
    """One object."""
    context = await context_of(request)
    target = target_of(request, text(request, "cluster") or DEFAULT_CLUSTER)
    seen = await resources.one(context, target, not_before=text(request, "after"))
    tag = editions.tag_of(request, context.sight.scope, seen.row.uid, seen.row.resource_version, str(seen.stale_since))
    if editions.has(request, tag):
        return editions.unchanged(tag)
    chosen = fields_of(request)
    return editions.named(payloads.one(chosen.of(seen.body) if chosen else seen.body, _stale(seen)), tag)


async def list_inventory(request: Request) -> Response:
    """What an object applied, as its own status lists it."""
    context = await context_of(request)
    target = target_of(request, text(request, "cluster") or DEFAULT_CLUSTER)
    seen = await resources.one(context, target, not_before=text(request, "after"))
    applied = await links.inventory(context, seen)
    return payloads.answer({"inventory": list(map(_applied, applied)), "total": len(applied), **_stale(seen)})


async def reconcile(request: Request) -> Response:
    """Ask the object's controller to reconcile it now."""
    context, target, wish = await _wished(request)
    manner = Manner(with_source=wish.with_source, force=wish.force, reset=wish.reset, dry_run=wish.dry_run)
    return await _done(context, target, await actions.reconcile(context, target, manner))


async def suspend(request: Request) -> Response:
    """Have the object left alone by its controller."""
    context, target, wish = await _wished(request)
    suspension = Suspension(reason=wish.reason, until=wish.until)
    return await _done(context, target, await actions.suspend(context, target, suspension, dry_run=wish.dry_run))


async def resume(request: Request) -> Response:
    """Have the object reconciled again."""
    context, target, wish = await _wished(request)
    return await _done(context, target, await actions.resume(context, target, dry_run=wish.dry_run))


def target_of(connection: HTTPConnection, cluster: str) -> Target:
    """The object that the path names."""
    path = connection.path_params
    return Target(cluster=cluster, kind=path["resource_type"], namespace=path["namespace"], name=path["name"])


async def _wished(request: Request) -> tuple[Context, Target, Wish]:
    context = await context_of(request)
    context.signed_in()
    said = await body(request, Wish, otherwise=NO_WISH)
    wish = msgspec.structs.replace(
        said,
        with_source=wished(request, "withSource", said.with_source),
        force=wished(request, "force", said.force),
        reset=wished(request, "reset", said.reset),
        dry_run=wished(request, "dryRun", said.dry_run),
    )
    cluster = text(request, "cluster")
    if cluster and wish.cluster and cluster != wish.cluster:
        message = f"The query says cluster {cluster!r}, the body {wish.cluster!r}; give one."
        raise Invalid(message, details={"path": ["cluster"]})
    return context, target_of(request, cluster or wish.cluster or DEFAULT_CLUSTER), wish


async def _done(context: Context, target: Target, acted: Acted) -> Response:
    if acted.position is None:
        return payloads.answer({"success": True, "dryRun": True})
    return await _one(context, target, {"success": True, "position": acted.position})


async def _one(context: Context, target: Target, more: dict[str, object]) -> Response:
    seen = await resources.one(context, target)
    return payloads.one(seen.body, {**more, **_stale(seen)})


def _stale(seen: SeenResource) -> dict[str, object]:
    return {"staleSince": seen.stale_since} if seen.stale_since else {}


def _applied(applied: Applied) -> dict[str, object]:
    entry = applied.entry
    return {
        "group": entry.group,
        "version": entry.version,
        "kind": entry.kind,
        "namespace": entry.namespace,
        "name": entry.name,
        "status": applied.status.value if applied.status else None,
    }
