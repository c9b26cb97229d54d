"""What Gyre keeps of each Flux object to list, sort, search and count it."""

from enum import Enum

import msgspec

from gyre.terms.naming import ClusterName, Kind, Ref, Reference


class Word(Enum):
    """The status of an object in one word; gyre.flux.status says when it is which."""

    READY = "Ready"
    PROGRESSING = "Progressing"
    FAILED = "Failed"
    SUSPENDED = "Suspended"
    TERMINATING = "Terminating"
    UNKNOWN = "Unknown"


class Label(msgspec.Struct, frozen=True, gc=False):
    """One label of an object."""

    key: str
    value: str


class Suspension(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a suspended object notes of its suspension; None for what it does not note."""

    by: str | None
    reason: str | None
    since: str | None
    until: str | None


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One Flux object, slim. Times are RFC 3339 strings as Kubernetes wrote them, None when unknown.

    `changed_at` is Ready's lastTransitionTime; `reconciled_at` is the last reconcile where one is known.
    `source` is where its content comes from; `depends_on` what it waits for; `owner` what applied it.
    `suspension` is there only while it is suspended, and only when something is noted of it.
    """

    cluster: ClusterName
    group: str
    kind: str
    plural: str
    version: str
    namespace: str
    name: str
    uid: str
    resource_version: str
    generation: int
    status: Word
    reason: str
    message: str
    suspended: bool
    revision: str
    created_at: str
    changed_at: str | None
    reconciled_at: str | None
    labels: tuple[Label, ...]
    source: Reference | None
    depends_on: tuple[Reference, ...]
    owner: Reference | None
    suspension: Suspension | None = None

    @property
    def id(self) -> str:
        """Stable identity over all clusters, as clients hold it."""
        return f"{self.cluster}/{self.plural}.{self.group}/{self.namespace}/{self.name}"

    @property
    def ref(self) -> Ref:
        """The object this row is about."""
        kind = Kind(self.group, self.kind, self.plural)
        return Ref(cluster=self.cluster, kind=kind, namespace=self.namespace, name=self.name)

    @property
    def suspended_by(self) -> str | None:
        """Who suspended it through Gyre."""
        return self.suspension.by if self.suspension else None

    @property
    def suspended_reason(self) -> str | None:
        """Why, as they said."""
        return self.suspension.reason if self.suspension else None

    @property
    def suspended_since(self) -> str | None:
        """Since when."""
        return self.suspension.since if self.suspension else None

    @property
    def suspended_until(self) -> str | None:
        """Until when it was meant to be."""
        return self.suspension.until if self.suspension else None

    @property
    def api_version(self) -> str:
        """`source.toolkit.fluxcd.io/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version
