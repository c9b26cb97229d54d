"""How clusters, kinds and objects are named."""

from dataclasses import dataclass
from typing import NewType

import msgspec

ClusterName = NewType("ClusterName", str)
"""The name an operator gave a cluster, unique in one Gyre: `default`, `production`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as its API group names it; which version is served is each cluster's own matter."""

    group: str
    name: str
    plural: str

    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One object in one cluster. `namespace` is empty for cluster-scoped kinds."""

    cluster: ClusterName
    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.cluster}: {self.kind.name}/{self.namespace}/{self.name}"


class Reference(msgspec.Struct, frozen=True, gc=False):
    """What one object says of another in the same cluster, which may not exist or be no Flux kind.

    A `hidden` one has neither name nor namespace: whoever it is for may see nothing of its kind there.
    """

    kind: str
    name: str
    namespace: str = ""
    group: str = ""
    hidden: bool = False
