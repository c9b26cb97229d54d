"""Where content comes from: repositories, buckets, charts and artifacts.

What all objects share is in schema.types.resource.
"""

from strawberry.scalars import JSON

from schema.types.declare import at, object_type
from schema.types.resource import Resource
from schema.types.scalars import DateTime


@object_type
class Artifact:
    """What a source last produced for those that build from it."""

    revision: str | None = at("revision", "The revision it was made from, as `main@sha1:…`.")
    digest: str | None = at("digest", "Its checksum, with the algorithm.")
    path: str | None = at("path", "Its path in the storage of the source controller.")
    url: str | None = at("url", "Where controllers inside the cluster fetch it.")
    size_bytes: float | None = at("size", "Its size in bytes.")
    last_update_time: DateTime | None = at("lastUpdateTime", "When it was made.")
    metadata: JSON | None = at("metadata", "What its origin says of it.")


@object_type
class NamedReference:
    """An object named in the same namespace."""

    name: str | None = at("name", "Its name.")


@object_type
class SourceReference:
    """An object that this one's spec names."""

    api_version: str | None = at("apiVersion", "Its API group and version, where given.")
    kind: str | None = at("kind", "Its kind.")
    namespace: str | None = at("namespace", "Its namespace; null means the same.")
    name: str | None = at("name", "Its name.")


@object_type
class GitReference:
    """Which commit of a Git repository; the most exact one given counts."""

    branch: str | None = at("branch", "A branch.")
    tag: str | None = at("tag", "A tag.")
    semver: str | None = at("semver", "A range of versions among tags.")
    name: str | None = at("name", "A full reference, as `refs/pull/420/head`.")
    commit: str | None = at("commit", "A commit.")


@object_type
class GitRepository(Resource):
    """A Git repository that is fetched and offered as an artifact."""

    url: str | None = at("spec.url", "Its address.")
    reference: GitReference | None = at("spec.ref", "Which commit is fetched.")
    interval: str | None = at("spec.interval", "How often it is looked at, as `5m`.")
    timeout: str | None = at("spec.timeout", "How long a fetch may take.")
    provider: str | None = at("spec.provider", "How it signs in: `generic`, `azure`, `github`.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")
    ignore: str | None = at("spec.ignore", "What is left out, as in .gitignore.")
    recurse_submodules: bool = at("spec.recurseSubmodules", "Whether submodules are fetched too.")
    sparse_checkout: list[str] = at("spec.sparseCheckout", "The only folders fetched, if any are named.")
    artifact: Artifact | None = at("status.artifact", "What it last produced.")
    included_artifacts: list[Artifact] = at("status.includedArtifacts", "The artifacts of others that were put in.")


@object_type
class OCIReference:
    """Which version of an OCI artifact; the most exact one given counts."""

    tag: str | None = at("tag", "A tag.")
    semver: str | None = at("semver", "A range of versions among tags.")
    semver_filter: str | None = at("semverFilter", "A regular expression the tags must match.")
    digest: str | None = at("digest", "A digest.")


@object_type
class LayerSelector:
    """Which layer of an OCI artifact."""

    media_type: str | None = at("mediaType", "The first layer of this media type.")
    operation: str | None = at("operation", "`extract` or `copy`.")


@object_type
class OCIRepository(Resource):
    """An OCI artifact that is pulled and offered as an artifact."""

    url: str | None = at("spec.url", "Its address, with `oci://`.")
    reference: OCIReference | None = at("spec.ref", "Which version is pulled.")
    layer_selector: LayerSelector | None = at("spec.layerSelector", "Which layer is taken.")
    interval: str | None = at("spec.interval", "How often it is looked at, as `5m`.")
    timeout: str | None = at("spec.timeout", "How long a pull may take.")
    provider: str | None = at("spec.provider", "How it signs in: `generic`, `aws`, `azure`, `gcp`.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")
    insecure: bool = at("spec.insecure", "Whether plain HTTP is allowed.")
    artifact: Artifact | None = at("status.artifact", "What it last produced.")


@object_type
class Bucket(Resource):
    """A bucket of object storage whose content is offered as an artifact."""

    endpoint: str | None = at("spec.endpoint", "The address of the storage.")
    bucket_name: str | None = at("spec.bucketName", "The bucket.")
    prefix: str | None = at("spec.prefix", "Only objects whose names begin so.")
    region: str | None = at("spec.region", "The region.")
    provider: str | None = at("spec.provider", "Whose storage it is: `generic`, `aws`, `azure`, `gcp`.")
    interval: str | None = at("spec.interval", "How often it is looked at, as `5m`.")
    timeout: str | None = at("spec.timeout", "How long a download may take.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")
    insecure: bool = at("spec.insecure", "Whether plain HTTP is allowed.")
    artifact: Artifact | None = at("status.artifact", "What it last produced.")


@object_type
class HelmRepository(Resource):
    """A repository of Helm charts; of type `oci` it is only an address, which nothing reconciles."""

    url: str | None = at("spec.url", "Its address.")
    type: str | None = at("spec.type", "`default` or `oci`.")
    interval: str | None = at("spec.interval", "How often its index is fetched, as `10m`.")
    timeout: str | None = at("spec.timeout", "How long a fetch may take.")
    provider: str | None = at("spec.provider", "How it signs in.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")
    pass_credentials: bool = at("spec.passCredentials", "Whether credentials follow to other hosts.")
    insecure: bool = at("spec.insecure", "Whether plain HTTP is allowed.")
    artifact: Artifact | None = at("status.artifact", "Its index, as last fetched.")


@object_type
class HelmChart(Resource):
    """One chart, fetched from its source and packed."""

    chart: str | None = at("spec.chart", "The chart's name, or its path within the source.")
    chart_version: str | None = at("spec.version", "A version, or a range of versions.")
    source_ref: SourceReference | None = at("spec.sourceRef", "The source it is taken from.")
    interval: str | None = at("spec.interval", "How often the source is looked at, as `10m`.")
    reconcile_strategy: str | None = at("spec.reconcileStrategy", "`ChartVersion` or `Revision`.")
    values_files: list[str] = at("spec.valuesFiles", "Files with values within the chart, merged in this order.")
    observed_chart_name: str | None = at("status.observedChartName", "The chart's name as it was found.")
    observed_source_artifact_revision: str | None = at(
        "status.observedSourceArtifactRevision", "The revision of the source it was packed from."
    )
    artifact: Artifact | None = at("status.artifact", "The chart, as last packed.")


@object_type
class ExternalArtifact(Resource):
    """An artifact that something else produces; nothing reconciles or suspends it."""

    source_ref: SourceReference | None = at("spec.sourceRef", "What produces it.")
    artifact: Artifact | None = at("status.artifact", "What was last produced.")


@object_type
class CopyOperation:
    """One step in putting an artifact together."""

    origin: str | None = at("from", "What is copied, as `@alias/path`.")
    target: str | None = at("to", "Where to, as `@artifact/path`.")
    exclude: list[str] = at("exclude", "What is left out.")
    strategy: str | None = at("strategy", "`Overwrite`, `Merge` or `Extract`.")


@object_type
class OutputArtifact:
    """An artifact that a generator puts together."""

    name: str | None = at("name", "The name of the ExternalArtifact.")
    revision: str | None = at("revision", "Whose revision it takes, as `@alias`.")
    copy_operations: list[CopyOperation] = at("copy", "What it is made of.")


@object_type
class GeneratorSource:
    """A source that a generator draws on."""

    alias: str | None = at("alias", "How it is called in copy operations.")
    kind: str | None = at("kind", "Its kind.")
    namespace: str | None = at("namespace", "Its namespace; null means the same.")
    name: str | None = at("name", "Its name.")


@object_type
class GeneratedArtifact:
    """An ExternalArtifact that a generator made."""

    name: str | None = at("name", "Its name.")
    namespace: str | None = at("namespace", "Its namespace.")
    digest: str | None = at("digest", "Its checksum.")
    filename: str | None = at("filename", "Its file in the storage.")


@object_type
class ArtifactGenerator(Resource):
    """Puts artifacts together from parts of several sources."""

    sources: list[GeneratorSource] = at("spec.sources", "What it draws on.")
    artifacts: list[OutputArtifact] = at("spec.artifacts", "What it makes.")
    generated: list[GeneratedArtifact] = at("status.inventory", "What it has made.")
