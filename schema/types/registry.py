"""Which GraphQL type shows which kind, and how an object becomes one.

What each type's fields are is told where it is declared.
"""

from collections.abc import Mapping
from typing import Any

from gyre.flux.kinds import by_kind
from resolvers.resources import SeenResource
from schema.types.appliers import HelmRelease, Kustomization
from schema.types.generic import GenericResource
from schema.types.images import ImagePolicy, ImageRepository, ImageUpdateAutomation
from schema.types.notifications import Alert, Provider, Receiver
from schema.types.operator import FluxInstance, FluxReport, ResourceSet, ResourceSetInputProvider
from schema.types.reading import read_fields
from schema.types.resource import Resource
from schema.types.rows import Label
from schema.types.scalars import DateTime
from schema.types.sources import (
    ArtifactGenerator,
    Bucket,
    ExternalArtifact,
    GitRepository,
    HelmChart,
    HelmRepository,
    OCIRepository,
)

KNOWN: tuple[type[Resource], ...] = (
    GitRepository,
    OCIRepository,
    Bucket,
    HelmRepository,
    HelmChart,
    ExternalArtifact,
    ArtifactGenerator,
    Kustomization,
    HelmRelease,
    ImageRepository,
    ImagePolicy,
    ImageUpdateAutomation,
    Receiver,
    Alert,
    Provider,
    FluxInstance,
    FluxReport,
    ResourceSet,
    ResourceSetInputProvider,
)
TYPES: tuple[type[Resource], ...] = (*KNOWN, GenericResource)

_BY_NAME: Mapping[str, type[Resource]] = {shown.__name__: shown for shown in KNOWN}
_OF_THE_ROW = (
    "id",
    "cluster",
    "kind",
    "group",
    "plural",
    "version",
    "api_version",
    "namespace",
    "name",
    "uid",
    "resource_version",
    "generation",
    "status",
    "reason",
    "message",
    "suspended",
    "revision",
    "created_at",
    "changed_at",
    "reconciled_at",
    "labels",
    "owner",
    "suspended_by",
    "suspended_reason",
    "suspended_since",
    "suspended_until",
)


def type_of(group: str, kind: str) -> type[Resource]:
    """The type that shows this kind; GenericResource for what Gyre does not know by name."""
    return _BY_NAME[kind] if by_kind(group, kind) else GenericResource


def resource_of(seen: SeenResource) -> Resource:
    """An object as the schema shows it."""
    row, notes = seen.row, seen.annotations
    shown = type_of(row.group, row.kind)
    told: dict[str, Any] = {name: getattr(row, name) for name in _OF_THE_ROW} | read_fields(shown, seen.document)
    return shown(
        **told,
        annotations=[Label(key=key, value=value) for key, value in notes.items()],
        stale_since=_moment(seen.stale_since),
        seen=seen,
    )


def _moment(text: str | None) -> DateTime | None:
    return DateTime(text) if text else None
