"""Kubernetes Events about Flux objects over HTTP: of a namespace, and of one object; the newest first.

Which are kept and who may see them is decided behind the resolvers; they are sent as the bytes that are kept.
"""

from starlette.requests import Request
from starlette.responses import Response

from gyre.fleet.events.queries import EventFilter, Part
from gyre.fleet.events.reading import EventPage
from resolvers import events
from rest_compat import payloads
from rest_compat.flux import DEFAULT_CLUSTER, MOST_LIMIT, target_of
from rest_compat.reading import context_of, number, text

DEFAULT_LIMIT = 50
"""Events of an answer: as documented."""


async def list_events(request: Request) -> Response:
    """The newest Events about objects of a cluster."""
    context = await context_of(request)
    asked = EventFilter(
        clusters=(text(request, "cluster") or DEFAULT_CLUSTER,),
        namespaces=tuple(filter(None, [text(request, "namespace")])),
    )
    return _answer(await events.page(context, asked, _part(request)))


async def events_about(request: Request) -> Response:
    """The newest Events about one object."""
    context = await context_of(request)
    target = target_of(request, text(request, "cluster") or DEFAULT_CLUSTER)
    return _answer(await events.about(context, target, _part(request)))


def _part(request: Request) -> Part:
    return Part(limit=number(request, "limit", least=1, most=MOST_LIMIT) or DEFAULT_LIMIT)


def _answer(page: EventPage) -> Response:
    more = {"total": page.total, **payloads.problems(page.problems)}
    return payloads.many([event.body for event in page.held], more, name="events")
