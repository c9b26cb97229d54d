"""The row of a list and its pages.

A ResourceRow is a gyre.terms Row as it is: its attributes have the same names, so that nothing is copied.
"""

from collections.abc import Iterable
from typing import Self, cast

import strawberry

from gyre.clock import rfc3339
from gyre.fleet.fleet import Page
from gyre.fleet.health import Problem
from gyre.terms.rows import Row
from resolvers.rights import allowed_on
from schema.types.declare import computed, described, object_type
from schema.types.enums import Action, Word
from schema.types.scalars import DateTime, Position


@object_type
class Label:
    """A label or an annotation."""

    key: str = described("Its key, with the prefix if it has one.")
    value: str = described("Its value.")


@object_type
class Reference:
    """What an object says of another in the same cluster, which may not exist or be no Flux kind."""

    group: str = described("API group; empty for the core group, or where the object does not say.")
    kind: str = described("Kind, as `GitRepository`.")
    namespace: str = described("Namespace; empty for what has none.")
    name: str = described("Name; empty when it is hidden.")
    hidden: bool = described("Whether you may see nothing of its kind there; then neither name nor namespace is told.")


@object_type
class ResourceRow:
    """One Flux object, slim: all that a list shows."""

    id: strawberry.ID = described("Stable identity: cluster, kind, namespace and name.")
    cluster: str = described("The cluster it is in.")
    kind: str = described("Its kind, as `Kustomization`.")
    group: str = described("Its API group.")
    plural: str = described("The plural its kind has in the API, as `kustomizations`.")
    version: str = described("The API version it was read in, as `v1`.")
    api_version: str = described("Group and version, as `kustomize.toolkit.fluxcd.io/v1`.")
    namespace: str = described("Its namespace.")
    name: str = described("Its name.")
    uid: str = described("The uid Kubernetes gave it.")
    resource_version: str = described("The version of this state of it; send it back to update without overwriting.")
    generation: int = described("Counts changes of its spec.")
    status: Word = described("Its status in one word.")
    reason: str = described("The reason its controller gives; empty when there is none.")
    message: str = described("What its controller says, word for word; empty when it says nothing.")
    suspended: bool = described("Whether it is suspended.")
    revision: str = described("The revision it is at, or last tried; empty when unknown.")
    created_at: DateTime = described("When it was created.")
    changed_at: DateTime | None = described("When its readiness last changed.")
    reconciled_at: DateTime | None = described("When it was last reconciled, where its kind tells.")
    labels: list[Label] = described("Its labels.")
    source: Reference | None = described("Where its content comes from.")
    depends_on: list[Reference] = described("What it waits for.")
    owner: Reference | None = described("What applied it.")
    suspended_by: str | None = described("Who suspended it through Gyre.")
    suspended_reason: str | None = described("Why, as they said.")
    suspended_since: DateTime | None = described("Since when it is suspended, where that is noted.")
    suspended_until: DateTime | None = described("Until when it was meant to be suspended.")

    @computed(
        "What you may do with it. Depends on who asks, so it cannot be selected in a subscription.", personal=True
    )
    def allowed(self, info: strawberry.Info) -> list[Action]:
        """What the caller may do with it."""
        return allowed_on(info.context, cast("Row", self).ref)


def rows_of(rows: Iterable[Row]) -> list[ResourceRow]:
    """Domain rows where the schema says ResourceRow: the same attributes, read by name."""
    return cast("list[ResourceRow]", list(rows))


def row_of(row: Row | None) -> ResourceRow | None:
    """A domain row where the schema says ResourceRow."""
    return cast("ResourceRow | None", row)


@object_type
class ReadError:
    """What could not be read, or not afresh; the rest of the answer stands."""

    cluster: str = described("The cluster.")
    kind: str | None = described("The kind, or null when it is the whole cluster.")
    code: str = described(
        "NOT_SYNCED: never read, so its rows are missing. STALE: its rows may be out of date. "
        "TRUNCATED: there are more events than are kept."
    )
    message: str = described("What is wrong, in words.")
    stale_since: DateTime | None = described("Since when rows may be out of date.")

    @classmethod
    def each(cls, problems: Iterable[Problem]) -> list[Self]:
        """What could not be read, as the fleet tells it."""
        return [
            cls(
                cluster=problem.cluster,
                kind=problem.kind.name if problem.kind else None,
                code=problem.code,
                message=problem.message,
                stale_since=DateTime(rfc3339(problem.stale_since)) if problem.stale_since else None,
            )
            for problem in problems
        ]


@object_type
class PageInfo:
    """Where a page stands in the whole."""

    has_next_page: bool = described("Whether rows follow.")
    has_previous_page: bool = described("Whether rows come before.")
    start_cursor: str | None = described("Cursor of the first row.")
    end_cursor: str | None = described("Cursor of the last row: `after` for the next page.")


@object_type
class ResourceRowEdge:
    """A row with its cursor."""

    node: ResourceRow = described("The row.")
    cursor: str = described("`after` for the rows that follow it.")


@object_type
class ResourceRowConnection:
    """One page of rows."""

    nodes: list[ResourceRow] = described("The rows.")
    page_info: PageInfo = described("Where the page stands in the whole.")
    total_count: int = described("How many rows match, of those you may see.")
    position: Position = described("The place in the order of changes the page was read at: subscribe from here.")
    errors: list[ReadError] = described("What could not be read, or not afresh.")

    page: strawberry.Private[Page]

    @computed("The rows, each with its cursor.")
    def edges(self) -> list[ResourceRowEdge]:
        """The rows, each with its cursor."""
        pairs = zip(self.nodes, self.page.cursors, strict=True)
        return [ResourceRowEdge(node=node, cursor=cursor) for node, cursor in pairs]

    @classmethod
    def of(cls, page: Page) -> Self:
        """A page as the fleet read it."""
        info = PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.start_cursor,
            end_cursor=page.end_cursor,
        )
        return cls(
            nodes=rows_of(page.rows),
            page_info=info,
            total_count=page.total,
            position=Position(page.position),
            errors=ReadError.each(page.problems),
            page=page,
        )
