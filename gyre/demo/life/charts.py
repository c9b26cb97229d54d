"""HelmChart, as source-controller finds and stores it."""

from gyre.demo.life import artifacts
from gyre.demo.life.artifacts import Failure, Fetched
from gyre.demo.life.steps import Steps, Work
from gyre.demo.outside import semver
from gyre.demo.outside.registries import Chart
from gyre.demo.resources import Manifest

SOURCE_PLURALS = {
    "HelmRepository": "helmrepositories.source.toolkit.fluxcd.io",
    "GitRepository": "gitrepositories.source.toolkit.fluxcd.io",
    "Bucket": "buckets.source.toolkit.fluxcd.io",
    "OCIRepository": "ocirepositories.source.toolkit.fluxcd.io",
    "ExternalArtifact": "externalartifacts.source.toolkit.fluxcd.io",
    "HelmChart": "helmcharts.source.toolkit.fluxcd.io",
}


def reconcile(work: Work) -> Steps:
    """One reconciliation of a chart."""
    if work.deleting:
        yield work.let_go()
        return
    if work.spec.get("suspend"):
        return
    yield from artifacts.begin(work)
    fetched = _fetch(work)
    if isinstance(fetched, Failure):
        yield artifacts.fail(work, fetched, artifacts.retry_seconds(work))
        return
    yield from artifacts.store(work, fetched)


def _fetch(work: Work) -> Fetched | Failure:
    kind, name = work.spec["sourceRef"]["kind"], work.spec["sourceRef"]["name"]
    source = work.world.get(kind, work.namespace, name)
    if source is None:
        return Failure("SourceUnavailable", f'failed to get source: {SOURCE_PLURALS[kind]} "{name}" not found')
    static = kind == "HelmRepository" and source["spec"].get("type") == "oci"
    held = (source.get("status") or {}).get("artifact")
    if held is None and not static:
        return Failure("NoSourceArtifact", f"no artifact available for {kind} source '{name}'")
    chart = chart_of(work, source)
    version = _version(work, chart, kind)
    if chart is None or version is None:
        what = (
            "no chart name found"
            if chart is None
            else f"no '{chart.name}' chart with version matching '{_asked(work)}' found"
        )
        remote = f"invalid chart reference: failed to get chart version for remote reference: {what}"
        return Failure("InvalidChartReference", remote)
    observed = held["revision"] if held else ""
    words = f"'{chart.name}' chart with version '{version}'"
    packaged = kind != "HelmRepository"
    return Fetched(
        revision=version,
        stored=f"{'packaged' if packaged else 'pulled'} {words}",
        news=f"new {words}",
        told_reason="ChartPackageSucceeded" if packaged else "ChartPullSucceeded",
        told=f"{'packaged' if packaged else 'pulled'} {words}",
        same_reason="ArtifactUpToDate",
        same=f"artifact up-to-date with remote revision: '{version}'",
        filename=f"{chart.name}-{version}.tgz",
        status=_observed(work, chart, observed),
    )


def chart_of(work: Work, source: Manifest) -> Chart | None:
    """The chart that is asked for, as its source has it."""
    name = work.spec["chart"]
    if source["kind"] == "HelmRepository":
        return work.world.outside.chart_repository(source["spec"]["url"]).chart(name)
    return Chart(name.rstrip("/").rpartition("/")[2], {"0.1.0": "1.0.0"})


def _version(work: Work, chart: Chart | None, kind: str) -> str | None:
    if chart is None:
        return None
    asked = _asked(work)
    if kind != "HelmRepository":
        return next(iter(chart.versions))
    if asked not in chart.versions and chart.render is None and list(chart.versions) == ["1.0.0"]:
        exact = semver.parse(asked)
        return exact.original if exact else "1.0.0"
    try:
        return semver.latest(chart.versions, asked)
    except semver.BadRange:
        return None


def _asked(work: Work) -> str:
    return str(work.spec.get("version") or "*")


def _observed(work: Work, chart: Chart, source_revision: str) -> Manifest:
    url = f"{artifacts.STORAGE_HOST}/helmchart/{work.namespace}/{work.name}/latest.tar.gz"
    observed: Manifest = {"observedChartName": chart.name, "url": url}
    return observed | ({"observedSourceArtifactRevision": source_revision} if source_revision else {})
