"""From the bytes of a Kubernetes Event to what Gyre keeps of it: one slim row, and the masked Event in few bytes.

Events told through events.k8s.io come with a series instead of a count; both are read. How many are kept, and which, is
gyre.fleet's.
"""

from collections.abc import Callable
from sys import intern

import msgspec
import orjson

from gyre.errors import Invalid
from gyre.flux.kinds import GROUPS, by_kind
from gyre.flux.masking import mask
from gyre.flux.parsing import Document, encode, inside, moment, parse, text, whole
from gyre.terms.events import EventRow, EventType
from gyre.terms.naming import ClusterName, Kind, Reference

EVENT = Kind("", "Event", "events")
VERSION = "v1"

NOT_ABOUT = ",".join(f"involvedObject.apiVersion!={version}" for version in ("v1", "apps/v1", "batch/v1"))
"""A field selector: most Events of a cluster are of Pods and what makes them, and need not be sent at all."""

KindOf = Callable[[str, str], Kind | None]
"""The Flux kind of this group and Kind; None when it is none."""


class TakenEvent(msgspec.Struct, frozen=True, gc=False):
    """An Event as Gyre keeps it."""

    row: EventRow
    body: bytes


class _Involved(msgspec.Struct, frozen=True, rename="camel"):
    api_version: str = ""
    kind: str = ""


class _Head(msgspec.Struct, frozen=True, rename="camel"):
    involved_object: _Involved = _Involved()


_head_decoder = msgspec.json.Decoder(_Head)


def known_kind(group: str, name: str) -> Kind | None:
    """The kind by Gyre's own table; of a Flux group's other kinds the plural is not known, so rules cannot name it."""
    known = by_kind(group, name)
    if known:
        return known.kind
    return Kind(group, name, "") if group in GROUPS and name else None


def take_event(cluster: ClusterName, raw: bytes, kind_of: KindOf = known_kind) -> TakenEvent | None:
    """Read one Event; None when it is about no Flux object, Invalid when there is no Event in these bytes."""
    try:
        head = _head_decoder.decode(raw).involved_object
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid(f"not an Event in JSON: {error}") from error
    kind = kind_of(head.api_version.rpartition("/")[0], head.kind)
    if kind is None:
        return None
    document = parse(raw)
    metadata = inside(document, "metadata")
    if not text(metadata.get("name")):
        raise Invalid("an Event without metadata.name")
    document.setdefault("kind", EVENT.name)
    document.setdefault("apiVersion", VERSION)
    metadata.pop("managedFields", None)
    try:
        mask(document, raw)
        body = encode(document)
    except (RecursionError, orjson.JSONEncodeError) as error:
        raise Invalid("an Event nested beyond all measure") from error
    return TakenEvent(_row(cluster, kind, document), body)


def _row(cluster: ClusterName, kind: Kind, document: Document) -> EventRow:
    metadata, about, series = (inside(document, part) for part in ("metadata", "involvedObject", "series"))
    created = text(metadata.get("creationTimestamp"))
    began = moment(document.get("eventTime"))
    return EventRow(
        cluster=cluster,
        namespace=intern(text(metadata.get("namespace"))),
        name=text(metadata.get("name")),
        uid=text(metadata.get("uid")),
        resource_version=text(metadata.get("resourceVersion")),
        type=EventType.WARNING if document.get("type") == EventType.WARNING.value else EventType.NORMAL,
        reason=intern(text(document.get("reason"))),
        message=text(document.get("message")),
        count=max(whole(document.get("count")) or 1, whole(series.get("count")) or 1),
        first_at=moment(document.get("firstTimestamp")) or began or created,
        last_at=_last(series, document) or began or created,
        controller=intern(
            text(document.get("reportingComponent")) or text(inside(document, "source").get("component"))
        ),
        about=Reference(
            kind=kind.name,
            name=text(about.get("name")),
            namespace=intern(text(about.get("namespace"))),
            group=kind.group,
        ),
        plural=kind.plural,
    )


def _last(series: Document, document: Document) -> str | None:
    return moment(series.get("lastObservedTime")) or moment(document.get("lastTimestamp"))
