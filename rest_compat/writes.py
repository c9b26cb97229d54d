"""Objects written over HTTP: created, replaced, applied, deleted, and read whole by who may edit them.

What is written, and who may, is behind the resolvers.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import Invalid
from gyre.flux.inventory import Entry
from gyre.kube.writing import Propagation
from gyre.operations.deleting import LONGEST_WAIT_SECONDS, Manner
from gyre.operations.writing import Written
from resolvers import writes
from resolvers.context import Context
from resolvers.writes import About, Asked
from rest_compat import payloads
from rest_compat.flux import target_of
from rest_compat.reading import DEFAULT_CLUSTER, as_type, context_of, flag, manifest, number, text, wished

CREATED = 201
OK = 200
PROPAGATIONS: Mapping[str, Propagation] = {each.value.lower(): each for each in Propagation}


class Write(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The JSON body of a write; a body of YAML is the object itself. The options may be in the query too."""

    resource: dict[str, Any]
    cluster: str | None = None
    dry_run: bool = False
    force: bool = False


async def create(request: Request) -> Response:
    """Make an object."""
    context, asked, wish = await _asked(request)
    written = await writes.create(context, asked, dry_run=wish.dry_run)
    return _written(written)


async def update(request: Request) -> Response:
    """Put an object in place of the one it was made from."""
    context, asked, wish = await _asked(request)
    return _written(await writes.update(context, asked, dry_run=wish.dry_run))


async def apply(request: Request) -> Response:
    """Server-side apply of an object."""
    context, asked, wish = await _asked(request)
    return _written(await writes.apply(context, asked, force=wish.force, dry_run=wish.dry_run))


async def delete(request: Request) -> Response:
    """Delete an object."""
    context = await context_of(request)
    context.signed_in()
    manner = Manner(
        propagation=_propagation(request),
        resource_version=text(request, "resourceVersion") or "",
        token=text(request, "preview") or "",
        wait_seconds=number(request, "wait", least=0, most=LONGEST_WAIT_SECONDS) or 0,
        dry_run=flag(request, "dryRun"),
    )
    deleted = await writes.delete(context, target_of(request, _cluster(request)), manner)
    if deleted.position is None:
        return payloads.answer({"success": True, "dryRun": True})
    more = {"gone": deleted.gone, "finalizers": list(deleted.finalizers), "position": deleted.position}
    return payloads.answer({"success": True, **more})


async def deletion_preview(request: Request) -> Response:
    """What would go with an object."""
    context = await context_of(request)
    preview = await writes.deletion_preview(context, target_of(request, _cluster(request)))
    return payloads.answer(
        {
            "removed": [_entry(entry) for entry in preview.removed],
            "hidden": preview.hidden,
            "total": preview.total,
            "because": preview.because,
            "finalizers": list(preview.finalizers),
            "preview": preview.token,
        }
    )


async def unmasked(request: Request) -> Response:
    """An object with its secrets."""
    context = await context_of(request)
    found = await writes.unmasked(context, target_of(request, _cluster(request)))
    answer = payloads.one(orjson.dumps(found.document), {})
    answer.headers["cache-control"] = "no-store"
    return answer


async def _asked(request: Request) -> tuple[Context, Asked, Write]:
    """The write that a request asks for, and the options it comes with."""
    context = await context_of(request)
    context.signed_in()
    said = await manifest(request)
    path = request.path_params
    about = About(kind=path["resource_type"], namespace=path.get("namespace", ""), name=path.get("name", ""))
    if isinstance(said, str):
        return (
            context,
            Asked(cluster=_cluster(request), yaml=said, about=about),
            _with_query(request, Write(resource={})),
        )
    wish = _with_query(request, as_type(said, Write))
    cluster = text(request, "cluster")
    if cluster and wish.cluster and cluster != wish.cluster:
        message = f"The query says cluster {cluster!r}, the body {wish.cluster!r}; give one."
        raise Invalid(message, details={"path": ["cluster"]})
    named = cluster or wish.cluster or DEFAULT_CLUSTER
    return context, Asked(cluster=named, manifest=wish.resource, about=about), wish


def _with_query(request: Request, wish: Write) -> Write:
    dry_run, force = wished(request, "dryRun", wish.dry_run), wished(request, "force", wish.force)
    return msgspec.structs.replace(wish, dry_run=dry_run, force=force)


def _written(written: Written) -> Response:
    if written.position is None:
        return payloads.one(written.body, {"dryRun": True})
    answer = payloads.one(written.body, {"position": written.position}, status=CREATED if written.created else OK)
    if written.created:
        row = written.row
        place = "/".join(quote(part, safe="") for part in (row.plural, row.namespace, row.name))
        answer.headers["location"] = f"/api/flux/{place}?cluster={quote(row.cluster, safe='')}"
    return answer


def _cluster(request: Request) -> str:
    return text(request, "cluster") or DEFAULT_CLUSTER


def _propagation(request: Request) -> Propagation:
    named = text(request, "propagation")
    if named is None:
        return Propagation.BACKGROUND
    found = PROPAGATIONS.get(named.lower())
    if found is None:
        raise Invalid(f"`propagation` is one of {', '.join(PROPAGATIONS)}.", details={"path": ["propagation"]})
    return found


def _entry(entry: Entry) -> dict[str, object]:
    return {"group": entry.group, "kind": entry.kind, "namespace": entry.namespace, "name": entry.name}
