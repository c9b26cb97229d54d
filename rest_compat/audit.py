"""The audit over HTTP: pages of it, and all of it as JSON lines.

Who may read it is decided in resolvers.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

import msgspec
import orjson
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from gyre.audit.asking import LARGEST_PAGE, AuditFilter, AuditPart, Outcome
from gyre.audit.reading import Record
from gyre.audit.telling import told
from gyre.clock import moment
from gyre.errors import Invalid, NotAllowed
from resolvers import audit
from rest_compat import payloads
from rest_compat.contract import Answer, Operation
from rest_compat.reading import context_of, query
from rest_compat.shapes import Asked, Shape, Timestamp

TAG = "Audit"
JSON_LINES = "application/x-ndjson"
DEFAULT_LIMIT: Final = 50
LINES_AT_ONCE: Final = 100
OUTCOMES: Final = {each.value: each for each in Outcome}

Several = Annotated[str, Meta(description="One of these values, separated by commas.")]
HowEnded = Annotated[
    Literal["succeeded", "failed", "refused", "open"],
    Meta(description="`open`: begun, and it is not known how it ended."),
]


class AuditQuery(Asked, frozen=True):
    """Which deeds: all that is given has to hold."""

    who: Annotated[Several, Meta(description="Users, by name or id, separated by commas.")] | None = None
    action: Annotated[Several, Meta(description="Actions, separated by commas.", examples=["suspend"])] | None = None
    outcome: (
        Annotated[Several, Meta(description=f"Of {', '.join(OUTCOMES)}, separated by commas.", examples=["failed"])]
        | None
    ) = None
    cluster: Several | None = None
    kind: Annotated[Several, Meta(examples=["kustomizations"])] | None = None
    namespace: Several | None = None
    name: Several | None = None
    since: Timestamp | None = None
    until: Timestamp | None = None
    q: Annotated[str, Meta(description="In a name, a reason, an address or a detail, in any case.")] = ""

    def asked(self) -> AuditFilter:
        """The filter as the audit takes it."""
        return AuditFilter(
            who=_several(self.who),
            actions=_several(self.action),
            outcomes=tuple(map(_outcome, _several(self.outcome))),
            clusters=_several(self.cluster),
            kinds=_several(self.kind),
            namespaces=_several(self.namespace),
            names=_several(self.name),
            since=None if self.since is None else moment("since", self.since),
            until=None if self.until is None else moment("until", self.until),
            text=self.q,
        )


class AuditPageQuery(AuditQuery, frozen=True):
    """Which deeds, and how many of them."""

    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE, description="How many a page has.", examples=[50])] = (
        DEFAULT_LIMIT
    )
    after: Annotated[str, Meta(description="Only those behind this cursor, which are older.")] | None = None


class AuditChange(Shape, frozen=True):
    """One path that a deed changed; values are JSON, secrets masked, cut when they are long."""

    path: str
    before: str | None
    after: str | None


class AuditEnd(Shape, frozen=True):
    """The entry that says how a deed ended."""

    number: int | None
    hash: str | None


class AuditDeed(Shape, frozen=True, kw_only=True):
    """Who did, tried or was refused what, from where, on which object, how it ended, and what it changed."""

    id: int
    at: Timestamp
    ended_at: Timestamp | None
    outcome: HowEnded
    action: str
    username: str
    user_id: str | None
    address: str
    request_id: str
    cluster: str
    kind: str
    namespace: str
    name: str
    reason: str
    details: dict[str, Any]
    changes: tuple[AuditChange, ...]
    chain: str | None
    number: int | None
    hash: str | None
    end: AuditEnd | None


class AuditDeeds(Shape, frozen=True, kw_only=True):
    """A page of the audit, the newest first."""

    entries: tuple[AuditDeed, ...]
    has_next: bool
    end_cursor: Annotated[str | None, Meta(description="`after` for the next page.")]


@Operation(
    summary="Read the audit",
    tag=TAG,
    query=AuditPageQuery,
    answers={200: Answer(AuditDeeds)},
    refuses=(NotAllowed,),
)
async def list_audit(request: Request) -> Response:
    """One page, the newest first. For administrators."""
    context = await context_of(request)
    said = query(request, AuditPageQuery)
    found = (await audit.page(context, said.asked(), AuditPart(first=said.limit, after=said.after))).page
    deeds = tuple(msgspec.convert(told(record), AuditDeed) for record in found.records)
    return payloads.answer(AuditDeeds(entries=deeds, has_next=found.has_next, end_cursor=found.end_cursor))


@Operation(
    summary="Export the audit",
    tag=TAG,
    query=AuditQuery,
    answers={200: Answer(str, media_type=JSON_LINES, meaning="A line of JSON for each deed, the oldest first.")},
    refuses=(NotAllowed,),
)
async def export_audit(request: Request) -> Response:
    """All of it, a line of JSON each. For administrators; that it was taken is in it."""
    context = await context_of(request)
    records = await audit.export(context, query(request, AuditQuery).asked())
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="gyre-audit.jsonl"'}
    return StreamingResponse(_lines(records), 200, headers, media_type=JSON_LINES)


async def _lines(records: AsyncIterator[Record]) -> AsyncIterator[bytes]:
    some: list[bytes] = []
    async for record in records:
        some.append(orjson.dumps(told(record), option=orjson.OPT_APPEND_NEWLINE))
        if len(some) == LINES_AT_ONCE:
            yield b"".join(some)
            some.clear()
    yield b"".join(some)


def _several(text: str | None) -> tuple[str, ...]:
    """Values separated by commas: no name of anything here holds one."""
    return tuple(part for part in (text or "").split(",") if part)


def _outcome(name: str) -> Outcome:
    found = OUTCOMES.get(name.lower())
    if found is None:
        raise Invalid(f"`outcome` is one of {', '.join(OUTCOMES)}.", details={"path": ["outcome"]})
    return found


ROUTES = (
    Route("/api/audit", list_audit, methods=["GET"]),
    Route("/api/audit/export", export_audit, methods=["GET"]),
)
