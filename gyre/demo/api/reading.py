"""GET: one object, a list, or a watch.

What a page or a stream holds: gyre.demo.listing and gyre.demo.streams.
"""

import random
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gyre.demo import refusals
from gyre.demo.api.answers import JSON, Form, form_of
from gyre.demo.api.requests import Target, flag, version_of, whole
from gyre.demo.api.serving import Serving
from gyre.demo.causes import Cause, forbidden_value
from gyre.demo.listing import ListQuery, list_page
from gyre.demo.selectors import Selection
from gyre.demo.streams import Encode, Stream, WatchQuery

NOT_OLDER_THAN = "NotOlderThan"
EXACT = "Exact"
LONGEST_WATCH_SECONDS = 24 * 3600
USUAL_WATCH_SECONDS = 1800  # a real server takes this once to twice, so that not all clients return at once
PATIENCE_SECONDS = 3.0  # how long a LIST waits for a version that does not exist yet


async def get(request: Request, serving: Serving, target: Target) -> Response:
    """One object. To watch it, a field selector names it in its collection."""
    form = form_of(request, serving.store, target.resource)
    version_of(request.query_params.get("resourceVersion", ""))
    held = serving.store.get(target.resource, target.namespace or "", target.name)
    return Response(form.one(held), media_type=JSON)


async def list_or_watch(request: Request, serving: Serving, target: Target) -> Response:
    """A page of a kind, or its changes."""
    if flag(request, "watch"):
        return await watch(request, serving, target)
    form = form_of(request, serving.store, target.resource)
    query = _list_query(request, target)
    deadline = serving.store.clock.monotonic() + PATIENCE_SECONDS
    while query.version > serving.store.version and serving.store.clock.monotonic() < deadline:
        await serving.store.collection(target.resource).journal.wait(0.1)
    return Response(form.many(list_page(serving.store, target.resource, query)), media_type=JSON)


async def watch(request: Request, serving: Serving, target: Target) -> Response:
    """The changes of a kind or an object as a stream of lines."""
    form = form_of(request, serving.store, target.resource)
    stream = Stream(serving.store, target.resource, _watch_query(request, target), _encoder(form), serving.closing)
    return StreamingResponse(stream.lines(), media_type=JSON)


def _encoder(form: Form) -> Encode:
    return lambda held, first: form.one(held, with_columns=first)


def selection_of(request: Request, target: Target) -> Selection:
    """The selectors of a request; a name in the path is one more."""
    selection = Selection(request.query_params.get("labelSelector", ""), request.query_params.get("fieldSelector", ""))
    return replace(selection, fields=f"metadata.name={target.name}") if target.name else selection


def _list_query(request: Request, target: Target) -> ListQuery:
    query = request.query_params
    version, match, token = (
        query.get("resourceVersion", ""),
        query.get("resourceVersionMatch", ""),
        query.get("continue", ""),
    )
    causes = _match_causes(match)
    if match and not version:
        causes.append(_forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"))
    if match and token:
        causes.append(_forbidden("resourceVersionMatch is forbidden when continue is provided"))
    if match == EXACT and version == "0":
        causes.append(_forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    if "sendInitialEvents" in query:
        causes.append(forbidden_value("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    _refuse(causes)
    limit = whole(request, "limit")
    if token and version not in ("", "0"):
        raise refusals.bad_request("specifying resource version is not allowed when using continue")
    wanted = version_of(version)
    exact = match == EXACT or (not match and limit > 0 and wanted > 0)
    return ListQuery(
        namespace=target.namespace,
        selection=selection_of(request, target),
        limit=max(limit, 0),
        token=token,
        version=wanted,
        exact=exact,
    )


def _watch_query(request: Request, target: Target) -> WatchQuery:
    query = request.query_params
    version, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    initial = flag(request, "sendInitialEvents") if "sendInitialEvents" in query else None
    causes = []
    if initial is not None and match != NOT_OLDER_THAN:
        detail = f"sendInitialEvents requires setting resourceVersionMatch to {NOT_OLDER_THAN}"
        causes.append(_forbidden(detail))
    if match and initial is None:
        detail = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        causes.append(_forbidden(detail))
    _refuse(causes)
    bookmarks = flag(request, "allowWatchBookmarks")
    seconds = whole(request, "timeoutSeconds") or USUAL_WATCH_SECONDS * (1 + random.random())  # noqa: S311  # no secret
    after = version_of(version) or None
    return WatchQuery(
        namespace=target.namespace,
        selection=selection_of(request, target),
        after=None if initial else after if initial is None or after else 0,
        bookmarks=bookmarks,
        initial_events_end=bool(initial and bookmarks),
        seconds=min(seconds, LONGEST_WATCH_SECONDS),
    )


def _match_causes(match: str) -> list[Cause]:
    if match in ("", EXACT, NOT_OLDER_THAN):
        return []
    message = f'Unsupported value: "{match}": supported values: "{EXACT}", "{NOT_OLDER_THAN}", ""'
    return [Cause("FieldValueNotSupported", message, "resourceVersionMatch")]


def _forbidden(detail: str) -> Cause:
    return forbidden_value("resourceVersionMatch", detail)


def _refuse(causes: list[Cause]) -> None:
    if causes:
        raise refusals.invalid_options("ListOptions", causes)
