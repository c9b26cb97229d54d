"""What is answered: objects, lists, tables and Status values, in the form the client accepts.

What the answer says is decided by the modules that read and write.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gyre.demo import refusals, tables
from gyre.demo.journal import Held
from gyre.demo.listing import Listed
from gyre.demo.resources import Manifest, ResourceType
from gyre.demo.store import Store
from gyre.demo.tables import Include

JSON = "application/json"
PLAIN = frozenset((JSON, "application/*", "*/*", ""))


def json_answer(value: Any, code: int = 200, *, media_type: str = JSON) -> Response:
    """A JSON body."""
    return Response(orjson.dumps(value), status_code=code, media_type=media_type)


def refused(refusal: refusals.Refusal) -> Response:
    """The Status of a refusal."""
    answer = json_answer(refusal.status(), refusal.code)
    retry = (refusal.details or {}).get("retryAfterSeconds")
    if retry:
        answer.headers["retry-after"] = str(retry)
    return answer


@dataclass(frozen=True, slots=True)
class Form:
    """The form in which a client wants objects of one kind."""

    store: Store
    resource: ResourceType
    as_kind: str
    include: Include

    @property
    def plain(self) -> bool:
        """Whether objects go out as they are."""
        return not self.as_kind

    @property
    def now(self) -> datetime:
        """The moment ages are counted to."""
        return self.store.clock.now()

    def one(self, held: Held, *, with_columns: bool = True) -> bytes:
        """One object."""
        if self.plain:
            return self.store.raw(self.resource, held)
        shown = self._shown(held)
        if self.as_kind == "PartialObjectMetadata":
            return orjson.dumps(tables.partial_metadata(shown.served))
        version = {"resourceVersion": str(held.version)}
        made = tables.table(self.resource, [shown], version, include=self.include, now=self.now)
        if not with_columns:
            made["columnDefinitions"] = None
        return orjson.dumps(made)

    def many(self, listed: Listed) -> bytes:
        """One page."""
        metadata: Manifest = {"resourceVersion": str(listed.version)}
        if listed.token:
            metadata["continue"] = listed.token
        if listed.remaining is not None:
            metadata["remainingItemCount"] = listed.remaining
        if self.as_kind == "Table":
            shown = map(self._shown, listed.held)
            made = tables.table(self.resource, shown, metadata, include=self.include, now=self.now)
            return orjson.dumps(made)
        if self.plain:
            kind, api_version = self.resource.list_kind, self.resource.api_version
            items: Iterable[bytes] = (self.store.raw(self.resource, held) for held in listed.held)
        else:
            kind, api_version = "PartialObjectMetadataList", tables.META
            items = (orjson.dumps(tables.partial_metadata(self._shown(held).served)) for held in listed.held)
        head = orjson.dumps({"kind": kind, "apiVersion": api_version, "metadata": metadata})
        return b"".join((head[:-1], b',"items":[', b",".join(items), b"]}"))

    def _shown(self, held: Held) -> tables.Shown:
        stored = held.read()
        raw = self.store.raw(self.resource, held)
        return tables.Shown(stored, stored if raw is held.raw else orjson.loads(raw))


def form_of(request: Request, store: Store, resource: ResourceType) -> Form:
    """The first form of the Accept header that can be given; refused with 406 when there is none."""
    include_text = request.query_params.get("includeObject", "")
    include = Include(include_text) if include_text in tuple(Include) else Include.METADATA
    accepted = request.headers.get("accept", "")
    for entry in accepted.split(","):
        kind, *parameters = (part.strip() for part in entry.split(";"))
        wanted = dict(parameter.partition("=")[::2] for parameter in parameters)
        if kind not in PLAIN:
            continue
        if "as" not in wanted:
            return Form(store, resource, "", include)
        as_kind = wanted["as"].removesuffix("List")
        known = as_kind in ("Table", "PartialObjectMetadata") and wanted.get("g") == "meta.k8s.io"
        if known and wanted.get("v") in ("v1", "v1beta1"):
            return Form(store, resource, as_kind, include)
    raise refusals.not_acceptable()
