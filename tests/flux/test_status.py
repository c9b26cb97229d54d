"""The status word against a slow, literal transcription of the rules, over every combination of what decides."""

from itertools import product
from typing import Any

import pytest

from gyre.flux.kinds import KINDS, FluxKind, by_kind
from gyre.flux.parsing import conditions
from gyre.flux.status import judge
from gyre.terms.rows import Word

ANNOTATED = {
    "ArtifactGenerator": ("source.extensions.fluxcd.io/reconcile", "Disabled"),
    "FluxInstance": ("fluxcd.controlplane.io/reconcile", "disabled"),
    "ResourceSet": ("fluxcd.controlplane.io/reconcile", "disabled"),
    "ResourceSetInputProvider": ("fluxcd.controlplane.io/reconcile", "disabled"),
}
CANNOT_SUSPEND = {"ExternalArtifact", "FluxReport"}

SWITCHES: tuple[str, ...] = ("none", "spec", "annotation")
FLAGS: tuple[str | None, ...] = (None, "True", "False", "Unknown")
READIES: tuple[tuple[str, str] | None, ...] = (
    None,
    ("True", "ReconciliationSucceeded"),
    ("False", "DependencyNotReady"),
    ("False", "ProgressingWithRetry"),
    ("False", "BuildFailed"),
    ("False", ""),
    ("Unknown", "Progressing"),
    ("Unknown", "Reconciling"),
    ("Unknown", ""),
    ("Unknown", "SomethingElse"),
    ("odd", "Progressing"),
)
GENERATIONS: tuple[tuple[int | None, int | None, int | None], ...] = (
    # metadata.generation, Ready's observedGeneration, status.observedGeneration
    (2, None, None),
    (2, 2, 2),
    (2, 2, 1),
    (2, 1, 2),
    (2, None, 1),
    (2, None, 2),
    (2, None, -1),
    (None, 1, 1),
)


def document_of(known: FluxKind, case: tuple[Any, ...], *, oci: bool) -> dict[str, Any]:
    switch, deleting, (generation, ready_saw, object_saw), stalled, reconciling, ready = case
    metadata: dict[str, Any] = {"name": "x", "annotations": {}}
    spec: dict[str, Any] = {"type": "oci"} if oci else {}
    if switch == "spec":
        spec["suspend"] = True
    if switch == "annotation":
        key, value = ANNOTATED.get(known.kind.name, ("fluxcd.controlplane.io/reconcile", "disabled"))
        metadata["annotations"][key] = value
    if deleting:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    if generation is not None:
        metadata["generation"] = generation
    said: list[dict[str, Any]] = []
    if ready is not None:
        said.append({"type": "Ready", "status": ready[0], "reason": ready[1], "message": "ready says"})
        if ready_saw is not None:
            said[0]["observedGeneration"] = ready_saw
    said += [
        {"type": kind, "status": status, "reason": "Why", "message": f"{kind} says"}
        for kind, status in (("Reconciling", reconciling), ("Stalled", stalled))
        if status is not None
    ]
    status: dict[str, Any] = {"conditions": said}
    if object_saw is not None:
        status["observedGeneration"] = object_saw
    return {"kind": known.kind.name, "metadata": metadata, "spec": spec, "status": status}


def word_by_the_rules(kind: str, document: dict[str, Any]) -> str:  # noqa: C901, PLR0911, PLR0912 - rules, one by one
    metadata, spec, status = document["metadata"], document["spec"], document["status"]
    said = {condition["type"]: condition for condition in status["conditions"]}
    ready = said.get("Ready")
    is_static = kind in ("Alert", "Provider") or (kind == "HelmRepository" and spec.get("type") == "oci")
    # 1
    if "deletionTimestamp" in metadata:
        return "Terminating"
    # 2
    if kind in ANNOTATED:
        key, value = ANNOTATED[kind]
        if metadata["annotations"].get(key) == value:
            return "Suspended"
    elif kind not in CANNOT_SUSPEND and spec.get("suspend") is True:
        return "Suspended"
    # 3
    if said.get("Stalled", {}).get("status") == "True":
        return "Failed"
    # 4; what no controller reports on has nothing to be newer than
    if "generation" in metadata and not (is_static and ready is None):
        observed = (ready or {}).get("observedGeneration", status.get("observedGeneration"))
        if observed is not None and metadata["generation"] > observed:
            return "Progressing"
    # 5
    if said.get("Reconciling", {}).get("status") == "True":
        if ready is not None and ready["status"] == "False":
            return "Progressing" if ready["reason"] == "DependencyNotReady" else "Failed"
        return "Progressing"
    # 6
    if ready is not None:
        if ready["status"] == "True":
            return "Ready"
        if ready["status"] == "False":
            return "Progressing" if ready["reason"] == "DependencyNotReady" else "Failed"
        if ready["status"] == "Unknown" and ready["reason"] in ("Progressing", "Reconciling", ""):
            return "Progressing"
        return "Unknown"
    # 7
    return "Ready" if is_static else "Unknown"


VARIANTS = [(known, False) for known in KINDS] + [
    (known, True) for known in KINDS if known.kind.name == "HelmRepository"
]


@pytest.mark.parametrize(("known", "oci"), VARIANTS, ids=lambda value: getattr(value, "singular", str(value)))
def test_every_combination_reads_as_the_rules_say(known: FluxKind, oci: bool) -> None:
    cases = list(product(SWITCHES, (False, True), GENERATIONS, FLAGS, FLAGS, READIES))
    assert len(cases) == 8448
    seen = set()
    for case in cases:
        document = document_of(known, case, oci=oci)
        word = judge(known, document, conditions(document)).word
        assert word.value == word_by_the_rules(known.kind.name, document), case
        seen.add(word)
    assert seen == set(Word) - ({Word.SUSPENDED} if known.suspension is None else set())


def judged(kind: str, group: str = "kustomize.toolkit.fluxcd.io", **document: Any) -> tuple[Word, str, str, str | None]:
    document = {"kind": kind, "metadata": {"generation": 1}, **document}
    judgement = judge(by_kind(group, kind), document, conditions(document))
    return judgement.word, judgement.reason, judgement.message, judgement.changed_at


def test_ready_speaks_for_the_object_with_its_own_reason_and_time() -> None:
    ready = {
        "type": "Ready",
        "status": "False",
        "reason": "BuildFailed",
        "message": "kustomize build failed",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    status = {"conditions": [{"type": "Healthy", "status": "False"}, ready]}
    assert judged("Kustomization", status=status) == (
        Word.FAILED,
        "BuildFailed",
        "kustomize build failed",
        "2026-01-01T00:00:00Z",
    )


def test_stalled_speaks_for_who_gave_up() -> None:
    status = {
        "conditions": [
            {"type": "Ready", "status": "False", "reason": "InstallFailed", "message": "ready"},
            {"type": "Stalled", "status": "True", "reason": "RetriesExceeded", "message": "gave up after 3"},
        ]
    }
    assert judged("HelmRelease", "helm.toolkit.fluxcd.io", status=status) == (
        Word.FAILED,
        "RetriesExceeded",
        "gave up after 3",
        None,
    )


def test_reconciling_speaks_until_there_is_a_ready() -> None:
    status = {"conditions": [{"type": "Reconciling", "status": "True", "reason": "Progressing", "message": "cloning"}]}
    assert judged("Kustomization", status=status) == (Word.PROGRESSING, "Progressing", "cloning", None)


def test_a_static_object_is_valid_though_its_schema_says_it_was_never_observed() -> None:
    assert judged(
        "HelmRepository", "source.toolkit.fluxcd.io", spec={"type": "oci"}, status={"observedGeneration": -1}
    ) == (Word.READY, "", "valid configuration", None)


def test_an_unknown_kind_is_read_as_most_kinds_are() -> None:
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    assert judged("Widget", "example.com", status=ready)[0] is Word.READY
    assert judged("Widget", "example.com", status=ready, spec={"suspend": True})[0] is Word.SUSPENDED
    assert judged("Widget", "example.com")[0] is Word.UNKNOWN


@pytest.mark.parametrize("value", ["DISABLED", "disabled", "Disabled"])
def test_the_annotation_counts_in_any_case(value: str) -> None:
    metadata = {"annotations": {"source.extensions.fluxcd.io/reconcile": value}}
    assert judged("ArtifactGenerator", "source.extensions.fluxcd.io", metadata=metadata)[0] is Word.SUSPENDED


def test_only_true_suspends() -> None:
    odds: tuple[object, ...] = ("true", 1, {}, None, False)
    for odd in odds:
        assert judged("Kustomization", spec={"suspend": odd})[0] is Word.UNKNOWN
