"""Objects of one kind over HTTP: a page of them, or all that there are.

Rows and rights are behind the resolvers. Objects are sent as the bytes that are kept, unless fields are asked for.
"""

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import Invalid
from gyre.fleet.cache import Held
from gyre.fleet.fleet import Page
from gyre.fleet.queries import LARGEST_PAGE, Order, RowFilter, RowQuery
from resolvers import resources
from resolvers.context import Context
from rest_compat import editions, payloads
from rest_compat.contract import NAMED, OBJECTS, UNCHANGED, Answer, Operation
from rest_compat.fields import Fields
from rest_compat.filters import Narrowing, Sort, order
from rest_compat.reading import DEFAULT_CLUSTER, context_of, query
from rest_compat.shapes import After, ClusterName, KubernetesObject, Pagination, Position, Troubles

DEFAULT_LIMIT: Final = 20
"""Objects of a page when only `page` is given: as in the document's example."""

MOST_LIMIT: Final = 500
"""Objects of one page: whole ones, a kilobyte to half a megabyte each."""

MOST_PAGE: Final = 1_000_000


TAG: Final = "Flux resources"

ChosenFields = Annotated[
    str,
    Meta(
        description="Only these fields of the objects: up to 50 dotted paths separated by commas. A path goes through "
        "lists; a dot that belongs to a name is written with a backslash before it.",
        examples=["metadata.name,status.conditions.type"],
    ),
]


class ListQuery(Narrowing, frozen=True):
    """Which objects, in what order. Without `page` and `limit` the list is whole."""

    cluster: ClusterName = DEFAULT_CLUSTER
    sort: Sort | None = None
    page: Annotated[int, Meta(ge=1, le=MOST_PAGE, description="Which page, from 1.", examples=[1])] | None = None
    limit: (
        Annotated[int, Meta(ge=1, le=MOST_LIMIT, description="How many objects a page has.", examples=[20])] | None
    ) = None
    fields: ChosenFields | None = None
    after: After | None = None


class ManyResources(Troubles, frozen=True, kw_only=True):
    """Objects in a stable order: by namespace, then by name, unless another is asked for."""

    resources: tuple[KubernetesObject, ...]
    total: Annotated[int, Meta(ge=0, description="How many there are in all.", examples=[42])]
    position: Position
    pagination: Pagination | UnsetType = UNSET


@Operation(
    summary="List resources",
    tag=TAG,
    query=ListQuery,
    answers={200: Answer(ManyResources, headers=NAMED), 304: UNCHANGED},
    refuses=OBJECTS,
)
async def list_resources(request: Request) -> Response:
    """Objects of one kind: a page when `page` or `limit` is given, else all."""
    context, said = await context_of(request), query(request, ListQuery)
    await resources.wait_for(context, said.after)
    tag = editions.tag_of(request, resources.edition(context, (said.cluster,)))
    known = editions.known(request, tag)
    if known is not None:
        return known
    asked, by = said.rows(clusters=(said.cluster,), kinds=(request.path_params["resource_type"],)), order(said.sort)
    chosen = fields_of(said.fields)
    if said.limit is None and said.page is None:
        answer = await _all(context, asked, by, chosen)
    else:
        answer = await _page(context, asked, by, (said.page or 1, said.limit or DEFAULT_LIMIT), chosen)
    return editions.named(answer, tag)


def fields_of(paths: str | None) -> Fields | None:
    """`fields` of a query; None for whole objects."""
    return None if paths is None else Fields.read(paths)


async def _all(context: Context, asked: RowFilter, by: Order, chosen: Fields | None) -> Response:
    most = context.services.settings.rest_list_max
    found = await resources.page(context, RowQuery(filter=asked, order=by, limit=LARGEST_PAGE))
    if found.total > most:
        message = f"There are {found.total} objects, more than {most} for one answer; give `page` and `limit`."
        raise Invalid(message, details={"path": ["page", "limit"], "total": found.total})
    held = list(found.held)
    while found.has_next:  # nothing is awaited in between: it is one state of the fleet
        rest = RowQuery(filter=asked, order=by, limit=LARGEST_PAGE, offset=len(held))
        found = await resources.page(context, rest)
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
