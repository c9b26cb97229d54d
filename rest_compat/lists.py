"""Objects of one kind over HTTP: a page of them, or all that there are.

Rows and rights are behind the resolvers. Objects are sent as the bytes that are kept, unless fields are asked for.
"""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import Invalid
from gyre.fleet.cache import Held
from gyre.fleet.fleet import Page
from gyre.fleet.queries import LARGEST_PAGE, Order, RowFilter, RowQuery
from resolvers import resources
from resolvers.context import Context
from rest_compat import editions, payloads
from rest_compat.fields import Fields
from rest_compat.filters import order, row_filter
from rest_compat.reading import DEFAULT_CLUSTER, context_of, number, text

DEFAULT_LIMIT: Final = 20
"""Objects of a page when only `page` is given: as in the document's example."""

MOST_LIMIT: Final = 500
"""Objects of one page: whole ones, a kilobyte to half a megabyte each."""

MOST_PAGE: Final = 1_000_000


async def list_resources(request: Request) -> Response:
    """Objects of one kind: a page when `page` or `limit` is given, else all."""
    context = await context_of(request)
    cluster = text(request, "cluster") or DEFAULT_CLUSTER
    await resources.wait_for(context, text(request, "after"))
    tag = editions.tag_of(request, resources.edition(context, (cluster,)))
    if editions.has(request, tag):
        return editions.unchanged(tag)
    asked = row_filter(request, clusters=(cluster,), kinds=(request.path_params["resource_type"],))
    limit = number(request, "limit", least=1, most=MOST_LIMIT)
    page = number(request, "page", least=1, most=MOST_PAGE)
    chosen = fields_of(request)
    if limit is None and page is None:
        answer = await _all(context, asked, order(request), chosen)
    else:
        answer = await _page(context, asked, order(request), (page or 1, limit or DEFAULT_LIMIT), chosen)
    return editions.named(answer, tag)


def fields_of(request: Request) -> Fields | None:
    """`fields` of the query; None for whole objects."""
    paths = text(request, "fields")
    return None if paths is None else Fields.read(paths)


async def _all(context: Context, asked: RowFilter, by: Order, chosen: Fields | None) -> Response:
    most = context.services.settings.rest_list_max
    found = await resources.page(context, RowQuery(filter=asked, order=by, limit=LARGEST_PAGE))
    if found.total > most:
        message = f"There are {found.total} objects, more than {most} for one answer; give `page` and `limit`."
        raise Invalid(message, details={"path": ["page", "limit"], "total": found.total})
    held = list(found.held)
    while found.has_next:  # nothing is awaited in between: it is one state of the fleet
        query = RowQuery(filter=asked, order=by, limit=LARGEST_PAGE, offset=len(held))
        found = await resources.page(context, query)
        held += found.held
    return _answer(held, found, chosen, {})


async def _page(
    context: Context, asked: RowFilter, by: Order, place: tuple[int, int], chosen: Fields | None
) -> Response:
    page, limit = place
    found = await resources.page(context, RowQuery(filter=asked, order=by, limit=limit, offset=(page - 1) * limit))
    pagination = {"page": page, "limit": limit, "total": found.total, "totalPages": -(-found.total // limit)}
    return _answer(found.held, found, chosen, {"pagination": pagination})


def _answer(held: Sequence[Held], found: Page, chosen: Fields | None, more: dict[str, object]) -> Response:
    said = {**more, "total": found.total, "position": found.position, **payloads.problems(found.problems)}
    return payloads.many([each.body for each in held], said, chosen=chosen.of if chosen else None)
