"""One Flux object over HTTP: whole, what it applied, and what can be done to it.

Lists are rest_compat.lists'. Rows, rights and writes are behind the resolvers.
"""

from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gyre.errors import Invalid, IsSuspended, NotSupported, SourceNotReady
from gyre.operations.acting import Acted
from gyre.operations.reconciling import Manner
from resolvers import actions, links, resources
from resolvers.actions import LONGEST_REASON, Suspension
from resolvers.context import Context
from resolvers.links import Applied
from resolvers.resources import SeenResource
from resolvers.targets import Target
from rest_compat import editions, payloads
from rest_compat.contract import NAMED, ONE, UNCHANGED, WRITES, Answer, Body, Operation
from rest_compat.lists import TAG, ChosenFields, fields_of
from rest_compat.reading import DEFAULT_CLUSTER, body, context_of, query
from rest_compat.shapes import After, Asked, ClusterName, KubernetesObject, Position, Shape, Timestamp

DryRun = Annotated[bool, Meta(description="Have it checked by the API server, and nothing changed.")]
WithSource = Annotated[bool, Meta(description="Reconcile first what the object takes its content from.")]
Force = Annotated[bool, Meta(description="Of a HelmRelease: upgrade once, whatever its state.")]
Reset = Annotated[bool, Meta(description="Of a HelmRelease: forget its failures first.")]
Reason = Annotated[str, Meta(description="Why it is suspended.", extra_json_schema={"maxLength": LONGEST_REASON})]


class ObjectQuery(Asked, frozen=True):
    """Where the object is, how new the answer has to be, and what of it is asked for."""

    cluster: ClusterName = DEFAULT_CLUSTER
    fields: ChosenFields | None = None
    after: After | None = None


class InventoryQuery(Asked, frozen=True):
    """Where the object is, and how new the answer has to be."""

    cluster: ClusterName = DEFAULT_CLUSTER
    after: After | None = None


class ActionQuery(Asked, frozen=True):
    """Where the object is, and whether it is meant; the body may say it instead."""

    cluster: ClusterName | None = None
    dry_run: DryRun = False


class ReconcileQuery(ActionQuery, frozen=True):
    """The same, and how to reconcile."""

    with_source: WithSource = False
    force: Force = False
    reset: Reset = False


class SuspendQuery(ActionQuery, frozen=True):
    """The same, and why and until when."""

    reason: Reason = ""
    until: Timestamp | None = None


class Wish(Asked, frozen=True, forbid_unknown_fields=True):
    """The body of an action; all of it may be left out, and its options may be in the query too."""

    cluster: ClusterName | None = None
    dry_run: DryRun = False


class ReconcileWish(Wish, frozen=True):
    """The body of a reconcile."""

    with_source: WithSource = False
    force: Force = False
    reset: Reset = False


class SuspendWish(Wish, frozen=True):
    """The body of a suspension: why, and until when."""

    reason: Reason = ""
    until: Timestamp | None = None


W = TypeVar("W", bound=Wish)
Options = TypeVar("Options", bound=ActionQuery)


class OneResource(Shape, frozen=True):
    """One object; `staleSince` when its cluster is away."""

    resource: KubernetesObject
    stale_since: Timestamp | UnsetType = UNSET


class AppliedObject(Shape, frozen=True, kw_only=True):
    """An object that another applied; `status` is null for what is no Flux object you may see.

    What you have no right on is `hidden`, with neither name nor namespace.
    """

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    hidden: bool
    status: str | None


class Inventory(Shape, frozen=True, kw_only=True):
    """What an object applied."""

    inventory: tuple[AppliedObject, ...]
    total: Annotated[int, Meta(ge=0)]
    stale_since: Timestamp | UnsetType = UNSET


class ActedOn(Shape, frozen=True):
    """The action is asked for; a dry run has neither `resource` nor `position`."""

    success: bool
    resource: KubernetesObject | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    dry_run: bool | UnsetType = UNSET
    stale_since: Timestamp | UnsetType = UNSET


@Operation(
    summary="Get a resource",
    tag=TAG,
    query=ObjectQuery,
    answers={200: Answer(OneResource, headers=NAMED), 304: UNCHANGED},
    refuses=ONE,
)
async def get_resource(request: Request) -> Response:
    """One object."""
    context = await context_of(request)
    said = query(request, ObjectQuery)
    seen = await resources.one(context, target_of(request, said.cluster), not_before=said.after)
    tag = editions.tag_of(request, context.sight.scope, seen.row.uid, seen.row.resource_version, str(seen.stale_since))
    known = editions.known(request, tag)
    if known is not None:
        return known
    chosen = fields_of(said.fields)
    return editions.named(payloads.one(chosen.of(seen.body) if chosen else seen.body, _stale(seen)), tag)


@Operation(
    summary="What an object applied", tag=TAG, query=InventoryQuery, answers={200: Answer(Inventory)}, refuses=ONE
)
async def list_inventory(request: Request) -> Response:
    """What an object applied, as its own status lists it."""
    context = await context_of(request)
    said = query(request, InventoryQuery)
    seen = await resources.one(context, target_of(request, said.cluster), not_before=said.after)
    applied = tuple(map(_applied, await links.inventory(context, seen)))
    return payloads.answer(Inventory(inventory=applied, total=len(applied), stale_since=seen.stale_since or UNSET))


@Operation(
    summary="Reconcile",
    tag=TAG,
    query=ReconcileQuery,
    body=Body(ReconcileWish, {"withSource": True}, optional=True),
    answers={200: Answer(ActedOn)},
    refuses=(*WRITES, NotSupported, IsSuspended, SourceNotReady),
)
async def reconcile(request: Request) -> Response:
    """Ask the object's controller to reconcile it now."""
    context, target, wish, options = await _wished(request, ReconcileWish(), ReconcileQuery)
    manner = Manner(
        with_source=wish.with_source or options.with_source,
        force=wish.force or options.force,
        reset=wish.reset or options.reset,
        dry_run=wish.dry_run or options.dry_run,
    )
    return await _done(context, target, await actions.reconcile(context, target, manner))


@Operation(
    summary="Suspend",
    tag=TAG,
    query=SuspendQuery,
    body=Body(SuspendWish, {"reason": "being repaired"}, optional=True),
    answers={200: Answer(ActedOn)},
    refuses=(*WRITES, NotSupported),
)
async def suspend(request: Request) -> Response:
    """Have the object left alone by its controller."""
    context, target, wish, options = await _wished(request, SuspendWish(), SuspendQuery)
    reason, until = meant("reason", options.reason, wish.reason), meant("until", options.until, wish.until)
    suspension = Suspension(reason=reason or "", until=until)
    dry_run = wish.dry_run or options.dry_run
    return await _done(context, target, await actions.suspend(context, target, suspension, dry_run=dry_run))


@Operation(
    summary="Resume",
    tag=TAG,
    query=ActionQuery,
    body=Body(Wish, {}, optional=True),
    answers={200: Answer(ActedOn)},
    refuses=(*WRITES, NotSupported),
)
async def resume(request: Request) -> Response:
    """Have the object reconciled again."""
    context, target, wish, options = await _wished(request, Wish(), ActionQuery)
    dry_run = wish.dry_run or options.dry_run
    return await _done(context, target, await actions.resume(context, target, dry_run=dry_run))


def target_of(connection: HTTPConnection, cluster: str) -> Target:
    """The object that the path names."""
    path = connection.path_params
    return Target(cluster=cluster, kind=path["resource_type"], namespace=path["namespace"], name=path["name"])


def cluster_of(in_query: str | None, in_body: str | None) -> str:
    """The cluster that is meant. Raises Invalid when query and body name two."""
    return meant("cluster", in_query, in_body) or DEFAULT_CLUSTER


def meant(name: str, in_query: str | None, in_body: str | None) -> str | None:
    """What the query or the body says. Raises Invalid when they say two things."""
    if in_query and in_body and in_query != in_body:
        message = f"The query says {name} {in_query!r}, the body {in_body!r}; give one."
        raise Invalid(message, details={"path": [name]})
    return in_query or in_body


async def _wished(request: Request, nothing: W, options: type[Options]) -> tuple[Context, Target, W, Options]:
    """Who asks for what of which object; `nothing` is what an empty body stands for. Said in either place it holds."""
    context = await context_of(request)
    wish, said = await body(request, type(nothing), otherwise=nothing), query(request, options)
    return context, target_of(request, cluster_of(said.cluster, wish.cluster)), wish, said


async def _done(context: Context, target: Target, acted: Acted) -> Response:
    if acted.position is None:
        return payloads.answer(ActedOn(success=True, dry_run=True))
    seen = await resources.one(context, target)
    return payloads.one(seen.body, {"success": True, "position": acted.position, **_stale(seen)})


def _stale(seen: SeenResource) -> dict[str, object]:
    return {"staleSince": seen.stale_since} if seen.stale_since else {}


def _applied(applied: Applied) -> AppliedObject:
    entry = applied.entry
    return AppliedObject(
        group=entry.group,
        version=entry.version,
        kind=entry.kind,
        namespace=entry.namespace,
        name=entry.name,
        hidden=applied.hidden,
        status=applied.status.value if applied.status else None,
    )
