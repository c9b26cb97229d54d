"""The kinds of the Flux operator: instances, reports, sets and what feeds them.

What all objects share is in schema.types.resource.
"""

from strawberry.scalars import JSON

from schema.types.appliers import ReconcileRecord
from schema.types.declare import at, object_type
from schema.types.resource import Resource
from schema.types.scalars import DateTime
from schema.types.sources import NamedReference


@object_type
class Distribution:
    """Which Flux is installed."""

    version: str | None = at("version", "A version, or a range of versions.")
    registry: str | None = at("registry", "Where its images come from.")
    artifact: str | None = at("artifact", "The artifact with its manifests.")
    variant: str | None = at("variant", "The variant of its images.")


@object_type
class InstalledComponent:
    """One controller of an instance."""

    name: str | None = at("name", "As `source-controller`.")
    repository: str | None = at("repository", "Its image.")
    tag: str | None = at("tag", "The image's tag.")
    digest: str | None = at("digest", "The image's digest.")


@object_type
class InstanceSync:
    """What an instance reconciles first."""

    kind: str | None = at("kind", "The kind of its source.")
    url: str | None = at("url", "The source's address.")
    ref: str | None = at("ref", "The branch, tag or version.")
    path: str | None = at("path", "The folder within the source.")
    interval: str | None = at("interval", "How often it is looked at.")


@object_type
class FluxInstance(Resource):
    """An installation of Flux that the operator keeps."""

    distribution: Distribution | None = at("spec.distribution", "Which Flux.")
    cluster_settings: JSON | None = at("spec.cluster", "How the cluster is set up.")
    components: list[InstalledComponent] = at("status.components", "The controllers installed.")
    wanted_components: list[str] = at("spec.components", "The controllers wanted.")
    sync: InstanceSync | None = at("spec.sync", "What it reconciles first.")
    wait: bool = at("spec.wait", "Whether it waits until everything is healthy.")
    last_applied_revision: str | None = at("status.lastAppliedRevision", "The revision last applied.")
    last_attempted_revision: str | None = at("status.lastAttemptedRevision", "The revision last tried.")
    last_artifact_revision: str | None = at("status.lastArtifactRevision", "The artifact it was made from.")
    history: list[ReconcileRecord] = at("status.history", "Its last reconciles, the latest first.")


@object_type
class ReportedDistribution:
    """Which Flux a report found."""

    version: str | None = at("version", "Its version.")
    status: str | None = at("status", "How it is installed.")
    entitlement: str | None = at("entitlement", "The entitlement it runs under.")
    managed_by: str | None = at("managedBy", "What installed it.")


@object_type
class ComponentReport:
    """One controller as a report found it."""

    name: str | None = at("name", "As `source-controller`.")
    ready: bool = at("ready", "Whether it runs.")
    status: str | None = at("status", "What it says.")
    image: str | None = at("image", "The image it runs.")


@object_type
class ReconcilerStatistics:
    """How many objects of a kind run, fail and are suspended."""

    running: int | None = at("running", "How many are reconciled.")
    failing: int | None = at("failing", "How many fail.")
    suspended: int | None = at("suspended", "How many are suspended.")
    total_size: str | None = at("totalSize", "The size of their artifacts.")


@object_type
class ReconcilerReport:
    """One kind as a report found it."""

    api_version: str | None = at("apiVersion", "Its group and version.")
    kind: str | None = at("kind", "The kind.")
    statistics: ReconcilerStatistics | None = at("stats", "Its numbers.")


@object_type
class FluxReport(Resource):
    """What the operator found Flux to be and do in the cluster; its data is in its spec."""

    distribution: ReportedDistribution | None = at("spec.distribution", "Which Flux.")
    cluster_information: JSON | None = at("spec.cluster", "The cluster as it was found.")
    operator_information: JSON | None = at("spec.operator", "The operator itself.")
    components: list[ComponentReport] = at("spec.components", "The controllers.")
    reconcilers: list[ReconcilerReport] = at("spec.reconcilers", "The kinds, each with its numbers.")
    sync: JSON | None = at("spec.sync", "What the instance reconciles first.")


@object_type
class ResourceSet(Resource):
    """Objects made from templates, once for each set of inputs."""

    inputs: JSON | None = at("spec.inputs", "Inputs given in the object itself, secret values masked.")
    inputs_from: JSON | None = at("spec.inputsFrom", "Where further inputs come from.")
    input_strategy: str | None = at("spec.inputStrategy.name", "How inputs are combined: `Flatten` or `Permute`.")
    resources: JSON | None = at("spec.resources", "The templates, as objects.")
    resources_template: str | None = at("spec.resourcesTemplate", "The templates, as text.")
    wait: bool = at("spec.wait", "Whether it waits until everything is healthy.")
    service_account_name: str | None = at("spec.serviceAccountName", "The account it applies with.")
    last_applied_revision: str | None = at("status.lastAppliedRevision", "The revision last applied.")
    history: list[ReconcileRecord] = at("status.history", "Its last reconciles, the latest first.")


@object_type
class NextSchedule:
    """When inputs are fetched next."""

    schedule: str | None = at("cron", "The rule, in cron's notation.")
    time_zone: str | None = at("timeZone", "The time zone the rule is meant in.")
    window: str | None = at("window", "For how long from then it may run; `0s` where no window is set.")
    when: DateTime | None = at("when", "The moment.")


@object_type
class ResourceSetInputProvider(Resource):
    """Fetches inputs for ResourceSets from outside."""

    type: str | None = at("spec.type", "Where from, as `GitHubPullRequest`.")
    url: str | None = at("spec.url", "The address, secret parts masked.")
    filter: JSON | None = at("spec.filter", "What is taken.")
    default_values: JSON | None = at("spec.defaultValues", "Values for what is not found, secret values masked.")
    schedule: JSON | None = at("spec.schedule", "When it fetches.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")
    exported_inputs: JSON | None = at("status.exportedInputs", "What it last found, secret values masked.")
    next_schedule: NextSchedule | None = at("status.nextSchedule", "When it fetches next.")
    last_exported_revision: str | None = at("status.lastExportedRevision", "The checksum of what it last found.")
