"""Objects written over HTTP: created, replaced, applied, deleted, and read whole by who may edit them.

What is written, and who may, is behind the resolvers.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
from msgspec import UNSET, Meta, UnsetType, structs
from starlette.requests import Request
from starlette.responses import Response

from gyre.errors import AlreadyExists, NotAllowed
from gyre.kube.writing import Propagation
from gyre.operations.deleting import LONGEST_WAIT_SECONDS, Manner
from gyre.operations.writing import Written
from resolvers import writes
from resolvers.context import Context
from resolvers.writes import About, Asked
from rest_compat import payloads
from rest_compat.contract import LIVE, ONE, WRITES, Answer, Body, Operation
from rest_compat.flux import DryRun, OneResource, cluster_of, target_of
from rest_compat.lists import TAG
from rest_compat.reading import DEFAULT_CLUSTER, as_type, context_of, manifest, query
from rest_compat.shapes import Asked as Question
from rest_compat.shapes import ClusterName, KubernetesObject, Named, Position, Shape

CREATED = 201
OK = 200
PROPAGATIONS: Mapping[str, Propagation] = {each.value.lower(): each for each in Propagation}


EXAMPLE: Mapping[str, object] = {
    "cluster": "default",
    "resource": {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"namespace": "flux-system", "name": "apps"},
        "spec": {
            "interval": "10m",
            "path": "./apps",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        },
    },
}
UPDATED: Mapping[str, object] = {
    "cluster": "default",
    "resource": {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"namespace": "flux-system", "name": "apps", "resourceVersion": "4711"},
        "spec": {
            "interval": "5m",
            "path": "./apps",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        },
    },
}
Force = Annotated[bool, Meta(description="Take over fields that other managers hold.")]


class Write(Question, frozen=True, forbid_unknown_fields=True):
    """The JSON body of a write; a body of YAML is the object itself. The options may be in the query too."""

    resource: Annotated[
        dict[str, Any],
        Meta(
            description="One object: its namespace and name may be left out where the path says them.",
            examples=[EXAMPLE["resource"]],
        ),
    ]
    cluster: ClusterName | None = None
    dry_run: DryRun = False
    force: Force = False


class WriteQuery(Question, frozen=True):
    """Where to write, and how; a JSON body may say it instead."""

    cluster: ClusterName | None = None
    dry_run: DryRun = False
    force: Force = False


class WhereQuery(Question, frozen=True):
    """Where the object is."""

    cluster: ClusterName = DEFAULT_CLUSTER


class ResourceDeletionQuery(WhereQuery, frozen=True):
    """What must still be so, how to delete, and how long to wait."""

    preview: Annotated[str, Meta(description="From the preview: refused when something else would go by now.")] = ""
    resource_version: Annotated[str, Meta(description="Refused when the object has changed.")] = ""
    propagation: Annotated[
        Literal["background", "foreground", "orphan"], Meta(description="What becomes of the objects it owns.")
    ] = "background"
    wait: Annotated[
        int, Meta(ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait until finalizers let it go.")
    ] = 0
    dry_run: DryRun = False


class WrittenResource(Shape, frozen=True):
    """The object as it is now; a dry run has no `position`."""

    resource: KubernetesObject
    position: Position | UnsetType = UNSET
    dry_run: bool | UnsetType = UNSET


class Deletion(Shape, frozen=True):
    """What became of it; a dry run has only `dryRun`."""

    success: bool
    gone: bool | UnsetType = UNSET
    finalizers: tuple[str, ...] | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    dry_run: bool | UnsetType = UNSET


class DeletionPreview(Shape, frozen=True):
    """What goes with an object; what one may not see of it is counted in `hidden`."""

    removed: tuple[Named, ...]
    hidden: Annotated[int, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0)]
    because: str
    finalizers: tuple[str, ...]
    preview: str


@Operation(
    summary="Create a resource",
    tag=TAG,
    query=WriteQuery,
    body=Body(Write, EXAMPLE, manifest=True),
    answers={
        200: Answer(WrittenResource, meaning="A dry run: the object as it would be."),
        201: Answer(WrittenResource, headers=("Location",)),
    },
    refuses=(*WRITES, AlreadyExists),
)
async def create(request: Request) -> Response:
    """Make an object."""
    context, asked, wish = await _asked(request)
    written = await writes.create(context, asked, dry_run=wish.dry_run)
    return _written(written)


@Operation(
    summary="Replace a resource",
    tag=TAG,
    query=WriteQuery,
    body=Body(Write, UPDATED, manifest=True),
    answers={200: Answer(WrittenResource)},
    refuses=WRITES,
)
async def update(request: Request) -> Response:
    """Put an object in place of the one it was made from."""
    context, asked, wish = await _asked(request)
    return _written(await writes.update(context, asked, dry_run=wish.dry_run))


@Operation(
    summary="Apply a resource",
    tag=TAG,
    query=WriteQuery,
    body=Body(Write, EXAMPLE, manifest=True),
    answers={200: Answer(WrittenResource), 201: Answer(WrittenResource, headers=("Location",))},
    refuses=WRITES,
)
async def apply(request: Request) -> Response:
    """Server-side apply of an object."""
    context, asked, wish = await _asked(request)
    return _written(await writes.apply(context, asked, force=wish.force, dry_run=wish.dry_run))


@Operation(
    summary="Delete a resource", tag=TAG, query=ResourceDeletionQuery, answers={200: Answer(Deletion)}, refuses=WRITES
)
async def delete(request: Request) -> Response:
    """Delete an object."""
    context = await context_of(request)
    asked = query(request, ResourceDeletionQuery)
    manner = Manner(
        propagation=PROPAGATIONS[asked.propagation],
        resource_version=asked.resource_version,
        token=asked.preview,
        wait_seconds=asked.wait,
        dry_run=asked.dry_run,
    )
    deleted = await writes.delete(context, target_of(request, asked.cluster), manner)
    if deleted.position is None:
        return payloads.answer(Deletion(success=True, dry_run=True))
    return payloads.answer(
        Deletion(success=True, gone=deleted.gone, finalizers=deleted.finalizers, position=deleted.position)
    )


@Operation(
    summary="Preview a deletion",
    tag=TAG,
    query=WhereQuery,
    answers={200: Answer(DeletionPreview)},
    refuses=(*ONE, *LIVE, NotAllowed),
)
async def deletion_preview(request: Request) -> Response:
    """What would go with an object."""
    context = await context_of(request)
    preview = await writes.deletion_preview(context, target_of(request, query(request, WhereQuery).cluster))
    return payloads.answer(
        DeletionPreview(
            removed=tuple(map(Named.of, preview.removed)),
            hidden=preview.hidden,
            total=preview.total,
            because=preview.because,
            finalizers=preview.finalizers,
            preview=preview.token,
        )
    )


@Operation(
    summary="Get a resource unmasked",
    tag=TAG,
    query=WhereQuery,
    answers={200: Answer(OneResource)},
    refuses=(*ONE, *LIVE, NotAllowed),
)
async def unmasked(request: Request) -> Response:
    """An object with its secrets, for who may edit it; audited."""
    context = await context_of(request)
    found = await writes.unmasked(context, target_of(request, query(request, WhereQuery).cluster))
    answer = payloads.one(orjson.dumps(found.document), {})
    answer.headers["cache-control"] = "no-store"
    return answer


async def _asked(request: Request) -> tuple[Context, Asked, Write]:
    """The write that a request asks for, and the options it comes with."""
    context = await context_of(request)
    said, asked = await manifest(request), query(request, WriteQuery)
    path = request.path_params
    about = About(kind=path["resource_type"], namespace=path.get("namespace", ""), name=path.get("name", ""))
    if isinstance(said, str):
        wish = Write(resource={}, dry_run=asked.dry_run, force=asked.force)
        return context, Asked(cluster=asked.cluster or DEFAULT_CLUSTER, yaml=said, about=about), wish
    wish = as_type(said, Write)
    named = cluster_of(asked.cluster, wish.cluster)
    # a dry run meant in either is never a real write
    wish = structs.replace(wish, dry_run=wish.dry_run or asked.dry_run, force=wish.force or asked.force)
    return context, Asked(cluster=named, manifest=wish.resource, about=about), wish


def _written(written: Written) -> Response:
    if written.position is None:
        return payloads.one(written.body, {"dryRun": True})
    answer = payloads.one(written.body, {"position": written.position}, status=CREATED if written.created else OK)
    if written.created:
        row = written.row
        place = "/".join(quote(part, safe="") for part in (row.plural, row.namespace, row.name))
        answer.headers["location"] = f"/api/flux/{place}?cluster={quote(row.cluster, safe='')}"
    return answer
