"""Kubernetes Events about Flux objects over HTTP: of a namespace, and of one object; the newest first.

Which are kept and who may see them is decided behind the resolvers; they are sent as the bytes that are kept.
"""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.reading import EventPage
from resolvers import events
from rest_compat import editions, payloads
from rest_compat.contract import NAMED, OBJECTS, ONE, UNCHANGED, Answer, Operation
from rest_compat.filters import Namespaces, several
from rest_compat.flux import target_of
from rest_compat.lists import MOST_LIMIT
from rest_compat.reading import DEFAULT_CLUSTER, context_of, query
from rest_compat.shapes import Asked, ClusterName, KubernetesObject, Troubles

DEFAULT_LIMIT = 50
"""Events of an answer: as documented."""

TAG = "Events"
Newest = Annotated[int, Meta(ge=1, le=MOST_LIMIT, description="How many of them, the newest first.", examples=[50])]


class EventsAboutQuery(Asked, frozen=True):
    """Which Events about an object."""

    cluster: ClusterName = DEFAULT_CLUSTER
    limit: Newest = DEFAULT_LIMIT


class EventsQuery(EventsAboutQuery, frozen=True):
    """Which Events."""

    namespace: Namespaces | None = None


class ManyEvents(Troubles, frozen=True, kw_only=True):
    """Kubernetes Events, whole, the newest first."""

    events: tuple[KubernetesObject, ...]
    total: Annotated[int, Meta(ge=0, description="How many there are.")]


@Operation(
    summary="List events",
    tag=TAG,
    query=EventsQuery,
    answers={200: Answer(ManyEvents, headers=NAMED), 304: UNCHANGED},
    refuses=OBJECTS,
)
async def list_events(request: Request) -> Response:
    """The newest Events about objects of a cluster."""
    context, said = await context_of(request), query(request, EventsQuery)
    tag = editions.tag_of(request, events.edition(context, said.cluster))
    known = editions.known(request, tag)
    if known is not None:
        return known
    asked = EventFilter(clusters=(said.cluster,), namespaces=several(said.namespace))
    return editions.named(_answer(await events.page(context, asked, Part(limit=said.limit))), tag)


@Operation(
    summary="Events about an object",
    tag=TAG,
    query=EventsAboutQuery,
    answers={200: Answer(ManyEvents, headers=NAMED), 304: UNCHANGED},
    refuses=ONE,
)
async def events_about(request: Request) -> Response:
    """The newest Events about one object."""
    context, said = await context_of(request), query(request, EventsAboutQuery)
    tag = editions.tag_of(request, events.edition(context, said.cluster))
    page = await events.about(context, target_of(request, said.cluster), Part(limit=said.limit))
    return editions.known(request, tag) or editions.named(_answer(page), tag)


def _answer(page: EventPage) -> Response:
    more = {"total": page.total, **payloads.problems(page.problems)}
    return payloads.many([event.body for event in page.held], more, name="events")
