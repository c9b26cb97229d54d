"""What the reflector tells: objects as they came, and how well the kind is known.

What to make of an object is gyre.flux's.
"""

from dataclasses import dataclass

from gyre.terms.naming import Kind
from gyre.terms.sync import SyncState


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A kind as one cluster serves it now. `fields` is a selector: of this kind only these objects are wanted."""

    kind: Kind
    version: str
    namespaced: bool = True
    verbs: frozenset[str] = frozenset({"get", "list", "watch"})
    fields: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """All objects of the kind at one moment: what is not among them does not exist. What lay between is unknown."""

    objects: tuple[bytes, ...]
    resource_version: str


@dataclass(frozen=True, slots=True)
class Put:
    """An object that is new or has changed."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Removed:
    """An object that does not exist any more, as it was last."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class SyncChanged:
    """The kind is known better or worse than before. `not_served`: the API has no such kind now; discover again."""

    state: SyncState
    not_served: bool = False


Told = Replaced | Put | Removed | SyncChanged
