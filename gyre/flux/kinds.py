"""The kinds of Flux that Gyre knows well, by every name people call them.

Which of them a cluster serves, and in which version, is gyre.kube.discovery's to find out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from gyre.terms.naming import Kind, Reference

SOURCE_GROUP = "source.toolkit.fluxcd.io"
SOURCE_EXTENSIONS_GROUP = "source.extensions.fluxcd.io"
KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"
HELM_GROUP = "helm.toolkit.fluxcd.io"
IMAGE_GROUP = "image.toolkit.fluxcd.io"
NOTIFICATION_GROUP = "notification.toolkit.fluxcd.io"
OPERATOR_GROUP = "fluxcd.controlplane.io"

LONGEST_NAME = 253
"""No name of a kind is longer (a DNS name's limit); longer text is not compared with anything."""


class Category(Enum):
    """What a kind is for."""

    SOURCE = "source"
    APPLIER = "applier"
    IMAGE = "image"
    NOTIFICATION = "notification"
    OPERATOR = "operator"


class BySpec(Enum):
    """Suspended by the field `spec.suspend`."""

    SPEC = "spec.suspend"


@dataclass(frozen=True, slots=True)
class ByAnnotation:
    """Suspended by an annotation; the field `spec.suspend` would be dropped in silence."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FluxKind:
    """A kind and what can be done to its objects.

    `suspension` is None where nobody can suspend; `static` kinds have no controller that reports on them.
    """

    kind: Kind
    singular: str
    category: Category
    short_names: tuple[str, ...] = ()
    reconcilable: bool = True
    forceable: bool = False
    resettable: bool = False
    suspension: BySpec | ByAnnotation | None = BySpec.SPEC
    static: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name this kind answers to, in lower case."""
        return (self.kind.plural, self.singular, *self.short_names, str(self.kind))


def _kind(group: str, name: str, plural: str) -> Kind:
    return Kind(group=group, name=name, plural=plural)


_BY_OPERATOR = ByAnnotation(f"{OPERATOR_GROUP}/reconcile", "disabled")
_BY_EXTENSION = ByAnnotation(f"{SOURCE_EXTENSIONS_GROUP}/reconcile", "Disabled")

KINDS: tuple[FluxKind, ...] = (
    FluxKind(
        kind=_kind(SOURCE_GROUP, "GitRepository", "gitrepositories"),
        singular="gitrepository",
        short_names=("gitrepo",),
        category=Category.SOURCE,
    ),
    FluxKind(
        kind=_kind(SOURCE_GROUP, "OCIRepository", "ocirepositories"),
        singular="ocirepository",
        short_names=("ocirepo",),
        category=Category.SOURCE,
    ),
    FluxKind(kind=_kind(SOURCE_GROUP, "Bucket", "buckets"), singular="bucket", category=Category.SOURCE),
    FluxKind(
        kind=_kind(SOURCE_GROUP, "HelmRepository", "helmrepositories"),
        singular="helmrepository",
        short_names=("helmrepo",),
        category=Category.SOURCE,
    ),
    FluxKind(
        kind=_kind(SOURCE_GROUP, "HelmChart", "helmcharts"),
        singular="helmchart",
        short_names=("hc",),
        category=Category.SOURCE,
    ),
    FluxKind(
        kind=_kind(SOURCE_GROUP, "ExternalArtifact", "externalartifacts"),
        singular="externalartifact",
        short_names=("ea",),
        category=Category.SOURCE,
        reconcilable=False,
        suspension=None,
    ),
    FluxKind(
        kind=_kind(SOURCE_EXTENSIONS_GROUP, "ArtifactGenerator", "artifactgenerators"),
        singular="artifactgenerator",
        short_names=("ag",),
        category=Category.SOURCE,
        suspension=_BY_EXTENSION,
    ),
    FluxKind(
        kind=_kind(KUSTOMIZE_GROUP, "Kustomization", "kustomizations"),
        singular="kustomization",
        short_names=("ks",),
        category=Category.APPLIER,
    ),
    FluxKind(
        kind=_kind(HELM_GROUP, "HelmRelease", "helmreleases"),
        singular="helmrelease",
        short_names=("hr",),
        category=Category.APPLIER,
        forceable=True,
        resettable=True,
    ),
    FluxKind(
        kind=_kind(IMAGE_GROUP, "ImageRepository", "imagerepositories"),
        singular="imagerepository",
        short_names=("imgrepo", "imagerepo"),
        category=Category.IMAGE,
    ),
    FluxKind(
        kind=_kind(IMAGE_GROUP, "ImagePolicy", "imagepolicies"),
        singular="imagepolicy",
        short_names=("imgpol", "imagepol"),
        category=Category.IMAGE,
    ),
    FluxKind(
        kind=_kind(IMAGE_GROUP, "ImageUpdateAutomation", "imageupdateautomations"),
        singular="imageupdateautomation",
        short_names=("iua", "imgupd", "imgauto"),
        category=Category.IMAGE,
    ),
    FluxKind(
        kind=_kind(NOTIFICATION_GROUP, "Receiver", "receivers"),
        singular="receiver",
        category=Category.NOTIFICATION,
    ),
    FluxKind(
        kind=_kind(NOTIFICATION_GROUP, "Alert", "alerts"),
        singular="alert",
        category=Category.NOTIFICATION,
        reconcilable=False,
        static=True,
    ),
    FluxKind(
        kind=_kind(NOTIFICATION_GROUP, "Provider", "providers"),
        singular="provider",
        category=Category.NOTIFICATION,
        reconcilable=False,
        static=True,
    ),
    FluxKind(
        kind=_kind(OPERATOR_GROUP, "FluxInstance", "fluxinstances"),
        singular="fluxinstance",
        category=Category.OPERATOR,
        forceable=True,
        suspension=_BY_OPERATOR,
    ),
    FluxKind(
        kind=_kind(OPERATOR_GROUP, "FluxReport", "fluxreports"),
        singular="fluxreport",
        category=Category.OPERATOR,
        suspension=None,
    ),
    FluxKind(
        kind=_kind(OPERATOR_GROUP, "ResourceSet", "resourcesets"),
        singular="resourceset",
        short_names=("rset",),
        category=Category.OPERATOR,
        suspension=_BY_OPERATOR,
    ),
    FluxKind(
        kind=_kind(OPERATOR_GROUP, "ResourceSetInputProvider", "resourcesetinputproviders"),
        singular="resourcesetinputprovider",
        short_names=("rsip",),
        category=Category.OPERATOR,
        forceable=True,
        suspension=_BY_OPERATOR,
    ),
)

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(known.kind.group for known in KINDS))

_BY_NAME = {name: known for known in KINDS for name in known.names}
_BY_GROUP_AND_KIND = {(known.kind.group, known.kind.name): known for known in KINDS}


def by_name(text: str) -> FluxKind | None:
    """The kind that answers to this plural, singular, Kind or short name, in any case."""
    return _BY_NAME.get(text.lower()) if len(text) <= LONGEST_NAME else None


def by_kind(group: str, name: str) -> FluxKind | None:
    """The kind of exactly this group and Kind."""
    return _BY_GROUP_AND_KIND.get((group, name))


def of_reference(reference: Reference) -> FluxKind | None:
    """The kind a reference names; one without a group is meant by its name alone."""
    return by_kind(reference.group, reference.kind) if reference.group else by_name(reference.kind)


def near(text: str, *, others: Iterable[Kind] = ()) -> tuple[str, ...]:
    """Up to three plurals whose names look most like this text, best first; `others` are kinds found in clusters."""
    if len(text) > LONGEST_NAME:
        return ()
    plurals = {name: known.kind.plural for name, known in _BY_NAME.items()}
    for kind in others:
        plurals.setdefault(kind.plural, kind.plural)
        plurals.setdefault(kind.name.lower(), kind.plural)
    found = get_close_matches(text.lower(), plurals, n=6, cutoff=0.6)
    return tuple(dict.fromkeys(plurals[name] for name in found))[:3]
