"""From the bytes Kubernetes sent to what Gyre keeps: one slim row, and the masked object in as few bytes as can be.

Nothing here raises on an odd object: whatever has a name is listed, with what could be read of it.
"""

from functools import lru_cache
from sys import intern

import msgspec
import orjson

from gyre.errors import Invalid
from gyre.flux import references
from gyre.flux.kinds import by_kind
from gyre.flux.masking import mask
from gyre.flux.parsing import Document, conditions, encode, inside, mapping, mappings, moment, pairs, parse, text, whole
from gyre.flux.patches import SUSPENDED_AT, SUSPENDED_BY, SUSPENDED_REASON, SUSPENDED_UNTIL
from gyre.flux.status import judge, suspended
from gyre.terms.naming import ClusterName, Kind
from gyre.terms.rows import Label, Row, Suspension

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

NOTHING_NOTED = Suspension(by=None, reason=None, since=None, until=None)


class Taken(msgspec.Struct, frozen=True, gc=False):
    """An object as Gyre keeps it."""

    row: Row
    body: bytes


def take(cluster: ClusterName, kind: Kind, version: str, raw: bytes) -> Taken:
    """Read one object, once; Invalid when there is no object with a name in these bytes."""
    document = parse(raw)
    if not text(inside(document, "metadata").get("name")):
        raise Invalid(f"an object of kind {kind} without metadata.name")
    document.setdefault("kind", kind.name)
    document.setdefault("apiVersion", f"{kind.group}/{version}" if kind.group else version)
    strip(document)
    document, body = _masked(document, raw)
    return Taken(make_row(cluster, kind, version, document), body)


def make_row(cluster: ClusterName, kind: Kind, version: str, document: Document) -> Row:
    """The row of an object that is already masked."""
    metadata, status = inside(document, "metadata"), inside(document, "status")
    known = by_kind(kind.group, kind.name)
    stopped = suspended(known, document)
    judgement = judge(known, document, conditions(document))
    return Row(
        cluster=cluster,
        group=kind.group,
        kind=kind.name,
        plural=kind.plural,
        version=intern(version),
        namespace=intern(text(metadata.get("namespace"))),
        name=text(metadata.get("name")),
        uid=text(metadata.get("uid")),
        resource_version=text(metadata.get("resourceVersion")),
        generation=whole(metadata.get("generation")) or 0,
        status=judgement.word,
        reason=intern(judgement.reason),
        message=_shared(judgement.message),
        suspended=stopped,
        revision=_shared(revision(status)),
        created_at=text(metadata.get("creationTimestamp")),
        changed_at=judgement.changed_at,
        reconciled_at=reconciled_at(status),
        labels=tuple(_label(key, value) for key, value in sorted(pairs(metadata.get("labels")))),
        source=references.source(document),
        depends_on=references.depends_on(document),
        owner=references.owner(document),
        suspension=suspension(mapping(metadata.get("annotations"))) if stopped else None,
    )


def suspension(annotations: Document) -> Suspension | None:
    """Who suspended an object, why and for how long, as Gyre notes it; None when nothing is noted."""
    noted = Suspension(
        by=text(annotations.get(SUSPENDED_BY)) or None,
        reason=text(annotations.get(SUSPENDED_REASON)) or None,
        since=moment(annotations.get(SUSPENDED_AT)),
        until=moment(annotations.get(SUSPENDED_UNTIL)),
    )
    return noted if noted != NOTHING_NOTED else None


def revision(status: Document) -> str:
    """What is in place now: the applied revision, the artifact's, the release's version, the image or the commit."""
    snapshot = next(iter(mappings(status.get("history"))), {})
    return (
        text(status.get("lastAppliedRevision"))
        or text(inside(status, "artifact").get("revision"))
        or text(snapshot.get("chartVersion"))
        or text(status.get("lastAttemptedRevision"))
        or text(inside(status, "latestRef").get("tag"))
        or text(status.get("lastPushCommit"))
    )


def reconciled_at(status: Document) -> str | None:
    """When the object was last reconciled, as far as its controller says; Ready's own time is a transition's."""
    snapshot = next(iter(mappings(status.get("history"))), {})
    return (
        moment(snapshot.get("lastReconciled"))
        or moment(inside(status, "artifact").get("lastUpdateTime"))
        or moment(inside(status, "lastScanResult").get("scanTime"))
        or moment(status.get("lastAutomationRunTime"))
        or _later(moment(snapshot.get("lastDeployed")), moment(status.get("lastHandledReconcileAt")))
    )


def _later(one: str | None, other: str | None) -> str | None:
    """A HelmRelease says when it last deployed and when it was last asked: it was reconciled at the later of them."""
    return max(one or "", other or "", key=lambda moment: moment.removesuffix("Z")) or None


def strip(document: Document) -> None:
    """Take out what the API server and kubectl note for themselves: half of most objects, and nobody reads it."""
    metadata = inside(document, "metadata")
    metadata.pop("managedFields", None)
    annotations = mapping(metadata.get("annotations"))
    if annotations.pop(LAST_APPLIED, None) is not None and not annotations:
        del metadata["annotations"]


def _masked(document: Document, raw: bytes) -> tuple[Document, bytes]:
    """The object masked, and its bytes; of one nested beyond all measure, only who it is."""
    try:
        mask(document, raw)
        return document, encode(document)
    except (RecursionError, orjson.JSONEncodeError):
        named = ("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp")
        metadata = inside(document, "metadata")
        kept = {key: metadata[key] for key in named if isinstance(metadata.get(key), str | int)}
        document = {"apiVersion": document["apiVersion"], "kind": document["kind"], "metadata": kept}
        return document, encode(document)


@lru_cache(maxsize=65_536)
def _label(key: str, value: str) -> Label:
    return Label(intern(key), intern(value))


@lru_cache(maxsize=8_192)
def _shared(said: str) -> str:
    """The one copy of a text that many objects repeat: thousands are at the same revision, with the same message."""
    return said
