"""The fleet at a glance over HTTP: counts by status, kind, namespace and cluster, and what fails now.

The counts are kept behind the resolvers.
"""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from gyre.terms.rows import Row, Word
from resolvers import overviews, resources
from rest_compat import editions, payloads
from rest_compat.contract import NAMED, OBJECTS, UNCHANGED, Answer, Operation
from rest_compat.filters import Clusters, Kinds, Narrowing, several
from rest_compat.reading import context_of, query
from rest_compat.shapes import After, Position, Shape, Troubles

ByStatus = Annotated[dict[str, int], Meta(description="How many of each status, 0 included.", examples=[{"Ready": 40}])]


class OverviewQuery(Narrowing, frozen=True):
    """What of the fleet."""

    cluster: Clusters | None = None
    resource_type: Kinds | None = None
    after: After | None = None


class Counted(Shape, frozen=True, kw_only=True):
    """How many, in all and of each status."""

    total: Annotated[int, Meta(ge=0)]
    by_status: ByStatus


class OfKind(Counted, frozen=True, kw_only=True):
    """How many of a kind."""

    resource_type: str
    kind: str
    group: str


class OfNamespace(Counted, frozen=True, kw_only=True):
    """How many in a namespace."""

    namespace: str


class OfCluster(Counted, frozen=True, kw_only=True):
    """How many on a cluster."""

    cluster: str


class Failing(Shape, frozen=True, kw_only=True):
    """Something that fails now."""

    cluster: str
    resource_type: str
    kind: str
    namespace: str
    name: str
    status: str
    reason: str
    message: str
    revision: str
    changed_at: str | None


class Overview(Troubles, frozen=True, kw_only=True):
    """The fleet at a glance; `failing` holds up to 50, the latest first."""

    total: Annotated[int, Meta(ge=0)]
    by_status: ByStatus
    by_kind: tuple[OfKind, ...]
    by_namespace: tuple[OfNamespace, ...]
    by_cluster: tuple[OfCluster, ...]
    failing: tuple[Failing, ...]
    position: Position


@Operation(
    summary="Overview",
    tag="Overview",
    query=OverviewQuery,
    answers={200: Answer(Overview, headers=NAMED), 304: UNCHANGED},
    refuses=OBJECTS,
)
async def show_overview(request: Request) -> Response:
    """Everything one may see, on all clusters unless some are named."""
    context = await context_of(request)
    said = query(request, OverviewQuery)
    clusters = several(said.cluster)
    await resources.wait_for(context, said.after)
    tag = editions.tag_of(request, resources.edition(context, clusters or None))
    known = editions.known(request, tag)
    if known is not None:
        return known
    asked = said.rows(clusters=clusters, kinds=several(said.resource_type))
    seen = await overviews.overview(context, asked)
    counts, troubles = seen.counts, Troubles.told(seen.problems)
    shown = Overview(
        total=counts.total,
        by_status=_by_word(counts.by_status),
        by_kind=tuple(
            OfKind(resource_type=kind.plural, kind=kind.name, group=kind.group, total=_sum(by), by_status=_by_word(by))
            for kind, by in counts.by_kind.items()
        ),
        by_namespace=tuple(
            OfNamespace(namespace=name, total=_sum(by), by_status=_by_word(by))
            for name, by in counts.by_namespace.items()
        ),
        by_cluster=tuple(
            OfCluster(cluster=name, total=_sum(by), by_status=_by_word(by)) for name, by in counts.by_cluster.items()
        ),
        failing=tuple(map(_failing, seen.failing)),
        position=seen.position,
        errors=troubles.errors,
        stale_since=troubles.stale_since,
    )
    return editions.named(payloads.answer(shown), tag)


def _sum(by: Mapping[Word, int]) -> int:
    return sum(by.values())


def _by_word(by: Mapping[Word, int]) -> dict[str, int]:
    """Every status is told, with 0 where there is none."""
    return {word.value: by.get(word, 0) for word in Word}


def _failing(row: Row) -> Failing:
    return Failing(
        cluster=row.cluster,
        resource_type=row.plural,
        kind=row.kind,
        namespace=row.namespace,
        name=row.name,
        status=row.status.value,
        reason=row.reason,
        message=row.message,
        revision=row.revision,
        changed_at=row.changed_at,
    )
