"""What every Flux object tells of itself, whatever its kind.

The fields of each kind are in the modules beside this one; who may see what it points to is resolvers'.
"""

from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from gyre.fleet.events.queries import Part
from resolvers import events, links
from resolvers.links import Applied, Linked
from resolvers.manifests import as_yaml
from resolvers.resources import SeenResource
from resolvers.rights import allowed_on
from schema.types.arguments import EventsAfter, EventsOffset
from schema.types.declare import at, computed, described, interface_type, object_type
from schema.types.enums import Action, Word
from schema.types.events import EventConnection
from schema.types.rows import Label, Reference
from schema.types.scalars import DateTime


@object_type
class Condition:
    """A condition as its controller wrote it."""

    type: str = at("type", "As `Ready`, `Reconciling` or `Stalled`.")
    status: str = at("status", "`True`, `False` or `Unknown`.")
    reason: str | None = at("reason", "The reason, one word.")
    message: str | None = at("message", "The message, word for word.")
    last_transition_time: DateTime | None = at("lastTransitionTime", "When its status last changed.")
    observed_generation: int | None = at("observedGeneration", "The generation it speaks of.")


@object_type
class ResourceReference:
    """Another object that this one names, and how it is, if you may see it."""

    group: str = described("API group; empty for the core group, or where the object does not say.")
    kind: str = described("Kind.")
    namespace: str = described("Namespace; empty for what has none.")
    name: str = described("Name; empty when it is hidden.")
    hidden: bool = described("Whether you may see nothing of its kind there; then neither name nor namespace is told.")
    status: Word | None = described("Its status; null when there is no such Flux object, or none you may see.")
    reason: str | None = described("The reason its controller gives; null when there is no such Flux object.")
    message: str | None = described("What its controller says; null when there is no such Flux object.")

    @classmethod
    def of(cls, linked: Linked) -> Self:
        """A link as resolvers found it."""
        named, row = linked.reference, linked.row
        return cls(
            group=row.group if row else named.group,
            kind=named.kind,
            namespace=named.namespace,
            name=named.name,
            hidden=linked.hidden,
            status=row.status if row else None,
            reason=row.reason if row else None,
            message=row.message if row else None,
        )


@object_type
class BlockingChain:
    """How an object waits, step by step, for one that everything on the way waits for."""

    steps: list[ResourceReference] = described("What it waits for, then what that waits for, up to the root.")
    circle: bool = described("Whether the last step waits for one before it: nobody in it can ever be first.")

    @classmethod
    def of(cls, steps: list[Linked], *, circle: bool) -> Self:
        """A chain as resolvers found it."""
        return cls(steps=[ResourceReference.of(step) for step in steps], circle=circle)


@object_type
class InventoryEntry:
    """An object that this one applied."""

    group: str = described("API group; empty for the core group.")
    kind: str = described("Kind.")
    version: str | None = described("API version it was applied in.")
    namespace: str = described("Namespace; empty for what has none.")
    name: str = described("Name; empty when it is hidden.")
    hidden: bool = described("Whether you have no right on its own kind there; then it has no name.")
    status: Word | None = described("Its status, when it is a Flux object that you may see.")

    @classmethod
    def of(cls, applied: Applied) -> Self:
        """An entry as resolvers found it."""
        return cls(
            group=applied.entry.group,
            kind=applied.entry.kind,
            version=applied.entry.version or None,
            namespace=applied.entry.namespace,
            name=applied.entry.name,
            hidden=applied.hidden,
            status=applied.status,
        )


@interface_type
class Resource:
    """A Flux object, whole."""

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
    annotations: list[Label] = described("Its annotations.")
    owner: Reference | None = described("What applied it.")
    conditions: list[Condition] = at("status.conditions", "Its conditions.")
    observed_generation: int | None = at("status.observedGeneration", "The generation its controller has seen.")
    last_handled_reconcile_at: str | None = at(
        "status.lastHandledReconcileAt", "The last request to reconcile that its controller took up."
    )
    suspended_by: str | None = described("Who suspended it through Gyre.")
    suspended_reason: str | None = described("Why, as they said.")
    suspended_since: DateTime | None = described("Since when it is suspended, where that is noted.")
    suspended_until: DateTime | None = described("Until when it was meant to be suspended.")
    stale_since: DateTime | None = described("Since when this may be out of date; null while it is watched.")
    spec: JSON | None = at("spec", "Its spec, secret values masked.")
    status_fields: JSON | None = at("status", "Its status as its controller wrote it.")

    seen: strawberry.Private[SeenResource]

    @computed("The whole object as JSON, secret values masked.")
    def manifest(self) -> JSON:
        """The whole object."""
        return JSON(self.seen.document)

    @computed("The whole object as YAML, secret values masked.")
    def yaml(self) -> str:
        """The whole object as YAML."""
        return as_yaml(self.seen.document)

    @computed("Where its content comes from, and how that is.")
    async def source(self, info: strawberry.Info) -> ResourceReference | None:
        """Where its content comes from."""
        row = self.seen.row
        if row.source is None:
            return None
        return ResourceReference.of((await links.linked(info.context, row, [row.source]))[0])

    @computed("What it waits for, and how that is.")
    async def depends_on(self, info: strawberry.Info) -> list[ResourceReference]:
        """What it waits for."""
        row = self.seen.row
        return [ResourceReference.of(link) for link in await links.linked(info.context, row, row.depends_on)]

    @computed("What keeps it waiting, one chain for each root; empty when it waits for nothing. 20 chains at most.")
    async def blocked_by(self, info: strawberry.Info) -> list[BlockingChain]:
        """What keeps it waiting."""
        found = await links.blocking(info.context, self.seen.row)
        return [BlockingChain.of(chain.steps, circle=chain.circle) for chain in found]

    @computed("The objects that wait for it or take their content from it; 200 at most.")
    async def dependents(self, info: strawberry.Info) -> list[ResourceReference]:
        """What waits for it."""
        return [ResourceReference.of(link) for link in await links.dependents(info.context, self.seen.row)]

    @computed("The objects it applied, as its own status lists them.")
    async def inventory(self, info: strawberry.Info) -> list[InventoryEntry]:
        """The objects it applied."""
        return [InventoryEntry.of(entry) for entry in await links.inventory(info.context, self.seen)]

    @computed("The Kubernetes Events about it, the newest first; also about an earlier object of its name.")
    def events(
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description="How many events; 100 at most are kept.")] = 50,
        after: EventsAfter = None,
        offset: EventsOffset = None,
    ) -> EventConnection:
        """The Events about it."""
        part = Part(limit=first, after=after, offset=offset or 0)
        return EventConnection.of(events.of_row(info.context, self.seen.row, part))

    @computed(
        "What you may do with it. Depends on who asks, so it cannot be selected in a subscription.", personal=True
    )
    def allowed(self, info: strawberry.Info) -> list[Action]:
        """What the caller may do with it."""
        return allowed_on(info.context, self.seen.row.ref)
