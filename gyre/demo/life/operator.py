"""The kinds of fluxcd.controlplane.io: Flux itself, its report, sets of resources and their inputs."""

from collections.abc import Generator

import orjson

from gyre.demo.crds.operator import COMPONENTS
from gyre.demo.life import inventory, templates
from gyre.demo.life.conditions import READY, RECONCILING, STALLED, find, is_true
from gyre.demo.life.durations import go, seconds
from gyre.demo.life.health import sick, wait
from gyre.demo.life.steps import DEPENDENCY_SECONDS, FORCE_AT, REQUESTED_AT, Step, Steps, Target, Work
from gyre.demo.outside import semver
from gyre.demo.outside.git import digest_of
from gyre.demo.outside.workloads import App, manifests, service_account
from gyre.demo.resources import Manifest

GROUP = "fluxcd.controlplane.io"
FINALIZER = f"{GROUP}/finalizer"
SWITCH = f"{GROUP}/reconcile"
EVERY = f"{GROUP}/reconcileEvery"
IN_PROGRESS = "Reconciliation in progress"
DISTRIBUTION = "ghcr.io/controlplaneio-fluxcd/flux-operator-manifests"
FLUX_VERSIONS = ("2.7.5", "2.8.3", "2.8.6", "2.9.2", "2.9.4")
COMPONENT_TAGS = dict(
    zip(COMPONENTS, ("v1.9.6", "v1.9.6", "v1.6.4", "v1.9.3", "v1.2.4", "v1.2.4", "v2.2.2"), strict=True)
)
RECONCILERS = (
    *(("source.toolkit.fluxcd.io/v1", kind) for kind in ("Bucket", "GitRepository", "HelmChart", "HelmRepository")),
    ("source.toolkit.fluxcd.io/v1", "OCIRepository"),
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    *(("image.toolkit.fluxcd.io/v1", kind) for kind in ("ImagePolicy", "ImageRepository", "ImageUpdateAutomation")),
    ("notification.toolkit.fluxcd.io/v1", "Receiver"),
)


def instance(work: Work) -> Steps:
    """One reconciliation of Flux itself."""
    if (yield from _begin(work)):
        return
    started = work.now
    _in_progress(work)
    yield work.step(1.2)
    asked = str(work.spec["distribution"]["version"])
    try:
        version = semver.latest(FLUX_VERSIONS, asked)
    except semver.BadRange:
        version = None
    if version is None:
        yield _fail(work, "ArtifactFailed", f"no version of Flux matches '{asked}'", again_in=30)
        return
    revision = f"v{version}@{digest_of(f'{DISTRIBUTION} {version}')}"
    names = work.spec.get("components") or COMPONENTS[:4]
    registry = work.spec["distribution"]["registry"]
    work.status["components"] = [
        {
            "name": name,
            "repository": f"{registry}/{name}",
            "tag": COMPONENT_TAGS[name],
            "digest": digest_of(f"{registry}/{name}:{COMPONENT_TAGS[name]}"),
        }
        for name in names
    ]
    wanted = [_owned_by_instance(work, each) for each in _controllers(work, work.status["components"])]
    known = {each["id"] for each in (work.status.get("inventory") or {}).get("entries", ())}
    work.apply(*(each for each, _ in inventory.difference(work.world, wanted, known)))
    entries = [inventory.entry(each) for each in wanted]
    work.status["inventory"] = {"entries": [*entries, {"id": f"_{work.namespace}__Namespace", "v": "v1"}]}
    work.status.update(lastAttemptedRevision=revision, lastAppliedRevision=revision, lastArtifactRevision=revision)
    yield _done(work, started, digest_of(revision), {"flux": f"v{version}"}, again_in=_every(work, 3600))


def _controllers(work: Work, components: list[Manifest]) -> Generator[Manifest, None, None]:
    for each in components:
        yield service_account(each["name"], work.namespace)
        yield from manifests(App(name=each["name"], image=f"{each['repository']}:{each['tag']}"), work.namespace)


def _owned_by_instance(work: Work, manifest: Manifest) -> Manifest:
    owner = {f"{GROUP}/name": work.name, f"{GROUP}/namespace": work.namespace, "app.kubernetes.io/part-of": "flux"}
    labels = {**(manifest["metadata"].get("labels") or {}), **owner}
    return {**manifest, "metadata": {**manifest["metadata"], "labels": labels}}


def report(work: Work) -> Steps:
    """One report of what runs: its data is in the spec, which its own controller writes."""
    work.observes_generation = False
    if work.deleting:
        return
    if not work.changed and not work.requested and work.is_true(READY) and not work.spec.get("reconcilers"):
        yield work.step(again_in=300)
        return
    stats = [_statistics(work, api_version, kind) for api_version, kind in RECONCILERS]
    spec = {**work.spec, "reconcilers": stats}
    flux = next(iter(work.world.list("FluxInstance", work.namespace)), None)
    if flux is not None:
        revision = (flux.get("status") or {}).get("lastAppliedRevision", "")
        spec["distribution"] = {**work.spec["distribution"], "version": revision.partition("@")[0]}
    work.mark(READY, "True", "ReconciliationSucceeded", "Reporting finished in 21ms")
    work.answer_request()
    yield work.step(spec=spec, again_in=300)


def _statistics(work: Work, api_version: str, kind: str) -> Manifest:
    objects = work.world.list(kind)
    suspended = sum(1 for each in objects if each["spec"].get("suspend"))
    failing = sum(1 for each in objects if not each["spec"].get("suspend") and _is_failing(each))
    running = len(objects) - suspended
    return {
        "apiVersion": api_version,
        "kind": kind,
        "stats": {"running": running, "failing": failing, "suspended": suspended},
    }


def _is_failing(manifest: Manifest) -> bool:
    ready = find(manifest.get("status") or {}, READY)
    return ready is not None and ready["status"] == "False"


def resource_set(work: Work) -> Steps:
    """One reconciliation of a set: its templates filled in with each of its inputs, and applied."""
    if work.deleting and work.annotations.get(SWITCH) != "disabled":
        entries = (work.status.get("inventory") or {}).get("entries", ())
        work.delete(*(inventory.target(each["id"]) for each in entries))
    if (yield from _begin(work)):
        return
    started = work.now
    waits = _unmet(work)
    if waits:
        work.reconciling(waits)
        work.mark(READY, "False", "DependencyNotReady", waits)
        work.answer_request()
        work.tell("DependencyNotReady", f"{waits}, retrying in {go(DEPENDENCY_SECONDS)}")
        yield work.step(again_in=DEPENDENCY_SECONDS)
        return
    _in_progress(work)
    yield work.step(0.6)
    try:
        wanted = [_owned(work, each) for each in templates.rendered(work.spec, _inputs(work), work.namespace)]
    except templates.BadTemplate as error:
        yield _fail(work, "BuildFailed", f"build failed: {error}", again_in=60)
        return
    refused = inventory.homeless(work.world, wanted)
    if refused:
        yield _fail(work, "ReconciliationFailed", refused, again_in=60)
        return
    entries = [inventory.entry(each) for each in wanted]
    known = {each["id"] for each in (work.status.get("inventory") or {}).get("entries", ())}
    changes = inventory.difference(work.world, wanted, known)
    stale = sorted(known - {each["id"] for each in entries})
    work.apply(*(each for each, _ in changes))
    work.delete(*map(inventory.target, stale))
    lines = [f"{inventory.subject(inventory.identity(each))} {what}" for each, what in changes]
    lines += [f"{inventory.subject(id_)} deleted" for id_ in stale]
    if lines:
        work.tell("ApplySucceeded", "\n".join(lines))
    work.status["inventory"] = {"entries": entries}
    targets = [Target(m["kind"], m["metadata"]["namespace"], m["metadata"]["name"]) for m in wanted]
    if work.spec.get("wait"):
        yield work.step(0.3)
        yield from wait(work, targets)
        late = sick(work.world, targets)
        if late:
            yield _fail(work, "HealthCheckFailed", f"timeout waiting for: [{', '.join(late)}]", again_in=60)
            return
    digest = digest_of(orjson.dumps(wanted).decode())
    work.status["lastAppliedRevision"] = digest
    yield _done(work, started, digest, {"inputs": str(len(_inputs(work)))}, again_in=_every(work, 3600))


def _inputs(work: Work) -> list[Manifest]:
    found = [dict(each) for each in work.spec.get("inputs") or ()]
    for ref in work.spec.get("inputsFrom") or ():
        for each in work.world.list("ResourceSetInputProvider", work.namespace):
            labels = each["metadata"].get("labels") or {}
            wanted = (ref.get("selector") or {}).get("matchLabels")
            chosen = each["metadata"]["name"] == ref.get("name")
            if chosen or (wanted and all(labels.get(key) == value for key, value in wanted.items())):
                found.extend((each.get("status") or {}).get("exportedInputs") or ())
    return found


def _owned(work: Work, manifest: Manifest) -> Manifest:
    owner = {f"resourceset.{GROUP}/name": work.name, f"resourceset.{GROUP}/namespace": work.namespace}
    meta = dict(manifest["metadata"])
    common = (work.spec.get("commonMetadata") or {}).get("labels") or {}
    meta["labels"] = {**(meta.get("labels") or {}), **common, **owner}
    return {**manifest, "metadata": meta}


def _unmet(work: Work) -> str:
    for each in work.spec.get("dependsOn") or ():
        namespace = each.get("namespace") or work.namespace
        found = work.world.get(each["kind"], namespace, each["name"])
        if found is None or (each.get("ready") and not is_true(found.get("status") or {}, READY)):
            state = "not found" if found is None else "not ready"
            return f"dependency {each['apiVersion']}/{each['kind']}/{namespace}/{each['name']} {state}"
    return ""


def input_provider(work: Work) -> Steps:
    """One fetch of inputs from a Git host, a registry, or the object itself."""
    if (yield from _begin(work)):
        return
    _in_progress(work)
    yield work.step(0.5)
    inputs = _exported(work)
    revision = digest_of(orjson.dumps(inputs).decode())
    work.status.update(exportedInputs=inputs, lastExportedRevision=revision)
    schedule = work.spec.get("schedule")
    if schedule:
        work.status["nextSchedule"] = {**schedule[0], "when": work.now}
    else:
        work.status.pop("nextSchedule", None)
    _succeed(work, "Reconciliation finished in 512ms")
    yield work.step(again_in=_every(work, 600))


def _exported(work: Work) -> list[Manifest]:
    defaults: Manifest = work.spec.get("defaultValues") or {}
    if work.spec["type"] == "Static":
        return [{"id": _identity(work.name), **defaults}]
    heads = work.world.outside.repository(work.spec["url"]).heads
    limit = int((work.spec.get("filter") or {}).get("limit", 100))
    return [
        {"id": _identity(ref), "branch": ref, "sha": commit.hash, "title": commit.message, "author": commit.author}
        | defaults
        for ref, commit in sorted(heads.items())[:limit]
    ]


def _identity(text: str) -> str:
    return str(int(digest_of(text)[-6:], 16))


def _begin(work: Work) -> Generator[Step, None, bool]:
    """The finalizer; true when there is nothing to do after it."""
    work.observes_generation = False
    if work.deleting:
        yield work.step(finalizers=tuple(name for name in work.finalizers if name != FINALIZER))
        return True
    if FINALIZER not in work.finalizers:
        work.finalizers = (*work.finalizers, FINALIZER)
        yield work.step(finalizers=work.finalizers)
    return work.annotations.get(SWITCH, "").lower() == "disabled"


def _in_progress(work: Work) -> None:
    work.reconciling(IN_PROGRESS)
    if work.changed:
        work.mark(READY, "Unknown", "Progressing", IN_PROGRESS)


def _done(work: Work, started: str, digest: str, meta: Manifest, *, again_in: float) -> Step:
    length = f"{1 + int(digest[-2:], 16) % 9}s"
    before = work.status.get("history") or []
    work.status["history"] = inventory.upsert_history(
        before, digest, "ReconciliationSucceeded", now=started, duration=length, meta=meta
    )
    _succeed(work, f"Reconciliation finished in {length}")
    return work.step(again_in=again_in)


def _succeed(work: Work, message: str) -> None:
    work.drop(RECONCILING, STALLED)
    work.mark(READY, "True", "ReconciliationSucceeded", message)
    work.tell("ReconciliationSucceeded", message)
    work.answer_request()
    if work.annotations.get(FORCE_AT) and work.annotations[FORCE_AT] == work.annotations.get(REQUESTED_AT):
        work.status["lastHandledForceAt"] = work.annotations[FORCE_AT]


def _fail(work: Work, reason: str, message: str, *, again_in: float) -> Step:
    work.mark(READY, "False", reason, message)
    work.reconciling(message, "ProgressingWithRetry")
    work.answer_request()
    work.tell(reason, message, warning=True)
    return work.step(again_in=again_in)


def _every(work: Work, default: float) -> float:
    return seconds(work.annotations.get(EVERY), default)
