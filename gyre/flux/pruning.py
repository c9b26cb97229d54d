"""What goes with an object when it is deleted, as its controller will see to it.

Whether anyone may see what goes is asked by who shows it; what Kubernetes' own owners take along is not known here.
"""

from dataclasses import dataclass
from typing import Final

from gyre.flux.inventory import Entry, entries
from gyre.flux.kinds import SOURCE_GROUP, by_kind
from gyre.flux.parsing import Document, inside, text
from gyre.flux.status import suspended
from gyre.terms.naming import Kind

APPLIERS: Final = frozenset(["Kustomization", "HelmRelease", "ResourceSet", "FluxInstance", "ArtifactGenerator"])
"""Kinds that remove what they made before they let themselves go."""

PRUNING_POLICIES: Final = frozenset(["Delete", "WaitForTermination"])
MIRROR: Final = "MirrorPrune"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What goes with an object, and why just this: a sentence for people."""

    entries: tuple[Entry, ...]
    because: str


def removed_with(kind: Kind, document: Document) -> Removal:
    """What the controller of an object removes when the object is deleted as it is now."""
    known = by_kind(kind.group, kind.name)
    if known is None or kind.name not in APPLIERS:
        return Removal(entries=(), because=f"Deleting a {kind.name} removes nothing else.")
    if suspended(known, document):
        return Removal(entries=(), because="It is suspended, so its controller removes nothing and what it made stays.")
    if kind.name == "Kustomization":
        return _of_kustomization(document)
    if kind.name == "HelmRelease":
        chart = _chart(document)
        return Removal(entries=(*entries(document), *chart), because="Its Helm release is uninstalled.")
    return Removal(entries=entries(document), because="Its controller removes what it made.")


def _of_kustomization(document: Document) -> Removal:
    spec = inside(document, "spec")
    policy = text(spec.get("deletionPolicy")) or MIRROR
    if policy == MIRROR:
        if spec.get("prune") is True:
            return Removal(entries=entries(document), because="spec.prune is true.")
        return Removal(entries=(), because="spec.prune is false, so what it applied stays.")
    if policy in PRUNING_POLICIES:
        return Removal(entries=entries(document), because=f"spec.deletionPolicy is {policy}.")
    return Removal(entries=(), because=f"spec.deletionPolicy is {policy}, so what it applied stays.")


def _chart(document: Document) -> tuple[Entry, ...]:
    """The HelmChart that helm-controller made of `spec.chart`."""
    template = inside(document, "spec", "chart", "spec")
    if not template:
        return ()
    metadata = inside(document, "metadata")
    namespace, name = text(metadata.get("namespace")), text(metadata.get("name"))
    home = text(inside(template, "sourceRef").get("namespace")) or namespace
    return (Entry(group=SOURCE_GROUP, kind="HelmChart", version="", namespace=home, name=f"{namespace}-{name}"),)
