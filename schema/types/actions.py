"""What is said to act on an object, and what is answered.

What is written to the cluster is gyre.operations'.
"""

from collections.abc import Mapping
from typing import Self

import strawberry
from strawberry.scalars import JSON

from gyre.errors import GyreError
from gyre.operations.acting import Acted
from gyre.operations.reconciling import Manner
from resolvers.actions import Suspension
from resolvers.targets import Target
from schema.types.declare import described, input_type, object_type, optional
from schema.types.rows import ResourceRow, row_of
from schema.types.scalars import DateTime, Position


@input_type
class TargetInput:
    """One object."""

    kind: str = described("Its kind: Kind, plural, singular or short name, in any case.")
    namespace: str = described("Its namespace.")
    name: str = described("Its name.")
    cluster: str = strawberry.field(description="The cluster it is in.", default="default")

    def named(self) -> Target:
        """The object as the resolvers take it."""
        return Target(cluster=self.cluster, kind=self.kind, namespace=self.namespace, name=self.name)


@input_type
class ReconcileInput:
    """A reconcile on request."""

    target: TargetInput = described("What to reconcile.")
    with_source: bool = strawberry.field(
        description="Reconcile its source first, then, when that is done, the object.", default=False
    )
    force: bool = strawberry.field(description="Run even when nothing changed; not every kind can.", default=False)
    reset: bool = strawberry.field(description="Forget counted failures first; not every kind can.", default=False)
    dry_run: bool = strawberry.field(description="Let the cluster check it without doing it.", default=False)

    def manner(self) -> Manner:
        """How to reconcile, as the resolver takes it."""
        return Manner(with_source=self.with_source, force=self.force, reset=self.reset, dry_run=self.dry_run)


@input_type
class SuspendInput:
    """A suspension."""

    target: TargetInput = described("What to suspend.")
    reason: str | None = optional("Why, for whoever finds it suspended.")
    until: DateTime | None = optional("Until when it is meant to last: a note on the object, RFC 3339.")
    dry_run: bool = strawberry.field(description="Let the cluster check it without doing it.", default=False)

    def suspension(self) -> Suspension:
        """Why and until when, as the resolver takes it."""
        return Suspension(reason=self.reason or "", until=self.until)


@input_type
class ResumeInput:
    """The end of a suspension, followed by a reconcile."""

    target: TargetInput = described("What to resume.")
    dry_run: bool = strawberry.field(description="Let the cluster check it without doing it.", default=False)


@object_type
class FieldCause:
    """What is wrong with one field, as the API server says it."""

    field: str = described("The field's path, as `spec.interval`.")
    message: str = described("What is wrong with it, word for word.")
    reason: str = described("One word for programs, as FieldValueInvalid.")


@object_type
class ManagedField:
    """A field that another manager holds."""

    manager: str = described("Who holds it, as `kustomize-controller` or `kubectl-edit`.")
    field: str = described("The field's path, as `spec.interval`.")


@object_type
class MutationError:
    """Why something was refused, as the domain says it."""

    code: str = described("One word for programs, as FORBIDDEN or CONFLICT; docs/graphql.md has them all.")
    message: str = described("A sentence for people: what is wrong and what to do.")
    path: list[str] = described("The input field it is about; empty when it is about the whole.")
    causes: list[FieldCause] = described("What the API server says field by field; empty when it says nothing of it.")
    conflicts: list[ManagedField] = described("Who else holds which field, when an apply is refused for that.")
    details: JSON = described("What else there is for programs: of a CONFLICT the versions `sent` and `current`.")

    @classmethod
    def of(cls, refused: GyreError) -> Self:
        """A refusal; its `details.path` names the input field, where one is to blame."""
        path = refused.details.get("path")
        steps = [str(step) for step in path] if isinstance(path, list | tuple) else []
        causes = [
            FieldCause(field=_said(each, "field"), message=_said(each, "message"), reason=_said(each, "reason"))
            for each in _listed(refused, "causes")
        ]
        conflicts = [
            ManagedField(manager=_said(each, "manager"), field=_said(each, "field"))
            for each in _listed(refused, "conflicts")
        ]
        return cls(
            code=refused.code,
            message=refused.message,
            path=steps,
            causes=causes,
            conflicts=conflicts,
            details=JSON(dict(refused.details)),
        )


def _listed(refused: GyreError, name: str) -> list[Mapping[str, object]]:
    found = refused.details.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _said(each: Mapping[str, object], name: str) -> str:
    return str(each.get(name, ""))


@object_type
class ActionPayload:
    """The answer to an action on one object."""

    resource: ResourceRow | None = optional("The object after the write; null when it was refused.")
    position: Position | None = optional("Read with this as `notBefore` to see the write; null when nothing was.")
    errors: list[MutationError] = described("Why it was refused; empty when it was done.", default_factory=list)

    @classmethod
    def of(cls, acted: Acted) -> Self:
        """What was done."""
        position = Position(acted.position) if acted.position else None
        return cls(resource=row_of(acted.row), position=position)
