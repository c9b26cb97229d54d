"""Kustomization, as kustomize-controller builds, applies, prunes and checks it."""

from collections.abc import Iterator

from gyre.demo.life import dependencies, health, inventory
from gyre.demo.life.charts import SOURCE_PLURALS
from gyre.demo.life.conditions import READY, RECONCILING
from gyre.demo.life.durations import go, seconds
from gyre.demo.life.steps import DEPENDENCY_SECONDS, Step, Steps, Target, Work
from gyre.demo.outside import Outside, Repository
from gyre.demo.outside.git import Content, digest_of, hash_of, tidied
from gyre.demo.resources import Manifest

HEALTHY = "Healthy"
ORIGIN = "org.opencontainers.image.revision"
OWNER_LABELS = ("kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace")


class Failed(Exception):
    """The reconciliation ends here: Ready's reason and message, and what the Event says when it says more."""

    def __init__(self, reason: str, message: str, told: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.told = told or message


def reconcile(work: Work) -> Steps:
    """One reconciliation of a Kustomization."""
    if work.deleting:
        yield from _finalize(work)
        return
    adopted = work.adopt()
    if adopted is not None:
        yield adopted
    if work.spec.get("suspend"):
        return
    artifact = _source_artifact(work)
    if isinstance(artifact, Step):
        yield artifact
        return
    waits = dependencies.unmet(work, artifact["revision"])
    if waits:
        work.mark(READY, "False", "DependencyNotReady", waits)
        retry = go(DEPENDENCY_SECONDS)
        work.tell("DependencyNotReady", f"Dependencies do not meet ready condition, retrying in {retry}")
        yield _end(work, DEPENDENCY_SECONDS)
        return
    try:
        yield from _apply_revision(work, artifact)
    except Failed as failed:
        work.mark(READY, "False", failed.reason, failed.message)
        work.tell(failed.reason, failed.told, warning=True)
        yield _end(work, seconds(work.spec.get("retryInterval"), seconds(work.spec["interval"], 600)))
        return
    work.mark(READY, "True", "ReconciliationSucceeded", f"Applied revision: {artifact['revision']}")
    length, interval = go(_took(work)), go(seconds(work.spec["interval"], 600))
    work.tell("ReconciliationSucceeded", f"Reconciliation finished in {length}, next run in {interval}")
    yield _end(work, seconds(work.spec["interval"], 600))


def _end(work: Work, again_in: float) -> Step:
    """What is written at the end, however it ended."""
    work.answer_request()
    if work.is_true(READY):
        work.drop(RECONCILING)
        work.observe()
    elif work.has(RECONCILING):
        held = next(each for each in work.status["conditions"] if each["type"] == RECONCILING)
        work.reconciling(held["message"], "ProgressingWithRetry")
    return work.step(again_in=again_in)


def _source_artifact(work: Work) -> Manifest | Step:
    """The artifact of the source, or the step that says why there is none."""
    ref = work.spec["sourceRef"]
    source = work.world.get(ref["kind"], ref.get("namespace") or work.namespace, ref["name"])
    if source is None:
        plural = SOURCE_PLURALS.get(ref["kind"], ref["kind"].lower())
        work.mark(READY, "False", "ArtifactFailed", f'{plural} "{ref["name"]}" not found')
        return _end(work, seconds(work.spec.get("retryInterval"), seconds(work.spec["interval"], 600)))
    artifact: Manifest | None = (source.get("status") or {}).get("artifact")
    if artifact is None:
        retry = go(DEPENDENCY_SECONDS)
        work.mark(READY, "False", "ArtifactFailed", f"Source artifact not found, retrying in {retry}")
        return _end(work, DEPENDENCY_SECONDS)
    return artifact | {"repository": repository_of(source, work.world.outside)}


def repository_of(source: Manifest, outside: Outside) -> Repository:
    """What a source's artifact was made of."""
    spec, meta = source["spec"], source["metadata"]
    if source["kind"] == "Bucket":
        return outside.repository(f"s3://{spec['endpoint']}/{spec['bucketName']}")
    if source["kind"] == "ExternalArtifact":
        return outside.repository(f"artifact://{meta['namespace']}/{meta['name']}")
    return outside.repository(spec["url"])


def _apply_revision(work: Work, artifact: Manifest) -> Iterator[Step]:
    revision = artifact["revision"]
    origin = (artifact.get("metadata") or {}).get(ORIGIN, "")
    until = go(_timeout(work))

    def under_way(doing: str) -> None:
        work.reconciling(f"{doing} revision {revision} with a timeout of {until}")

    work.mark(READY, "Unknown", "Progressing", "Reconciliation in progress")
    under_way("Fetching manifests for")
    yield work.step(0.4)
    work.status["lastAttemptedRevision"] = revision
    content = _content(work, artifact["repository"])
    under_way("Building manifests for")
    yield work.step(0.3)
    if content.mistake:
        raise Failed("BuildFailed", f"kustomize build failed: {content.mistake}")
    wanted = [_owned(work, each) for each in content.objects(work.spec.get("targetNamespace") or work.namespace)]
    digest = digest_of(repr((wanted, content.tracked)))
    entries = [*map(inventory.entry, wanted), *({"id": id_, "v": version} for id_, version in content.tracked)]
    under_way("Detecting drift for")
    refused = inventory.homeless(work.world, wanted)
    if refused:
        raise Failed("ReconciliationFailed", refused)
    drifted = _apply(work, wanted, {each["id"] for each in entries})
    _prune(work, entries)
    work.status["inventory"] = {"entries": entries}
    yield work.step(0.4)
    meta = {"revision": revision} | ({"originRevision": origin} if origin else {})
    try:
        yield from _check_health(work, wanted, drifted=drifted, revision=revision)
    except Failed as failed:
        _remember(work, digest, failed.reason, meta)
        raise
    work.status["lastAppliedRevision"] = revision
    if origin:
        work.status["lastAppliedOriginRevision"] = origin
    _remember(work, digest, "ReconciliationSucceeded", meta)


def _content(work: Work, repository: Repository) -> Content:
    path = work.spec.get("path") or "./"
    content = repository.at(path)
    if content is None:
        number = int(hash_of(work.namespace + work.name)[:7], 16)
        where = f"/tmp/kustomization-{number}/{tidied(path)}"  # noqa: S108 - quoted, never opened
        raise Failed("ArtifactFailed", f"kustomization path not found: stat {where}: no such file or directory")
    return content


def _owned(work: Work, manifest: Manifest) -> Manifest:
    """The object as it is applied: with labels that name its owner, and the images that the spec puts in."""
    common = work.spec.get("commonMetadata") or {}
    meta = dict(manifest["metadata"])
    owner = dict(zip(OWNER_LABELS, (work.name, work.namespace), strict=True))
    meta["labels"] = {**(meta.get("labels") or {}), **(common.get("labels") or {}), **owner}
    if common.get("annotations"):
        meta["annotations"] = {**(meta.get("annotations") or {}), **common["annotations"]}
    images = {image["name"]: image for image in work.spec.get("images") or ()}
    return _with_images({**manifest, "metadata": meta}, images) if images else {**manifest, "metadata": meta}


def _with_images(manifest: Manifest, images: dict[str, Manifest]) -> Manifest:
    if manifest["kind"] != "Deployment":
        return manifest
    for container in manifest["spec"]["template"]["spec"]["containers"]:
        name, _, tag = container["image"].rpartition(":")
        if name in images:
            put = images[name]
            container["image"] = f"{put.get('newName', name)}:{put.get('newTag', tag)}"
    return manifest


def _apply(work: Work, wanted: list[Manifest], new: set[str]) -> bool:
    known = {each["id"] for each in (work.status.get("inventory") or {}).get("entries", ())}
    changes = inventory.difference(work.world, wanted, known)
    lines = [f"{inventory.subject(inventory.identity(each))} {what}" for each, what in changes]
    lines += [f"{inventory.subject(id_)} created" for id_ in sorted(new - known - set(map(inventory.identity, wanted)))]
    work.apply(*(each for each, _ in changes))
    if lines:
        work.tell("Progressing", "\n".join(lines))
    return bool(lines)


def _prune(work: Work, entries: list[Manifest]) -> None:
    if not work.spec.get("prune"):
        return
    kept = {each["id"] for each in entries}
    stale = [each["id"] for each in (work.status.get("inventory") or {}).get("entries", ()) if each["id"] not in kept]
    if stale:
        work.delete(*map(inventory.target, stale))
        work.tell("Progressing", "\n".join(f"{inventory.subject(id_)} deleted" for id_ in stale))


def _check_health(work: Work, wanted: list[Manifest], *, drifted: bool, revision: str) -> Iterator[Step]:
    named = work.spec.get("healthChecks") or ()
    targets = [Target(each["kind"], each.get("namespace") or work.namespace, each["name"]) for each in named]
    if work.spec.get("wait"):
        targets = [Target(m["kind"], m["metadata"].get("namespace", ""), m["metadata"]["name"]) for m in wanted]
    if not targets:
        work.drop(HEALTHY)
        return
    was_healthy, until = work.is_true(HEALTHY), go(_timeout(work))
    is_new = work.status.get("lastAppliedRevision") != revision
    message = f"Running health checks for revision {revision} with a timeout of {until}"
    work.reconciling(message)
    work.mark(HEALTHY, "Unknown", "Progressing", message)
    yield work.step(0.5)
    waited = yield from health.wait(work, targets)
    sick = health.sick(work.world, targets)
    if sick:
        timed_out = f"timeout waiting for: [{', '.join(sick)}]"
        work.mark(HEALTHY, "False", "HealthCheckFailed", timed_out)
        raise Failed("HealthCheckFailed", timed_out, f"health check failed after {until}: {timed_out}")
    passed = f"Health check passed in {go(waited + 0.021)}"
    if not was_healthy or (is_new and drifted):
        work.tell("Progressing", passed)
    work.mark(HEALTHY, "True", "Succeeded", passed)


def _remember(work: Work, digest: str, outcome: str, meta: Manifest) -> None:
    before = work.status.get("history") or []
    work.status["history"] = inventory.upsert_history(
        before, digest, outcome, now=work.now, duration=go(_took(work)), meta=meta
    )


def _timeout(work: Work) -> float:
    return max(seconds(work.spec.get("timeout"), seconds(work.spec["interval"], 600) - 30), 30)


def _took(work: Work) -> float:
    """How long it took, as it is told: near what it does take here, to the microsecond."""
    return 1.1 + int(hash_of(f"{work.namespace}/{work.name} {work.now}")[:6], 16) / 1e7


def _finalize(work: Work) -> Steps:
    entries = (work.status.get("inventory") or {}).get("entries", ())
    policy = work.spec.get("deletionPolicy") or "MirrorPrune"
    prunes = policy in ("Delete", "WaitForTermination") or (policy == "MirrorPrune" and work.spec.get("prune"))
    if entries and prunes and not work.spec.get("suspend"):
        work.delete(*(inventory.target(each["id"]) for each in entries))
        work.tell("ReconciliationSucceeded", "\n".join(f"{inventory.subject(each['id'])} deleted" for each in entries))
        yield work.step(0.8)
    yield work.let_go()
