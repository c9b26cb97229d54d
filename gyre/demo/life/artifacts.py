"""How source-controller goes about every kind of source: begin, fetch, store an artifact, or fail and retry.

What is fetched, and what can go wrong with it, is said beside: gyre.demo.life.sources and .charts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gyre.demo.life.conditions import READY, RECONCILING, STALLED
from gyre.demo.life.durations import seconds
from gyre.demo.life.steps import Step, Steps, Work
from gyre.demo.outside.git import digest_of
from gyre.demo.resources import Manifest

IN_STORAGE = "ArtifactInStorage"
OUTDATED = "ArtifactOutdated"
FETCH_FAILED = "FetchFailed"
BUILD_FAILED = "BuildFailed"
STORAGE_HOST = "http://source-controller.flux-system.svc.cluster.local."
FIRST_RETRY_SECONDS = 10.0
LONGEST_RETRY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing could be fetched. `stalls`: only a new spec can help."""

    reason: str
    message: str
    condition: str = FETCH_FAILED
    stalls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was fetched: its revision, and the words for it in conditions and Events."""

    revision: str
    stored: str
    news: str
    told_reason: str
    told: str
    same_reason: str
    same: str
    size: int = 12_288
    filename: str = ""
    metadata: Manifest = field(default_factory=dict)
    status: Manifest = field(default_factory=dict)


def begin(work: Work) -> Iterator[Step]:
    """The finalizer, and the first sign of work when there is reason for one."""
    adopted = work.adopt()
    if adopted is not None:
        yield adopted
    work.progress("reconciliation in progress", drift=False)
    if work.changed:
        before = work.status.get("observedGeneration", 0)
        work.progress(f"processing object: new generation {before} -> {work.generation}", drift=False)
    if work.changed or work.requested:
        yield work.step(0.3)


def fail(work: Work, failure: Failure, retry_in: float) -> Step:
    """The last step of a reconciliation that failed."""
    work.mark(failure.condition, "True", failure.reason, failure.message)
    work.answer_request()
    work.tell(failure.reason, failure.message, warning=True)
    if failure.stalls:
        work.stall(failure.reason, failure.message)
        return work.step()
    work.mark(READY, "False", failure.reason, failure.message)
    work.reconciling(failure.message, "ProgressingWithRetry")
    return work.step(again_in=retry_in)


def store(work: Work, fetched: Fetched) -> Steps:
    """Build and store a new artifact, or note that nothing is new."""
    interval = seconds(work.spec.get("interval"), 600)
    recovered = any(work.has(type_) for type_ in (FETCH_FAILED, BUILD_FAILED, STALLED))
    held = work.status.get("artifact") or {}
    if held.get("revision") != fetched.revision or work.changed:
        if held.get("revision") != fetched.revision:
            work.mark(OUTDATED, "True", "NewRevision", fetched.news)
        work.progress(f"building artifact: {fetched.news}", drift=True)
        yield work.step(0.7)
    if held.get("revision") != fetched.revision:
        work.status["artifact"] = artifact(work, fetched)
        work.tell(fetched.told_reason, fetched.told)
    elif recovered:
        work.tell("Succeeded", fetched.told)
    else:
        work.tell(fetched.same_reason, fetched.same)
    work.status.update(fetched.status)
    work.drop(FETCH_FAILED, BUILD_FAILED, OUTDATED, STALLED, RECONCILING)
    work.mark(IN_STORAGE, "True", fetched.told_reason if work.kind == "HelmChart" else "Succeeded", fetched.stored)
    work.mark(READY, "True", fetched.told_reason if work.kind == "HelmChart" else "Succeeded", fetched.stored)
    work.observe()
    work.answer_request()
    yield work.step(again_in=interval)


def artifact(work: Work, fetched: Fetched) -> Manifest:
    """`status.artifact` for what was fetched."""
    name = fetched.filename or f"{fetched.revision.rpartition(':')[2]}.tar.gz"
    path = f"{work.kind.lower()}/{work.namespace}/{work.name}/{name}"
    made: Manifest = {
        "digest": digest_of(f"{work.kind} {fetched.revision}"),
        "lastUpdateTime": work.now,
        "path": path,
        "revision": fetched.revision,
        "size": fetched.size,
        "url": f"{STORAGE_HOST}/{path}",
    }
    return made | ({"metadata": fetched.metadata} if fetched.metadata else {})


def retry_seconds(work: Work) -> float:
    """When to try again after a failure: longer the longer it has been failing, as a rate limiter has it."""
    failing = work.status.get("conditions", ())
    since = [each["lastTransitionTime"] for each in failing if each["type"] in (FETCH_FAILED, BUILD_FAILED)]
    return LONGEST_RETRY_SECONDS if since and since[0] != work.now else FIRST_RETRY_SECONDS
