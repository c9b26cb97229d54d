"""HelmRelease, as helm-controller finds its chart and decides what to do; the actions are in release_actions."""

from collections.abc import Iterator

import orjson

from gyre.demo.life import dependencies, inventory
from gyre.demo.life.charts import SOURCE_PLURALS
from gyre.demo.life.conditions import READY, STALLED, find, is_true
from gyre.demo.life.durations import seconds
from gyre.demo.life.release_actions import Release, install_or_upgrade, settle, uninstall
from gyre.demo.life.steps import DEPENDENCY_SECONDS, FORCE_AT, REQUESTED_AT, RESET_AT, Step, Steps, Target, Work
from gyre.demo.outside.git import digest_of
from gyre.demo.outside.registries import Chart
from gyre.demo.resources import Manifest

CHART_RETRY_SECONDS = 10.0


def reconcile(work: Work) -> Steps:
    """One reconciliation of a HelmRelease."""
    if work.deleting:
        yield from _finalize(work)
        return
    adopted = work.adopt()
    if adopted is not None:
        yield adopted
    if work.spec.get("suspend"):
        return
    _apply_chart(work)
    work.reconciling("Fulfilling prerequisites")
    yield work.step(0.3)
    source = _source(work)
    if isinstance(source, Step):
        yield source
        return
    missing = _missing_values(work)
    if missing:
        work.mark(READY, "False", "ValuesError", missing)
        work.tell("ValuesError", missing, warning=True)
        yield _end(work, CHART_RETRY_SECONDS)
        return
    yield from _release(work, source)


def _end(work: Work, again_in: float | None) -> Step:
    work.answer_request()
    return work.step(again_in=again_in)


def chart_name(work: Work) -> tuple[str, str]:
    """Namespace and name of the HelmChart that is made of `spec.chart`."""
    ref = work.spec["chart"]["spec"]["sourceRef"]
    return ref.get("namespace") or work.namespace, f"{work.namespace}-{work.name}"


def _apply_chart(work: Work) -> None:
    if "chart" not in work.spec:
        return
    wanted, (namespace, name) = _chart(work), chart_name(work)
    live = work.world.get("HelmChart", namespace, name)
    work.status["helmChart"] = f"{namespace}/{name}"
    if live is not None and inventory.covers(live, wanted):
        return
    work.apply(wanted)
    action = "Created" if live is None else "Configured"
    ref = wanted["spec"]["sourceRef"]
    where = f"'{ref['kind']}/{namespace}/{ref['name']}'"
    work.tell(f"HelmChart{action}", f"{action} HelmChart/{namespace}/{name} with SourceRef {where}")


def _chart(work: Work) -> Manifest:
    wanted, (namespace, name) = work.spec["chart"]["spec"], chart_name(work)
    ref = wanted["sourceRef"]
    kept = ("version", "reconcileStrategy", "valuesFiles", "ignoreMissingValuesFiles", "verify")
    labels = {"helm.toolkit.fluxcd.io/name": work.name, "helm.toolkit.fluxcd.io/namespace": work.namespace}
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "HelmChart",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "chart": wanted["chart"],
            "interval": wanted.get("interval") or work.spec["interval"],
            "sourceRef": {"kind": ref["kind"], "name": ref["name"]},
            **{key: wanted[key] for key in kept if key in wanted},
        },
    }


def _source(work: Work) -> Manifest | Step:
    """The chart's source when it and all dependencies are ready, or the step that says what is missing."""
    waits = dependencies.unmet(work)
    if waits:
        work.mark(READY, "False", "DependencyNotReady", waits)
        work.tell("DependencyNotReady", waits)
        return _end(work, DEPENDENCY_SECONDS)
    kind, namespace, name = _source_name(work)
    source = work.world.get(kind, namespace, name)
    if source is None:
        plural = SOURCE_PLURALS[kind]
        work.mark(READY, "False", "ArtifactFailed", f'could not get Source object: {plural} "{name}" not found')
        return _end(work, CHART_RETRY_SECONDS)
    why = _not_ready(source)
    if why:
        work.mark(READY, "False", "SourceNotReady", f"{kind} '{namespace}/{name}' is not ready: {why}")
        return _end(work, DEPENDENCY_SECONDS)
    ready = find(work.status, READY)
    if ready is not None and ready["reason"] in (
        "DependencyNotReady",
        "ArtifactFailed",
        "SourceNotReady",
        "ValuesError",
    ):
        work.mark(READY, "Unknown", "Progressing", "reconciliation in progress")
    return source


def _source_name(work: Work) -> tuple[str, str, str]:
    if "chartRef" in work.spec:
        ref = work.spec["chartRef"]
        return ref["kind"], ref.get("namespace") or work.namespace, ref["name"]
    namespace, name = chart_name(work)
    return "HelmChart", namespace, name


def _not_ready(source: Manifest) -> str:
    status = source.get("status") or {}
    held, ready, stalled = status.get("artifact"), find(status, READY), find(status, STALLED)
    if source["kind"] == "ExternalArtifact":
        return "" if held else "does not have an artifact"
    if source["metadata"].get("generation") != status.get("observedGeneration"):
        failed = ready is not None and ready["status"] == "False"
        return ready["message"] if ready and failed else "latest generation of object has not been reconciled"
    if stalled is not None and stalled["status"] == "True":
        return str(stalled["message"])
    return "" if held else "does not have an artifact"


def _missing_values(work: Work) -> str:
    for ref in work.spec.get("valuesFrom") or ():
        if ref.get("optional") or work.world.get(ref["kind"], work.namespace, ref["name"]) is not None:
            continue
        where = f"'{work.namespace}/{ref['name']}' with key '{ref.get('valuesKey', 'values.yaml')}'"
        plural = f"{ref['kind'].lower()}s"
        return f'could not resolve {ref["kind"]} chart values reference {where}: {plural} "{ref["name"]}" not found'
    return ""


def _release(work: Work, source: Manifest) -> Iterator[Step]:
    chart, version = _loaded_chart(work, source)
    written = work.spec.get("values")
    values: Manifest = written if isinstance(written, dict) else {}
    release = Release(
        work, chart, version, values, digest_of(orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode())
    )
    _note_attempt(work, release)
    forced = _take(work, FORCE_AT, "lastHandledForceAt")
    if not forced and _is_in_sync(work, release):
        settle(work)
        yield _end(work, seconds(work.spec["interval"], 600))
        return
    if not forced and is_true(work.status, STALLED):
        work.observe()
        yield _end(work, None)
        return
    yield from install_or_upgrade(release)


def _loaded_chart(work: Work, source: Manifest) -> tuple[Chart, str]:
    """The chart inside the artifact, and its version."""
    revision: str = source["status"]["artifact"]["revision"]
    if source["kind"] != "HelmChart":
        url = source["spec"].get("url") or source["metadata"]["name"]
        name = url.rstrip("/").rpartition("/")[2]
        known = work.world.outside.chart_repository(url.rpartition("/")[0]).chart(name)
        return known or Chart(name, {}), revision.partition("@")[0]
    name = source["status"]["observedChartName"]
    if source["spec"]["sourceRef"]["kind"] != "HelmRepository":
        return Chart(name, {revision: revision}), revision
    repository = work.world.get("HelmRepository", source["metadata"]["namespace"], source["spec"]["sourceRef"]["name"])
    known = work.world.outside.chart_repository(repository["spec"]["url"]).chart(name) if repository else None
    return known or Chart(name, {revision: revision}), revision


def _note_attempt(work: Work, release: Release) -> None:
    status = work.status
    attempt: Manifest = {
        "lastAttemptedGeneration": work.generation,
        "lastAttemptedRevision": release.version,
        "lastAttemptedConfigDigest": release.config_digest,
    }
    news = any(status.get(key) not in (None, value) for key, value in attempt.items())
    if news or _take(work, RESET_AT, "lastHandledResetAt"):
        for counter in ("failures", "installFailures", "upgradeFailures"):
            status.pop(counter, None)
        work.drop(STALLED)
    work.status.update(attempt, storageNamespace=work.spec.get("storageNamespace") or work.namespace)


def _take(work: Work, annotation: str, handled: str) -> bool:
    """Whether forceAt or resetAt came with the present request and was not answered yet; it is answered now."""
    asked = work.annotations.get(annotation)
    if not asked or asked == work.status.get(handled):
        return False
    work.status[handled] = asked
    return asked == work.annotations.get(REQUESTED_AT)


def _is_in_sync(work: Work, release: Release) -> bool:
    history = work.status.get("history") or []
    return (
        bool(history)
        and history[0]["status"] == "deployed"
        and (
            history[0]["chartVersion"],
            history[0]["chartName"],
            history[0]["configDigest"],
        )
        == (release.version, release.chart.name, release.config_digest)
        and not _drifted(release)
    )


def _drifted(release: Release) -> bool:
    if (release.work.spec.get("driftDetection") or {}).get("mode") != "enabled":
        return False
    return bool(inventory.difference(release.work.world, release.objects(), release.known))


def _finalize(work: Work) -> Steps:
    if not work.spec.get("suspend"):
        if work.status.get("history"):
            yield from uninstall(work)
        if "chart" in work.spec:
            namespace, name = chart_name(work)
            work.delete(Target("HelmChart", namespace, name))
    yield work.let_go()
