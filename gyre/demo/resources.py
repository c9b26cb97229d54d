"""Which kinds the embedded cluster serves, and how each is named, shown and checked.

Which kinds are built in: see gyre.demo.builtin_kinds. How a CRD becomes a kind: gyre.demo.definitions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gyre.demo.causes import Cause

Manifest = dict[str, Any]
"""A Kubernetes object as parsed JSON."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of `kubectl get`; `value` gives the cell, None when there is nothing to show."""

    name: str
    value: Callable[[Manifest, datetime], object]
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One kind in one version. Versions of a kind share a `home`: the collection that holds the objects."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    has_status: bool = False
    counts_generations: bool = True
    custom: bool = False
    schema: Manifest | None = None
    fits: Callable[[Any], bool] | None = None
    columns: tuple[Column, ...] = ()
    selectable: tuple[str, ...] = ()
    prepare: Callable[[Manifest, Manifest | None], None] | None = None
    check: Callable[[Manifest, Manifest | None], list[Cause]] | None = None
    to_home: Callable[[Manifest], Manifest] | None = None
    from_home: Callable[[Manifest], Manifest] | None = None
    subresources: tuple[str, ...] = ()
    home: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "home", self.home or self.qualified)
        object.__setattr__(self, "singular", self.singular or self.kind.lower())

    @property
    def api_version(self) -> str:
        """`group/version`, or only the version for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """`kustomizations.kustomize.toolkit.fluxcd.io`: how Status messages name the resource."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def list_kind(self) -> str:
        """The kind of a LIST answer."""
        return f"{self.kind}List"


class Registry:
    """The kinds served now, by path and by kind; it changes as CRDs come and go."""

    def __init__(self) -> None:
        self._types: dict[tuple[str, str, str], ResourceType] = {}

    def add(self, resource: ResourceType) -> None:
        """Serve this kind, in place of what had its path before."""
        self._types[resource.group, resource.version, resource.plural] = resource

    def remove(self, resource: ResourceType) -> None:
        """Serve it no more."""
        self._types.pop((resource.group, resource.version, resource.plural), None)

    def at(self, group: str, version: str, plural: str) -> ResourceType | None:
        """The kind served at `/apis/group/version/plural`."""
        return self._types.get((group, version, plural))

    def of(self, api_version: str, kind: str) -> ResourceType | None:
        """The kind an object says it is."""
        group, _, version = api_version.rpartition("/")
        return next((each for each in self if (each.group, each.version, each.kind) == (group, version, kind)), None)

    def named(self, name: str) -> ResourceType:
        """The first version served of a kind, by Kind or qualified plural; KeyError when there is none."""
        for each in self:
            if name in (each.kind, each.qualified):
                return each
        raise KeyError(name)

    def __iter__(self) -> Iterator[ResourceType]:
        return iter(tuple(self._types.values()))
