"""Creates, replaces and applies whole objects as someone wrote them.

How a manifest is read is gyre.flux.drafts', how hidden values are kept gyre.flux.restoring's, how it is sent
gyre.kube.writing's; permission and audit are gyre.operations.acting's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from gyre.audit import Difference, differences
from gyre.errors import Conflict, GyreError, Invalid, NoSuchResource, RejectedByCluster
from gyre.flux.intake import Taken, take
from gyre.flux.parsing import Document, inside, parse, text
from gyre.flux.restoring import keep_last_applied, restore
from gyre.kube import reading, writing
from gyre.operations.acting import Act, Actor, Desk
from gyre.operations.judging import in_words
from gyre.terms.naming import Ref
from gyre.terms.people import Action
from gyre.terms.rows import Row

BECAUSE = "whoever may edit an object writes it with the values that were hidden from them"

_NOT_SERVED: Final = "could not find the requested resource"
"""How an API server says that it knows the group but not the version, or neither."""

_OF_THE_SERVER: Final = (
    "managedFields",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An object as someone wrote it: which one, in which version, and its manifest."""

    ref: Ref
    version: str
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An object as the cluster answered to a write, secrets masked; `position` is None for a dry run."""

    row: Row
    body: bytes
    position: str | None
    created: bool


async def create(desk: Desk, actor: Actor, draft: Draft, *, dry_run: bool = False) -> Written:
    """Make an object that is not there yet."""
    act = Act(word="create", needs=Action.CREATE, on=draft.ref, dry_run=dry_run)
    allowed = await desk.permit_new(actor, act)
    _check_served(desk, draft)
    document = _without(restore(draft.document, None), "resourceVersion", "uid", *_OF_THE_SERVER)
    document.pop("status", None)
    async with desk.recorded(actor, act) as found:
        with _told(desk, draft):
            raw = await writing.create(
                desk.fleet.writer(allowed), allowed, draft.ref, draft.version, document, dry_run=dry_run
            )
        answer = _answered(draft, raw)
        found.changes = _changes(draft, None, answer)
    return await _written(desk, draft, answer, act, created=True)


async def update(desk: Desk, actor: Actor, draft: Draft, *, dry_run: bool = False) -> Written:
    """Put the manifest in place of the object it was made from; Conflict when that has changed since."""
    sent = text(inside(draft.document, "metadata").get("resourceVersion"))
    act = Act(word="update", needs=Action.EDIT, on=draft.ref, dry_run=dry_run, details={"resourceVersion": sent})
    allowed, _ = await desk.permit(actor, act)
    _check_served(desk, draft)
    live_raw = await _live(desk, draft)
    live = parse(live_raw)
    _check_version(draft, sent, live)
    document = restore(_with_status_of(live, draft.document), live_raw)
    keep_last_applied(document, live)
    async with desk.recorded(actor, act) as found:
        try:
            with _told(desk, draft):
                raw = await writing.update(
                    desk.fleet.writer(allowed), allowed, draft.ref, draft.version, document, dry_run=dry_run
                )
        except Conflict as meanwhile:
            raise await _changed_meanwhile(desk, draft, sent, meanwhile) from meanwhile
        answer = _answered(draft, raw)
        found.changes = _changes(draft, live_raw, answer)
    return await _written(desk, draft, answer, act, created=False)


async def apply(desk: Desk, actor: Actor, draft: Draft, *, force: bool = False, dry_run: bool = False) -> Written:
    """Server-side apply: make it so as far as the manifest says, whether it is there or not.

    It takes the right to edit even where nothing is there yet: someone else may create it a moment before. A field
    of another manager is a Conflict that names both, unless `force` takes it over.
    """
    details = {"force": True} if force else {}
    act = Act(word="apply", needs=Action.EDIT, on=draft.ref, dry_run=dry_run, details=details)
    allowed = await desk.permit_new(actor, act)
    _check_served(desk, draft)
    live_raw = await _live_if_any(desk, draft)
    document = _without(restore(draft.document, live_raw), *_OF_THE_SERVER)
    document.pop("status", None)
    async with desk.recorded(actor, act) as found:
        with _told(desk, draft):
            raw = await writing.apply(
                desk.fleet.writer(allowed),
                allowed,
                draft.ref,
                draft.version,
                document,
                force=force,
                dry_run=dry_run,
            )
        answer = _answered(draft, raw)
        found.changes = _changes(draft, live_raw, answer)
    return await _written(desk, draft, answer, act, created=live_raw is None)


def _check_served(desk: Desk, draft: Draft) -> None:
    """A kind the cluster does not serve is refused here, as one whose watch never began is NotSynced."""
    ref = draft.ref
    if desk.fleet.version_of(ref.cluster, ref.kind) is None:
        desk.fleet.find(ref)  # raises NotSynced where it is not known what the cluster serves
        message = f"Cluster {ref.cluster!r} does not serve {ref.kind.name} of {ref.kind.group}."
        raise Invalid(message, details={"path": ["kind"]})


def _without(document: Document, *names: str) -> Document:
    """The manifest without what only the API server writes into metadata."""
    metadata = {key: value for key, value in inside(document, "metadata").items() if key not in names}
    return {**document, "metadata": metadata}


def _with_status_of(live: Document, document: Document) -> Document:
    """A status is its controller's, so what an editor sends back of it is not looked at."""
    written = {key: value for key, value in document.items() if key != "status"}
    return {**written, "status": live["status"]} if "status" in live else written


async def _live(desk: Desk, draft: Draft) -> bytes:
    client = desk.fleet.client(draft.ref.cluster, because=BECAUSE)
    with _told(desk, draft):
        return await reading.get(client, draft.ref, draft.version, because=BECAUSE)


async def _live_if_any(desk: Desk, draft: Draft) -> bytes | None:
    try:
        return await _live(desk, draft)
    except NoSuchResource:
        return None


def _check_version(draft: Draft, sent: str, live: Document) -> None:
    current = text(inside(live, "metadata").get("resourceVersion"))
    if not sent:
        message = (
            "An update names the version it was made from: send metadata.resourceVersion as it was read. "
            f"The object is at {current} now."
        )
        raise Conflict(message, details=_versions(None, current))
    if sent != current:
        raise Conflict(_changed(draft.ref), details=_versions(sent, current))


async def _changed_meanwhile(desk: Desk, draft: Draft, sent: str, meanwhile: Conflict) -> Conflict:
    """The API server's own refusal, with the version that is there now beside the one that was sent."""
    try:
        live = parse(await _live(desk, draft))
    except GyreError:
        return meanwhile
    current = text(inside(live, "metadata").get("resourceVersion"))
    return Conflict(meanwhile.message, details={**meanwhile.details, **_versions(sent, current)})


def _changed(ref: Ref) -> str:
    return f"{ref.kind.name} {ref.name} has changed since you read it; read it again and make your change to that."


def _versions(sent: str | None, current: str) -> dict[str, object]:
    return {"path": ["metadata", "resourceVersion"], "sent": sent, "current": current}


@contextmanager
def _told(desk: Desk, draft: Draft) -> Iterator[None]:
    """What the API server refuses, word for word, with what programs want to know of it in the details."""
    try:
        yield
    except NoSuchResource as missing:
        served = desk.fleet.version_of(draft.ref.cluster, draft.ref.kind)
        if draft.version == served or _NOT_SERVED not in missing.message:
            raise
        message = f"The cluster does not serve {draft.ref.kind.name} in version {draft.version}; write it as {served}."
        raise Invalid(message, details={"path": ["apiVersion"], "served": served}) from missing
    except (Conflict, RejectedByCluster) as refused:
        raise in_words(refused) from refused


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the cluster answered to a write: as it came, and as Gyre keeps it."""

    raw: bytes
    taken: Taken


def _answered(draft: Draft, raw: bytes) -> _Answer:
    return _Answer(raw, take(draft.ref.cluster, draft.ref.kind, draft.version, raw))


def _changes(draft: Draft, before: bytes | None, answer: _Answer) -> list[Difference]:
    """What a write changed, secrets masked on both sides."""
    shown = None if before is None else take(draft.ref.cluster, draft.ref.kind, draft.version, before).body
    return differences(shown, answer.taken.body, unmasked=(before, answer.raw))


async def _written(desk: Desk, draft: Draft, answer: _Answer, act: Act, *, created: bool) -> Written:
    """What was answered, taken into the fleet so that the next read shows it."""
    position = None if act.dry_run else await _merged(desk, draft, answer.raw)
    return Written(row=answer.taken.row, body=answer.taken.body, position=position, created=created)


async def _merged(desk: Desk, draft: Draft, raw: bytes) -> str:
    ref = draft.ref
    served = desk.fleet.version_of(ref.cluster, ref.kind) or draft.version
    if served != draft.version:
        client = desk.fleet.client(ref.cluster, because=BECAUSE)
        try:
            raw = await reading.get(client, ref, served, because="the fleet keeps each kind in one version")
        except GyreError:
            return desk.feed.cursor()  # it is written; the watch will tell of it
    return (await desk.fleet.merge(ref.cluster, ref.kind, served, raw)).position
