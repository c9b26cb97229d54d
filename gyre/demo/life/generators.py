"""ArtifactGenerator and its ExternalArtifacts, as source-watcher composes them of other sources."""

from gyre.demo.life.artifacts import STORAGE_HOST
from gyre.demo.life.charts import SOURCE_PLURALS
from gyre.demo.life.conditions import READY, RECONCILING, STALLED
from gyre.demo.life.steps import DEPENDENCY_SECONDS, Step, Steps, Target, Work
from gyre.demo.outside.git import digest_of
from gyre.demo.resources import Manifest

FINALIZER = "source.extensions.fluxcd.io/finalizer"
SUSPENDED_BY = "source.extensions.fluxcd.io/reconcile"
GENERATOR_LABEL = "source.extensions.fluxcd.io/generator"
INTERVAL_SECONDS = 3600.0
IN_PROGRESS = "Reconciliation in progress"


def reconcile(work: Work) -> Steps:
    """One reconciliation of a generator."""
    work.observes_generation = False
    held = work.status.get("inventory") or []
    if work.deleting:
        work.delete(*(Target("ExternalArtifact", each["namespace"], each["name"]) for each in held))
        yield work.step(finalizers=tuple(name for name in work.finalizers if name != FINALIZER))
        return
    if FINALIZER not in work.finalizers:
        work.finalizers = (*work.finalizers, FINALIZER)
        yield work.step(finalizers=work.finalizers)
    if work.annotations.get(SUSPENDED_BY, "").lower() == "disabled":
        return
    sources = _observe(work)
    if isinstance(sources, Step):
        yield sources
        return
    observed = digest_of(repr(sorted((alias, artifact["digest"]) for alias, artifact in sources.items())))
    if observed == work.status.get("observedSourcesDigest") and not work.changed and work.is_true(READY):
        work.answer_request()
        work.tell("Ready", f"No drift detected, {len(held)} artifact(s) up to date")
        yield work.step(again_in=INTERVAL_SECONDS)
        return
    work.reconciling(IN_PROGRESS)
    work.mark(READY, "Unknown", "Progressing", IN_PROGRESS)
    yield work.step(0.8)
    made = [_external(work, each, sources) for each in work.spec["artifacts"]]
    work.apply(*made)
    yield _finish(work, made, held, observed)


def _observe(work: Work) -> dict[str, Manifest] | Step:
    """The artifact of each source by its alias, or the step that says which is missing."""
    found = {}
    for each in work.spec["sources"]:
        namespace, name, kind = each.get("namespace") or work.namespace, each["name"], each["kind"]
        source = work.world.get(kind, namespace, name)
        artifact = (source.get("status") or {}).get("artifact") if source else None
        if artifact is None:
            why = f"unable to get source '{namespace}/{name}': {SOURCE_PLURALS[kind]} \"{name}\" not found"
            if source:
                why = f"source '{kind}/{namespace}/{name}' is not ready"
            message = f"get sources failed: {why}"
            work.mark(READY, "False", "SourceFetchFailed", message)
            work.answer_request()
            work.tell("SourceFetchFailed", message, warning=True)
            return work.step(again_in=DEPENDENCY_SECONDS)
        found[each["alias"]] = artifact
    return found


def _external(work: Work, wanted: Manifest, sources: dict[str, Manifest]) -> Manifest:
    used = [copy["from"].removeprefix("@").partition("/")[0] for copy in wanted["copy"]]
    digest = digest_of(
        repr([(copy, sources[alias]["digest"]) for alias, copy in zip(used, wanted["copy"], strict=True)])
    )
    revision = sources[wanted["revision"][1:]]["revision"] if "revision" in wanted else f"latest@{digest}"
    filename = f"{int(digest[-8:], 16)}.tar.gz"
    path = f"externalartifact/{work.namespace}/{wanted['name']}/{filename}"
    artifact: Manifest = {
        "digest": digest,
        "lastUpdateTime": work.now,
        "path": path,
        "revision": revision,
        "size": 2048 + int(digest[-3:], 16),
        "url": f"{STORAGE_HOST.replace('source-controller', 'source-watcher')}/{path}",
    }
    if "originRevision" in wanted:
        origin = sources[wanted["originRevision"][1:]]["revision"]
        artifact["metadata"] = {"org.opencontainers.image.revision": origin}
    common = work.spec.get("commonMetadata") or {}
    before = work.world.get("ExternalArtifact", work.namespace, wanted["name"])
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "ExternalArtifact",
        "metadata": {
            "name": wanted["name"],
            "namespace": work.namespace,
            "labels": {
                **(common.get("labels") or {}),
                "app.kubernetes.io/managed-by": "source-watcher",
                GENERATOR_LABEL: work.manifest["metadata"]["uid"],
            },
        },
        "spec": {
            "sourceRef": {
                "apiVersion": "source.extensions.fluxcd.io/v1beta1",
                "kind": "ArtifactGenerator",
                "name": work.name,
                "namespace": work.namespace,
            }
        },
        "status": {
            "artifact": artifact,
            "conditions": [
                {
                    "type": READY,
                    "status": "True",
                    "reason": "Succeeded",
                    "message": "Artifact is ready",
                    "lastTransitionTime": work.now,
                    "observedGeneration": before["metadata"]["generation"] if before else 1,
                }
            ],
        },
    }


def _finish(work: Work, made: list[Manifest], held: list[Manifest], observed: str) -> Step:
    inventory = [
        {
            "name": each["metadata"]["name"],
            "namespace": work.namespace,
            "digest": each["status"]["artifact"]["digest"],
            "filename": each["status"]["artifact"]["path"].rpartition("/")[2],
        }
        for each in made
    ]
    names = {each["name"] for each in inventory}
    work.delete(
        *(Target("ExternalArtifact", work.namespace, each["name"]) for each in held if each["name"] not in names)
    )
    changed = [each for each in inventory if each not in held]
    if changed:
        lines = "\n".join(f"{each['namespace']}/{each['name']} ({each['digest']})" for each in changed)
        work.tell("Ready", f"external artifacts reconciled: {lines}")
    work.status.update(inventory=inventory, observedSourcesDigest=observed)
    work.drop(RECONCILING, STALLED)
    work.mark(READY, "True", "Succeeded", f"reconciliation succeeded, generated {len(made)} artifact(s)")
    work.answer_request()
    return work.step(again_in=INTERVAL_SECONDS)
