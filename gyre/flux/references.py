"""What one Flux object says of others: where its content comes from, what it waits for, what applied it.

Whether the others exist, and what they say back, needs the fleet; chains and cycles are gyre.flux.dependencies'.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from sys import intern
from typing import Final

from gyre.flux.kinds import (
    HELM_GROUP,
    IMAGE_GROUP,
    KUSTOMIZE_GROUP,
    NOTIFICATION_GROUP,
    OPERATOR_GROUP,
    SOURCE_GROUP,
    by_name,
)
from gyre.flux.parsing import Document, inside, mappings, text
from gyre.terms.naming import Reference

OWNER_LABELS: Final = (
    ("helm.toolkit.fluxcd.io", "HelmRelease", HELM_GROUP),
    ("kustomize.toolkit.fluxcd.io", "Kustomization", KUSTOMIZE_GROUP),
    ("resourceset.fluxcd.controlplane.io", "ResourceSet", OPERATOR_GROUP),
    ("fluxcd.controlplane.io", "FluxInstance", OPERATOR_GROUP),
)


@lru_cache(maxsize=65_536)
def reference(kind: str, name: str, namespace: str, group: str) -> Reference:
    """One shared value for all who point at the same object."""
    return Reference(kind=intern(kind), name=name, namespace=intern(namespace), group=intern(group))


class Relation(Enum):
    """What one object is to the one that names it."""

    SOURCE = "source"
    DEPENDENCY = "dependency"
    OWNER = "owner"
    PROVIDER = "provider"
    EVENTS = "events"
    TRIGGERED = "triggered"
    INCLUDED = "included"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Link:
    """One thing an object says of another. A name `*` stands for all of the kind in that namespace."""

    relation: Relation
    to: Reference


def links(document: Document) -> tuple[Link, ...]:
    """Everything an object says of others, what it applied excepted: see gyre.flux.inventory."""
    said: list[Link] = []
    for relation, found in ((Relation.SOURCE, source(document)), (Relation.OWNER, owner(document))):
        said += [Link(relation, found)] if found else []
    said += [Link(Relation.DEPENDENCY, found) for found in depends_on(document)]
    for relation, items, kind, group in _NAMED.get(text(document.get("kind")), ()):
        pointed = (_pointed_at(item, document, default_kind=kind, default_group=group) for item in items(document))
        said += [Link(relation, found) for found in pointed if found]
    return tuple(dict.fromkeys(said))


def source(document: Document) -> Reference | None:
    """Where the object's content comes from, or None for kinds that fetch it themselves."""
    finder = _SOURCES.get(text(document.get("kind")))
    return finder(document) if finder else None


def depends_on(document: Document) -> tuple[Reference, ...]:
    """What the object waits for before it is reconciled: its own kind unless it says another."""
    spec = inside(document, "spec")
    waited_for = spec.get("dependsOn")
    if not isinstance(waited_for, list):
        return ()
    kind, group = text(document.get("kind")), group_of(document)
    return tuple(
        found
        for item in mappings(waited_for)
        if (found := _pointed_at(item, document, default_kind=kind, default_group=group))
    )


def owner(document: Document) -> Reference | None:
    """What applied the object, by the labels its applier left; what it was generated for, for an ExternalArtifact."""
    if text(document.get("kind")) == "ExternalArtifact":
        return _pointed_at(inside(document, "spec", "sourceRef"), document)
    labels = inside(document, "metadata", "labels")
    for prefix, kind, group in OWNER_LABELS:
        name = text(labels.get(f"{prefix}/name"))
        if name:
            return reference(kind, name, text(labels.get(f"{prefix}/namespace")), group)
    return None


def group_of(document: Document) -> str:
    """The API group of a document or of a reference that names its apiVersion."""
    group, slash, _ = text(document.get("apiVersion")).rpartition("/")
    return group if slash else ""


def _pointed_at(
    item: Document, document: Document, *, default_kind: str = "", default_group: str = ""
) -> Reference | None:
    name, kind = text(item.get("name")), text(item.get("kind")) or default_kind
    if not name or not kind:
        return None
    known = by_name(kind) if kind != default_kind else None
    group = known.kind.group if known else default_group
    if text(item.get("apiVersion")):
        group = group_of(item)
    return reference(kind, name, text(item.get("namespace")) or _namespace(document), group)


def _namespace(document: Document) -> str:
    return text(inside(document, "metadata").get("namespace"))


def _source_ref(document: Document) -> Reference | None:
    return _pointed_at(inside(document, "spec", "sourceRef"), document, default_group=SOURCE_GROUP)


def _source_of_automation(document: Document) -> Reference | None:
    found = inside(document, "spec", "sourceRef")
    return _pointed_at(found, document, default_kind="GitRepository", default_group=SOURCE_GROUP)


def _source_of_release(document: Document) -> Reference | None:
    """The chart: named outright, or the HelmChart that helm-controller makes beside the chart's own source."""
    spec = inside(document, "spec")
    if spec.get("chartRef"):
        return _pointed_at(inside(spec, "chartRef"), document, default_group=SOURCE_GROUP)
    chart = inside(spec, "chart", "spec")
    name, namespace = text(inside(document, "metadata").get("name")), _namespace(document)
    if not chart:
        return None
    beside = text(inside(chart, "sourceRef").get("namespace")) or namespace
    return reference("HelmChart", f"{namespace}-{name}", beside, SOURCE_GROUP)


def _source_of_policy(document: Document) -> Reference | None:
    found = inside(document, "spec", "imageRepositoryRef")
    return _pointed_at(found, document, default_kind="ImageRepository", default_group=IMAGE_GROUP)


def _first_source(document: Document) -> Reference | None:
    found = mappings(inside(document, "spec").get("sources"))
    return _pointed_at(found[0], document, default_group=SOURCE_GROUP) if found else None


_SOURCES: Final[Mapping[str, Callable[[Document], Reference | None]]] = {
    "Kustomization": _source_ref,
    "HelmChart": _source_ref,
    "HelmRelease": _source_of_release,
    "ImagePolicy": _source_of_policy,
    "ImageUpdateAutomation": _source_of_automation,
    "ArtifactGenerator": _first_source,
}


def _included(document: Document) -> list[Document]:
    return [inside(item, "repository") for item in mappings(inside(document, "spec").get("include"))]


_INPUT_PROVIDER: Final = "ResourceSetInputProvider"

_Named = tuple[Relation, Callable[[Document], list[Document]], str, str]

_NAMED: Final[Mapping[str, tuple[_Named, ...]]] = {
    "Alert": (
        (Relation.PROVIDER, lambda it: [inside(it, "spec", "providerRef")], "Provider", NOTIFICATION_GROUP),
        (Relation.EVENTS, lambda it: mappings(inside(it, "spec").get("eventSources")), "", ""),
    ),
    "Receiver": ((Relation.TRIGGERED, lambda it: mappings(inside(it, "spec").get("resources")), "", ""),),
    "ArtifactGenerator": ((Relation.SOURCE, lambda it: mappings(inside(it, "spec").get("sources")), "", SOURCE_GROUP),),
    "GitRepository": ((Relation.INCLUDED, _included, "GitRepository", SOURCE_GROUP),),
    "ResourceSet": (
        (Relation.INPUT, lambda it: mappings(inside(it, "spec").get("inputsFrom")), _INPUT_PROVIDER, OPERATOR_GROUP),
    ),
}
"""What kinds name besides a source and dependencies: how, where, and the kind and group when they say none."""
