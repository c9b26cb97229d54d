"""The status of an object in one word, with the controller's own reason and message beside it.

Who blocks an object that waits is gyre.flux.dependencies' to say.
"""

from collections.abc import Iterable

import msgspec

from gyre.flux.kinds import ByAnnotation, FluxKind
from gyre.flux.parsing import Condition, Document, inside, text, whole
from gyre.terms.rows import Word

DEPENDENCY_NOT_READY = "DependencyNotReady"
UNDER_WAY = frozenset({"", "Progressing", "Reconciling"})
"""Reasons of Ready=Unknown that mean: a controller is at it."""


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """The word, why it was chosen, and since when Ready says so."""

    word: Word
    reason: str
    message: str
    changed_at: str | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the word is decided on."""

    deleting: bool
    suspended: bool
    static: bool
    generation: int | None
    observed_generation: int | None
    ready: Condition | None
    reconciling: Condition | None
    stalled: Condition | None

    @property
    def outdated(self) -> bool:
        """The spec is newer than what the controller last reported on.

        Ready's own generation counts first: kustomize-controller raises the object's on success alone.
        """
        if self.generation is None or (self.ready is None and self.static):
            return False  # a static object keeps the -1 its schema defaults to, for ever
        observed = self.ready.observed_generation if self.ready else None
        observed = self.observed_generation if observed is None else observed
        return observed is not None and self.generation > observed


def suspended(known: FluxKind | None, document: Document) -> bool:
    """Whether its controller leaves the object alone; kinds we do not know are suspended as most are, by spec."""
    if known is None:
        return inside(document, "spec").get("suspend") is True
    if isinstance(known.suspension, ByAnnotation):
        value = inside(document, "metadata", "annotations").get(known.suspension.key)
        return text(value).lower() == known.suspension.value.lower()
    return known.suspension is not None and inside(document, "spec").get("suspend") is True


def static(known: FluxKind | None, document: Document) -> bool:
    """Whether no controller ever reports on this object, so that being there is being ready."""
    if known is None:
        return False
    is_repository = known.kind.name == "HelmRepository"
    return known.static or (is_repository and inside(document, "spec").get("type") == "oci")


def judge(known: FluxKind | None, document: Document, conditions: Iterable[Condition]) -> Judgement:
    """The object's status word, with the condition that speaks for it."""
    named: dict[str, Condition] = {}
    for condition in conditions:
        named.setdefault(condition.type, condition)
    metadata = inside(document, "metadata")
    evidence = Evidence(
        deleting=bool(metadata.get("deletionTimestamp")),
        suspended=suspended(known, document),
        static=static(known, document),
        generation=whole(metadata.get("generation")),
        observed_generation=whole(inside(document, "status").get("observedGeneration")),
        ready=named.get("Ready"),
        reconciling=named.get("Reconciling"),
        stalled=named.get("Stalled"),
    )
    changed_at = evidence.ready.last_transition_time if evidence.ready else None
    speaks = _speaker(evidence)
    if speaks is None:
        message = "valid configuration" if evidence.static else ""
        return Judgement(word(evidence), "", message, changed_at)
    return Judgement(word(evidence), speaks.reason, speaks.message, changed_at)


def word(evidence: Evidence) -> Word:
    """The word for this evidence; the order of the questions is the rule."""
    if evidence.deleting:
        return Word.TERMINATING
    if evidence.suspended:
        return Word.SUSPENDED
    if _is_true(evidence.stalled):
        return Word.FAILED
    if evidence.outdated:
        return Word.PROGRESSING
    if _is_true(evidence.reconciling):
        return _reconciling_word(evidence.ready)
    return _ready_word(evidence.ready, static=evidence.static)


def _reconciling_word(ready: Condition | None) -> Word:
    retrying = ready is not None and ready.status == "False" and ready.reason != DEPENDENCY_NOT_READY
    return Word.FAILED if retrying else Word.PROGRESSING


def _ready_word(ready: Condition | None, *, static: bool) -> Word:
    if ready is None:
        return Word.READY if static else Word.UNKNOWN
    if ready.status == "True":
        return Word.READY
    if ready.status == "False":
        return Word.PROGRESSING if ready.reason == DEPENDENCY_NOT_READY else Word.FAILED
    return Word.PROGRESSING if ready.status == "Unknown" and ready.reason in UNDER_WAY else Word.UNKNOWN


def _is_true(condition: Condition | None) -> bool:
    return condition is not None and condition.status == "True"


def _speaker(evidence: Evidence) -> Condition | None:
    """A controller that gave up says why in Stalled; else Ready speaks, and Reconciling until there is a Ready."""
    if _is_true(evidence.stalled):
        return evidence.stalled
    return evidence.ready or evidence.reconciling
