"""Kubernetes Events about Flux objects over HTTP: of a namespace, and of one object; the newest first.

Which are kept and who may see them is decided behind the resolvers; they are sent as the bytes that are kept.
"""

from starlette.requests import Request
from starlette.responses import Response

from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.reading import EventPage
from resolvers import events
from rest_compat import editions, payloads
from rest_compat.filters import several
from rest_compat.flux import target_of
from rest_compat.lists import MOST_LIMIT
from rest_compat.reading import DEFAULT_CLUSTER, context_of, number, text

DEFAULT_LIMIT = 50
"""Events of an answer: as documented."""


async def list_events(request: Request) -> Response:
    """The newest Events about objects of a cluster."""
    context = await context_of(request)
    cluster = text(request, "cluster") or DEFAULT_CLUSTER
    tag = editions.tag_of(request, events.edition(context, cluster))
    if editions.has(request, tag):
        return editions.unchanged(tag)
    asked = EventFilter(clusters=(cluster,), namespaces=several(text(request, "namespace")))
    return editions.named(_answer(await events.page(context, asked, _part(request))), tag)


async def events_about(request: Request) -> Response:
    """The newest Events about one object."""
    context = await context_of(request)
    cluster = text(request, "cluster") or DEFAULT_CLUSTER
    tag = editions.tag_of(request, events.edition(context, cluster))
    page = await events.about(context, target_of(request, cluster), _part(request))
    return editions.unchanged(tag) if editions.has(request, tag) else editions.named(_answer(page), tag)


def _part(request: Request) -> Part:
    return Part(limit=number(request, "limit", least=1, most=MOST_LIMIT) or DEFAULT_LIMIT)


def _answer(page: EventPage) -> Response:
    more = {"total": page.total, **payloads.problems(page.problems)}
    return payloads.many([event.body for event in page.held], more, name="events")
