"""What is said to write or delete an object, and what is answered.

What is sent to the cluster is gyre.operations'.
"""

from typing import Self

import orjson
import strawberry
from strawberry.scalars import JSON

from gyre.flux.inventory import Entry
from gyre.kube.writing import Propagation
from gyre.operations.deleting import Deleted, Manner, Preview
from gyre.operations.unmasking import Unmasked
from gyre.operations.writing import Written
from resolvers.manifests import as_yaml
from resolvers.writes import Asked
from schema.types.actions import MutationError, TargetInput
from schema.types.declare import computed, described, enum_type, input_type, object_type, optional
from schema.types.rows import ResourceRow, row_of
from schema.types.scalars import Position

_CLUSTER = "The cluster it is in."
_MANIFEST = "The object as JSON; give this or `yaml`. A `********` in it keeps the live value at its place."
_YAML = "The object as YAML or JSON text, one document; give this or `manifest`."
_DRY_RUN = "Let the cluster check it, and answer as if, without doing it."

enum_type(
    Propagation,
    "Propagation",
    "What becomes of the objects that name a deleted one as their owner.",
    {
        "BACKGROUND": "They go after it.",
        "FOREGROUND": "They go before it.",
        "ORPHAN": "They stay.",
    },
)


@input_type
class CreateResourceInput:
    """An object that is not there yet."""

    manifest: JSON | None = optional(_MANIFEST)
    yaml: str | None = optional(_YAML)
    cluster: str = strawberry.field(description=_CLUSTER, default="default")
    dry_run: bool = strawberry.field(description=_DRY_RUN, default=False)

    def asked(self) -> Asked:
        """What is to be written, as the resolver takes it."""
        return Asked(cluster=self.cluster, manifest=self.manifest, yaml=self.yaml)


@input_type
class UpdateResourceInput:
    """An object in place of the one it was made from, which `resourceVersion` names, here or in its metadata."""

    manifest: JSON | None = optional(_MANIFEST)
    yaml: str | None = optional(_YAML)
    cluster: str = strawberry.field(description=_CLUSTER, default="default")
    resource_version: str | None = optional(
        "The version it was made from, when `metadata.resourceVersion` does not say it."
    )
    dry_run: bool = strawberry.field(description=_DRY_RUN, default=False)

    def asked(self) -> Asked:
        """What is to be written, as the resolver takes it."""
        return Asked(cluster=self.cluster, manifest=self.manifest, yaml=self.yaml, version=self.resource_version or "")


@input_type
class ApplyResourceInput:
    """Fields of an object that are to be so, whether it is there or not: server-side apply as the manager `gyre`."""

    manifest: JSON | None = optional(_MANIFEST)
    yaml: str | None = optional(_YAML)
    cluster: str = strawberry.field(description=_CLUSTER, default="default")
    force_conflicts: bool = strawberry.field(
        description="Take over fields that other managers hold. Without it they are told, with the fields.",
        default=False,
    )
    dry_run: bool = strawberry.field(description=_DRY_RUN, default=False)

    def asked(self) -> Asked:
        """What is to be written, as the resolver takes it."""
        return Asked(cluster=self.cluster, manifest=self.manifest, yaml=self.yaml)


@input_type
class DeleteResourceInput:
    """The deletion of an object."""

    target: TargetInput = described("What to delete.")
    preview: str | None = optional("The token of a preview: refused with CONFLICT when that would be another by now.")
    resource_version: str | None = optional("Delete it only as it was read: refused with CONFLICT when it has changed.")
    propagation: Propagation = strawberry.field(
        description="What becomes of the objects it owns.", default=Propagation.BACKGROUND
    )
    wait_seconds: int = strawberry.field(
        description="Wait so long, 60 at most, until finalizers let it go; TIMED_OUT says that they have not.",
        default=0,
    )
    dry_run: bool = strawberry.field(description="Let the cluster check it without doing it.", default=False)

    def manner(self) -> Manner:
        """How to delete, as the resolver takes it."""
        return Manner(
            propagation=self.propagation,
            resource_version=self.resource_version or "",
            token=self.preview or "",
            wait_seconds=self.wait_seconds,
            dry_run=self.dry_run,
        )


@object_type
class WritePayload:
    """The answer to a written object."""

    resource: ResourceRow | None = optional("The object after the write; null when it was refused.")
    created: bool = described("Whether it was not there before.", default=False)
    position: Position | None = optional("Read with this as `notBefore` to see the write; null when nothing was.")
    errors: list[MutationError] = described("Why it was refused; empty when it was done.", default_factory=list)

    body: strawberry.Private[bytes | None] = None

    @computed("The whole object as the cluster answered, defaults filled in, secret values masked.")
    def manifest(self) -> JSON | None:
        """The whole object."""
        return JSON(orjson.loads(self.body)) if self.body else None

    @computed("The same as YAML.")
    def yaml(self) -> str | None:
        """The whole object as YAML."""
        return as_yaml(orjson.loads(self.body)) if self.body else None

    @classmethod
    def of(cls, written: Written) -> Self:
        """What was written."""
        position = Position(written.position) if written.position else None
        row = row_of(written.row)
        return cls(resource=row, created=written.created, position=position, body=written.body)


@object_type
class DeletePayload:
    """The answer to a deletion."""

    resource: ResourceRow | None = optional("The object as it was last; null when the deletion was refused.")
    gone: bool = strawberry.field(
        description="Whether it is not there any more; false while finalizers hold it.", default=False
    )
    finalizers: list[str] = described("What has to let it go first.", default_factory=list)
    position: Position | None = optional("Read with this as `notBefore` to see it gone; null when nothing was done.")
    errors: list[MutationError] = described("Why it was refused, or not waited for to the end.", default_factory=list)

    @classmethod
    def of(cls, deleted: Deleted) -> Self:
        """What was deleted."""
        position = Position(deleted.position) if deleted.position else None
        finalizers, row = list(deleted.finalizers), row_of(deleted.row)
        return cls(resource=row, gone=deleted.gone, finalizers=finalizers, position=position)


@object_type
class RemovedObject:
    """An object that goes with a deleted one."""

    group: str = described("API group; empty for the core group.")
    kind: str = described("Kind.")
    namespace: str = described("Namespace; empty for what has none.")
    name: str = described("Name.")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """An entry of the inventory."""
        return cls(group=entry.group, kind=entry.kind, namespace=entry.namespace, name=entry.name)


@object_type
class DeletionPreview:
    """What goes with an object when it is deleted as it is now."""

    removed: list[RemovedObject] = described("What its controller removes, as far as you may see it.")
    hidden: int = described("How many more it removes that you may not see.")
    total: int = described("How many it removes.")
    because: str = described("Why it removes just this.")
    finalizers: list[str] = described("What has to let the object go first.")
    token: str = described("Send it back as `preview` to delete only if this is still so.")

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """A preview as the resolver gives it."""
        return cls(
            removed=[RemovedObject.of(entry) for entry in preview.removed],
            hidden=preview.hidden,
            total=preview.total,
            because=preview.because,
            finalizers=list(preview.finalizers),
            token=preview.token,
        )


@object_type
class LiveManifest:
    """An object with its secrets, as the cluster has it now."""

    found: strawberry.Private[Unmasked]

    @computed("The whole object, nothing masked.")
    def manifest(self) -> JSON:
        """The whole object."""
        return JSON(self.found.document)

    @computed("The same as YAML.")
    def yaml(self) -> str:
        """The whole object as YAML."""
        return as_yaml(self.found.document)
