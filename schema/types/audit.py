"""The audit as administrators, and who may edit an object, read it.

How deeds are kept is gyre.audit's; who may read them is decided in resolvers.
"""

from typing import Self

import strawberry
from strawberry.scalars import JSON

from gyre.audit.asking import AuditFilter as Asked
from gyre.audit.asking import cursor_of
from gyre.audit.reading import Record
from gyre.clock import moment, rfc3339
from resolvers import audit
from resolvers.audit import Pages
from schema.types.declare import computed, described, input_type, object_type, optional
from schema.types.enums import AuditOutcome
from schema.types.rows import PageInfo
from schema.types.scalars import DateTime


@object_type
class AuditChange:
    """One path that a deed changed; values are JSON, secrets masked, cut when they are long."""

    path: str = described("Where, as `spec.interval`; empty for the whole object.")
    before: str | None = described("What was there; null when nothing was.")
    after: str | None = described("What is there since; null when nothing is.")


@object_type
class AuditEntry:
    """One deed: what somebody did, tried, or was refused."""

    id: strawberry.ID = described("Its number in this Gyre.")
    at: DateTime = described("When it began, to the second.")
    ended_at: DateTime | None = described(
        "When it was known how it ended; null when it is open, or began and ended at once."
    )
    outcome: AuditOutcome = described("How it ended.")
    action: str = described("What, as `suspend`, `user-create` or `sign-in`.")
    username: str = described("Who; for a sign-in that failed the name that was given; `gyre` for Gyre itself.")
    user_id: strawberry.ID | None = described("The user's id; null for nobody who is signed in.")
    address: str = described("The address it came from; empty for a command, and for who is no administrator.")
    request_id: str = described("The request's id, as its log lines and its answer have it.")
    cluster: str = described("The object's cluster; empty when it is about none.")
    kind: str = described("The object's kind, as `kustomizations.kustomize.toolkit.fluxcd.io`.")
    namespace: str = described("The object's namespace.")
    name: str = described("The object's name.")
    reason: str = described("The true reason of a refusal or failure, also where the caller was told `not found`.")
    details: JSON = described("What else is known of it: options, what a user or policy was changed to.")
    changes: list[AuditChange] = described("What it changed, before and after.")
    chain: str | None = described("The chain of entries it is in; each process writes its own.")
    number: int | None = described("Its place in the chain.")
    hash: str | None = described("What `gyre audit verify` checks.")

    @classmethod
    def of(cls, record: Record, *, in_full: bool) -> Self:
        """A deed as the audit has it; without addresses when it is not for an administrator."""
        begun = record.begun
        return cls(
            id=strawberry.ID(str(begun.id)),
            at=DateTime(rfc3339(begun.at)),
            ended_at=DateTime(rfc3339(record.ended_at)) if record.ended_at else None,
            outcome=record.outcome,
            action=begun.action,
            username=begun.username,
            user_id=strawberry.ID(begun.user_id) if begun.user_id else None,
            address=begun.address if in_full else "",
            request_id=begun.request_id,
            cluster=begun.cluster,
            kind=begun.kind,
            namespace=begun.namespace,
            name=begun.name,
            reason=record.reason,
            details=JSON(record.details),
            changes=[_change(each) for each in record.changes],
            chain=begun.chain,
            number=begun.n,
            hash=begun.hash,
        )


@object_type
class AuditEdge:
    """A deed with its cursor."""

    node: AuditEntry = described("The deed.")
    cursor: str = described("`after` for the older ones that follow it.")


@object_type
class AuditConnection:
    """One page of the audit, the newest first."""

    nodes: list[AuditEntry] = described("The deeds.")
    page_info: PageInfo = described("Where the page stands in the whole.")

    pages: strawberry.Private[Pages]

    @computed("The deeds, each with its cursor.")
    def edges(self) -> list[AuditEdge]:
        """The deeds, each with its cursor."""
        return [AuditEdge(node=node, cursor=cursor_of(int(node.id))) for node in self.nodes]

    @computed("How many deeds there are of what was asked for; counted when it is selected.")
    async def total_count(self) -> int:
        """How many there are."""
        return await audit.count(self.pages.asked)

    @classmethod
    def of(cls, pages: Pages, *, first: bool, in_full: bool = True) -> Self:
        """A page as resolvers found it."""
        nodes = [AuditEntry.of(record, in_full=in_full) for record in pages.page.records]
        info = PageInfo(
            has_next_page=pages.page.has_next,
            has_previous_page=not first,
            start_cursor=cursor_of(int(nodes[0].id)) if nodes else None,
            end_cursor=pages.page.end_cursor,
        )
        return cls(nodes=nodes, page_info=info, pages=pages)


@input_type
class AuditFilter:
    """Which deeds: one of each list that is given, and all else that is."""

    who: list[str] | None = optional("Users, by name or id.")
    actions: list[str] | None = optional("Actions, as `suspend`.")
    outcomes: list[AuditOutcome] | None = optional("How they ended.")
    clusters: list[str] | None = optional("Clusters of the objects.")
    kinds: list[str] | None = optional("Kinds of the objects: `kustomizations`, or with its group behind a dot.")
    namespaces: list[str] | None = optional("Namespaces of the objects.")
    names: list[str] | None = optional("Names of the objects.")
    since: DateTime | None = optional("Begun at this moment or later.")
    until: DateTime | None = optional("Begun before this moment.")
    text: str | None = optional("With this in a name, a reason, an address, a request's id or a detail, in any case.")


def asked_of(given: AuditFilter | None) -> Asked:
    """The filter as the audit takes it."""
    if given is None:
        return Asked()
    return Asked(
        who=tuple(given.who or ()),
        actions=tuple(given.actions or ()),
        outcomes=tuple(given.outcomes or ()),
        clusters=tuple(given.clusters or ()),
        kinds=tuple(given.kinds or ()),
        namespaces=tuple(given.namespaces or ()),
        names=tuple(given.names or ()),
        since=None if given.since is None else moment("since", given.since),
        until=None if given.until is None else moment("until", given.until),
        text=given.text or "",
    )


def _change(told: dict[str, object]) -> AuditChange:
    before, after = told.get("before"), told.get("after")
    return AuditChange(
        path=str(told.get("path", "")),
        before=None if before is None else str(before),
        after=None if after is None else str(after),
    )
