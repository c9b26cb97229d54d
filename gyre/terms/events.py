"""What Gyre keeps of each Kubernetes Event about a Flux object."""

from enum import Enum

import msgspec

from gyre.terms.naming import ClusterName, Reference


class EventType(Enum):
    """What Kubernetes calls the type of an Event: whether somebody should look."""

    NORMAL = "Normal"
    WARNING = "Warning"


class EventRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One Event, slim. Told again it is the same Event with a higher `count` and a later `last_at`.

    `about` is the object it speaks of, `plural` that kind's plural (empty where no cluster says), by which rights are
    asked. Times are RFC 3339 strings as Kubernetes wrote them.
    """

    cluster: ClusterName
    namespace: str
    name: str
    uid: str
    resource_version: str
    type: EventType
    reason: str
    message: str
    count: int
    first_at: str
    last_at: str
    controller: str
    about: Reference
    plural: str

    @property
    def id(self) -> str:
        """Stable identity over all clusters, as clients hold it."""
        return f"{self.cluster}/events/{self.namespace}/{self.name}"
