"""Flux objects over HTTP: lists, one, and what can be done to it.

Rows, rights and writes are behind the resolvers; objects are sent as the bytes that are kept.
"""

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gyre.errors import Invalid
from gyre.fleet.queries import LARGEST_PAGE, Order, RowFilter, RowQuery, SortKey
from gyre.operations.acting import Acted
from gyre.operations.reconciling import Manner
from resolvers import actions, resources
from resolvers.actions import Suspension
from resolvers.context import Context
from resolvers.targets import Target
from rest_compat import payloads
from rest_compat.reading import body, context_of, number, text, wished

DEFAULT_CLUSTER = "default"
DEFAULT_LIMIT = 20
"""Objects of a page when only `page` is given: as in the document's example."""

MOST_LIMIT = 500
"""Objects of one page: whole ones, a kilobyte to half a megabyte each."""

LIST_MAX = 10_000
"""Objects of a list without pages."""

MOST_PAGE = 1_000_000
IN_ORDER = Order(SortKey.NAMESPACE)


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


async def list_resources(request: Request) -> Response:
    """Objects of one kind: a page when `page` or `limit` is given, else all."""
    context = await context_of(request)
    asked = RowFilter(
        clusters=(text(request, "cluster") or DEFAULT_CLUSTER,),
        kinds=(request.path_params["resource_type"],),
        namespaces=tuple(filter(None, [text(request, "namespace")])),
    )
    limit = number(request, "limit", least=1, most=MOST_LIMIT)
    page = number(request, "page", least=1, most=MOST_PAGE)
    await resources.wait_for(context, text(request, "after"))
    if limit is None and page is None:
        return await _all(context, asked)
    return await _page(context, asked, page or 1, limit or DEFAULT_LIMIT)


async def get_resource(request: Request) -> Response:
    """One object."""
    context = await context_of(request)
    cluster = text(request, "cluster") or DEFAULT_CLUSTER
    return await _one(context, target_of(request, cluster), {}, not_before=text(request, "after"))


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


async def _one(context: Context, target: Target, more: dict[str, object], *, not_before: str | None = None) -> Response:
    seen = await resources.one(context, target, not_before=not_before)
    stale = {"staleSince": seen.stale_since} if seen.stale_since else {}
    return payloads.one(seen.body, {**more, **stale})


async def _all(context: Context, asked: RowFilter) -> Response:
    found = await resources.page(context, RowQuery(filter=asked, order=IN_ORDER, limit=LARGEST_PAGE))
    if found.total > LIST_MAX:
        message = f"There are {found.total} objects, more than {LIST_MAX} for one answer; give `page` and `limit`."
        raise Invalid(message, details={"path": ["page", "limit"], "total": found.total})
    held = list(found.held)
    while found.has_next:
        query = RowQuery(filter=asked, order=IN_ORDER, limit=LARGEST_PAGE, offset=len(held))
        found = await resources.page(context, query)
        held += found.held
    more = {"total": len(held), "position": found.position, **payloads.problems(found.problems)}
    return payloads.many([each.body for each in held], more)


async def _page(context: Context, asked: RowFilter, page: int, limit: int) -> Response:
    query = RowQuery(filter=asked, order=IN_ORDER, limit=limit, offset=(page - 1) * limit)
    found = await resources.page(context, query)
    pagination = {"page": page, "limit": limit, "total": found.total, "totalPages": -(-found.total // limit)}
    more = {"pagination": pagination, "total": found.total, "position": found.position}
    return payloads.many([each.body for each in found.held], {**more, **payloads.problems(found.problems)})
