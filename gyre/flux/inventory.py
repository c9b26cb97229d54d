"""What an object applied, as its own status lists it.

Whether these objects still exist is not known here; what applied an object, seen from its labels, is references'.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from gyre.flux.kinds import SOURCE_GROUP, by_kind
from gyre.flux.parsing import Document, inside, mappings, text

PARTS: Final = 3
"""Separators in an id: namespace, name, group, kind."""

_IRREGULAR: Final[Mapping[str, str]] = {"endpoints": "endpoints"}


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One object of an inventory. `namespace` is empty for what has none, `version` where the list does not say."""

    group: str
    kind: str
    version: str
    namespace: str
    name: str


def entries(document: Document) -> tuple[Entry, ...]:
    """The inventory of an object, in its own order; what cannot be read is left out."""
    found = inside(document, "status").get("inventory")
    if isinstance(found, list):
        return tuple(_artifact(item) for item in mappings(found) if text(item.get("name")))
    listed = mappings(inside(document, "status", "inventory").get("entries"))
    return tuple(entry for item in listed if (entry := parse_id(text(item.get("id")), text(item.get("v")))))


def parse_id(written: str, version: str = "") -> Entry | None:
    """`default_web_apps_Deployment`, read from both ends, for a name may hold underscores; None for what is no id."""
    if written.count("_") < PARTS:
        return None
    namespace, _, rest = written.partition("_")
    rest, _, kind = rest.rpartition("_")
    name, _, group = rest.rpartition("_")
    if not name or not kind:
        return None
    return Entry(group=group, kind=kind, version=version, namespace=namespace, name=name.replace("__", ":"))


def _artifact(item: Document) -> Entry:
    """An ArtifactGenerator lists the ExternalArtifacts it made."""
    return Entry(
        group=SOURCE_GROUP,
        kind="ExternalArtifact",
        version="",
        namespace=text(item.get("namespace")),
        name=text(item.get("name")),
    )


def plural_of(entry: Entry) -> str:
    """The plural of an entry's kind, as policies name it: known, or made as Kubernetes makes it for most."""
    known = by_kind(entry.group, entry.kind)
    if known:
        return known.kind.plural
    single = entry.kind.lower()
    if single in _IRREGULAR:
        return _IRREGULAR[single]
    if single.endswith("s"):
        return f"{single}es"
    return f"{single[:-1]}ies" if single.endswith("y") else f"{single}s"
