"""What applies content to a cluster: Kustomization and HelmRelease.

What all objects share is in schema.types.resource.
"""

from strawberry.scalars import JSON

from schema.types.declare import at, object_type
from schema.types.resource import Resource
from schema.types.scalars import DateTime
from schema.types.sources import NamedReference, SourceReference


@object_type
class ReconcileRecord:
    """Reconciles with one and the same content and outcome, as the object's own history tells."""

    digest: str | None = at("digest", "The checksum of what was applied.")
    first_reconciled: DateTime | None = at("firstReconciled", "When it was first reconciled so.")
    last_reconciled: DateTime | None = at("lastReconciled", "When it was last reconciled so.")
    last_reconciled_duration: str | None = at("lastReconciledDuration", "How long the last one took, as `1.2s`.")
    last_reconciled_status: str | None = at("lastReconciledStatus", "How the last one ended.")
    total_reconciliations: int | None = at("totalReconciliations", "How often it was reconciled so.")
    metadata: JSON | None = at("metadata", "What the controller adds, as the revision.")


@object_type
class Decryption:
    """How encrypted manifests are read."""

    provider: str | None = at("provider", "As `sops`.")
    secret_ref: NamedReference | None = at("secretRef", "The Secret with the keys.")


@object_type
class Kustomization(Resource):
    """Builds the manifests of a folder of a source, applies them and prunes what is gone."""

    path: str | None = at("spec.path", "The folder within the source.")
    source_ref: SourceReference | None = at("spec.sourceRef", "The source it builds from.")
    interval: str | None = at("spec.interval", "How often it is reconciled, as `10m`.")
    retry_interval: str | None = at("spec.retryInterval", "How soon it is retried after a failure.")
    timeout: str | None = at("spec.timeout", "How long a reconcile may take.")
    prune: bool = at("spec.prune", "Whether what left the source is deleted.")
    wait: bool = at("spec.wait", "Whether it waits until everything applied is healthy.")
    force: bool = at("spec.force", "Whether objects are recreated when an immutable field changes.")
    target_namespace: str | None = at("spec.targetNamespace", "The namespace everything is put into.")
    service_account_name: str | None = at("spec.serviceAccountName", "The account it applies with.")
    decryption: Decryption | None = at("spec.decryption", "How encrypted manifests are read.")
    health_checks: list[SourceReference] = at("spec.healthChecks", "What must be healthy for it to be ready.")
    components: list[str] = at("spec.components", "Kustomize components that are added.")
    post_build: JSON | None = at("spec.postBuild", "Substitutions after the build, secret values masked.")
    last_applied_revision: str | None = at("status.lastAppliedRevision", "The revision last applied.")
    last_attempted_revision: str | None = at("status.lastAttemptedRevision", "The revision last tried.")
    last_applied_origin_revision: str | None = at(
        "status.lastAppliedOriginRevision", "The revision of the origin behind it, where the source tells."
    )
    history: list[ReconcileRecord] = at("status.history", "Its last reconciles, the latest first; 5 at most.")


@object_type
class ChartTemplate:
    """The chart a release wants and where it comes from."""

    chart: str | None = at("spec.chart", "The chart's name, or its path within the source.")
    version: str | None = at("spec.version", "A version, or a range of versions.")
    source_ref: SourceReference | None = at("spec.sourceRef", "The source it is taken from.")
    interval: str | None = at("spec.interval", "How often the source is looked at.")


@object_type
class ValuesReference:
    """A ConfigMap or Secret with values."""

    kind: str | None = at("kind", "ConfigMap or Secret.")
    name: str | None = at("name", "Its name.")
    values_key: str | None = at("valuesKey", "The key within it.")
    target_path: str | None = at("targetPath", "Where in the values it goes.")
    optional: bool = at("optional", "Whether it may be missing.")


@object_type
class ReleaseSnapshot:
    """One release that Helm made, as the object's own history tells."""

    name: str | None = at("name", "The release's name.")
    namespace: str | None = at("namespace", "The namespace it was made in.")
    version: int | None = at("version", "Its number, counted by Helm.")
    status: str | None = at("status", "As `deployed`, `superseded` or `failed`.")
    chart_name: str | None = at("chartName", "The chart.")
    chart_version: str | None = at("chartVersion", "The chart's version.")
    app_version: str | None = at("appVersion", "The version of what the chart installs.")
    digest: str | None = at("digest", "The checksum of the release.")
    config_digest: str | None = at("configDigest", "The checksum of its values.")
    first_deployed: DateTime | None = at("firstDeployed", "When it was first installed.")
    last_deployed: DateTime | None = at("lastDeployed", "When it was made.")
    action: str | None = at("action", "What made it: install, upgrade, rollback, …")
    test_hooks: JSON | None = at("testHooks", "The outcome of its tests.")


@object_type
class HelmRelease(Resource):
    """Installs a Helm chart and keeps it as wanted."""

    chart: ChartTemplate | None = at("spec.chart", "The chart it wants, unless `chartRef` names one.")
    chart_ref: SourceReference | None = at("spec.chartRef", "The HelmChart or OCIRepository it installs.")
    interval: str | None = at("spec.interval", "How often it is reconciled, as `10m`.")
    timeout: str | None = at("spec.timeout", "How long each Helm action may take.")
    release_name: str | None = at("spec.releaseName", "The release's name, where it differs from the object's.")
    target_namespace: str | None = at("spec.targetNamespace", "The namespace it is installed into.")
    storage_namespace: str | None = at("status.storageNamespace", "The namespace Helm keeps its records in.")
    service_account_name: str | None = at("spec.serviceAccountName", "The account it installs with.")
    values: JSON | None = at("spec.values", "Values given in the object itself, secret values masked.")
    values_from: list[ValuesReference] = at("spec.valuesFrom", "Values taken from ConfigMaps and Secrets.")
    install: JSON | None = at("spec.install", "How it is installed.")
    upgrade: JSON | None = at("spec.upgrade", "How it is upgraded.")
    drift_detection: str | None = at("spec.driftDetection.mode", "`enabled`, `warn` or `disabled`.")
    helm_chart: str | None = at("status.helmChart", "The HelmChart made for it, as namespace/name.")
    failures: int | None = at("status.failures", "Failures since it last succeeded or was reset.")
    install_failures: int | None = at("status.installFailures", "Failed installs since then.")
    upgrade_failures: int | None = at("status.upgradeFailures", "Failed upgrades since then.")
    last_attempted_revision: str | None = at("status.lastAttemptedRevision", "The chart version last tried.")
    last_attempted_release_action: str | None = at("status.lastAttemptedReleaseAction", "The action last tried.")
    history: list[ReleaseSnapshot] = at("status.history", "Its releases, the latest first; 5 at most.")
