"""Where content comes from: source.toolkit.fluxcd.io, and source.extensions.fluxcd.io that makes artifacts of them."""

from gyre.demo.crds.definition import AGE, MESSAGE, READY, Column, Definition
from gyre.demo.crds.shapes import (
    Json,
    anything,
    artifact,
    common_metadata,
    conditions,
    defaulting,
    duration,
    fields,
    flag,
    local,
    many,
    one_of,
    open_fields,
    source,
    status,
    text,
    texts,
)

GROUP = "source.toolkit.fluxcd.io"
CATEGORIES = ("all", "fluxcd", "fluxcd-sources")
URL = Column("URL", ".spec.url")


def _cloud() -> Json:
    return defaulting("generic", one_of("generic", "aws", "azure", "gcp"))


def _timeout() -> Json:
    return text(pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m))+$")


def _verify() -> Json:
    return open_fields("provider", provider=defaulting("cosign", one_of("cosign", "notation")), secretRef=local())


GIT_REPOSITORY = Definition(
    group=GROUP,
    version="v1",
    kind="GitRepository",
    plural="gitrepositories",
    short_names=("gitrepo",),
    categories=CATEGORIES,
    columns=(URL, AGE, READY, MESSAGE),
    spec=fields(
        "interval",
        "url",
        ignore=text(),
        include=many(open_fields("repository", repository=local(), fromPath=text(), toPath=text())),
        interval=duration(),
        provider=one_of("generic", "aws", "azure", "github"),
        proxySecretRef=local(),
        recurseSubmodules=flag(),
        ref=fields(branch=text(), commit=text(), name=text(), semver=text(), tag=text()),
        secretRef=local(),
        serviceAccountName=text(),
        sparseCheckout=texts(),
        suspend=flag(),
        timeout=defaulting("60s", _timeout()),
        url=text(pattern="^(http|https|ssh)://.*$"),
        verify=fields("secretRef", mode=one_of("head", "HEAD", "Tag", "TagAndHEAD"), secretRef=local()),
    ),
    status=status(
        artifact=artifact(),
        includedArtifacts=many(artifact()),
        observedIgnore=text(),
        observedInclude=anything(),
        observedRecurseSubmodules=flag(),
        observedSparseCheckout=texts(),
        sourceVerificationMode=text(),
    ),
)

OCI_REPOSITORY = Definition(
    group=GROUP,
    version="v1",
    kind="OCIRepository",
    plural="ocirepositories",
    short_names=("ocirepo",),
    categories=CATEGORIES,
    columns=(URL, READY, MESSAGE, AGE),
    spec=fields(
        "interval",
        "url",
        certSecretRef=local(),
        ignore=text(),
        insecure=flag(),
        interval=duration(),
        layerSelector=fields(mediaType=text(), operation=one_of("extract", "copy")),
        provider=_cloud(),
        proxySecretRef=local(),
        ref=fields(digest=text(), semver=text(), semverFilter=text(), tag=text()),
        secretRef=local(),
        serviceAccountName=text(),
        suspend=flag(),
        timeout=defaulting("60s", _timeout()),
        url=text(pattern="^oci://.*$"),
        verify=_verify(),
    ),
    status=status(artifact=artifact(), observedIgnore=text(), observedLayerSelector=anything(), url=text()),
)

BUCKET = Definition(
    group=GROUP,
    version="v1",
    kind="Bucket",
    plural="buckets",
    categories=CATEGORIES,
    columns=(Column("Endpoint", ".spec.endpoint"), AGE, READY, MESSAGE),
    spec=fields(
        "bucketName",
        "endpoint",
        "interval",
        bucketName=text(),
        certSecretRef=local(),
        endpoint=text(),
        ignore=text(),
        insecure=flag(),
        interval=duration(),
        prefix=text(),
        provider=_cloud(),
        proxySecretRef=local(),
        region=text(),
        secretRef=local(),
        serviceAccountName=text(),
        sts=open_fields("endpoint", "provider", endpoint=text(pattern="^https?://.*$"), provider=one_of("aws", "ldap")),
        suspend=flag(),
        timeout=defaulting("60s", _timeout()),
    ),
    status=status(artifact=artifact(), observedIgnore=text(), url=text()),
)

HELM_REPOSITORY = Definition(
    group=GROUP,
    version="v1",
    kind="HelmRepository",
    plural="helmrepositories",
    short_names=("helmrepo",),
    categories=CATEGORIES,
    columns=(URL, AGE, READY, MESSAGE),
    spec=fields(
        "url",
        accessFrom=anything(),
        certSecretRef=local(),
        insecure=flag(),
        interval=duration(),
        passCredentials=flag(),
        provider=_cloud(),
        secretRef=local(),
        suspend=flag(),
        timeout=_timeout(),
        type=one_of("default", "oci"),
        url=text(pattern="^(http|https|oci)://.*$"),
    ),
    status=status(artifact=artifact(), url=text()),
)

HELM_CHART = Definition(
    group=GROUP,
    version="v1",
    kind="HelmChart",
    plural="helmcharts",
    short_names=("hc",),
    categories=CATEGORIES,
    columns=(
        Column("Chart", ".spec.chart"),
        Column("Version", ".spec.version"),
        Column("Source Kind", ".spec.sourceRef.kind"),
        Column("Source Name", ".spec.sourceRef.name"),
        AGE,
        READY,
        MESSAGE,
    ),
    spec=fields(
        "chart",
        "interval",
        "sourceRef",
        chart=text(),
        ignoreMissingValuesFiles=flag(),
        interval=duration(),
        reconcileStrategy=defaulting("ChartVersion", one_of("ChartVersion", "Revision")),
        sourceRef=source("HelmRepository", "GitRepository", "Bucket"),
        suspend=flag(),
        valuesFiles=texts(),
        verify=_verify(),
        version=defaulting("*", text()),
    ),
    status=status(
        artifact=artifact(),
        observedChartName=text(),
        observedSourceArtifactRevision=text(),
        observedValuesFiles=texts(),
        url=text(),
    ),
)

EXTERNAL_ARTIFACT = Definition(
    group=GROUP,
    version="v1",
    kind="ExternalArtifact",
    plural="externalartifacts",
    short_names=("ea",),
    categories=CATEGORIES,
    columns=(AGE, READY, MESSAGE, Column("Source", ".spec.sourceRef.name")),
    spec=fields(
        sourceRef=fields("kind", "name", apiVersion=text(), kind=text(), name=text(), namespace=text()),
    ),
    status=fields(artifact=artifact(), conditions=conditions()),
)

ARTIFACT_GENERATOR = Definition(
    group="source.extensions.fluxcd.io",
    version="v1beta1",
    kind="ArtifactGenerator",
    plural="artifactgenerators",
    short_names=("ag",),
    categories=CATEGORIES,
    spec=fields(
        "artifacts",
        "sources",
        artifacts=many(
            fields(
                "copy",
                "name",
                name=text(most=253, least=1),
                copy=many(open_fields("from", "to", **{"from": text(), "to": text()}), least=1),
                originRevision=text(),
                revision=text(),
            ),
            least=1,
        ),
        commonMetadata=common_metadata(),
        pathPattern=text(),
        sources=many(
            fields(
                "alias",
                "kind",
                "name",
                alias=text(most=63),
                kind=one_of("Bucket", "GitRepository", "OCIRepository", "HelmChart", "ExternalArtifact"),
                name=text(most=253),
                namespace=text(),
            ),
            least=1,
        ),
    ),
    status=status(
        generation=False,
        inventory=many(
            fields(
                "digest",
                "filename",
                "name",
                "namespace",
                digest=text(),
                filename=text(),
                name=text(),
                namespace=text(),
            )
        ),
        observedSourcesDigest=text(),
    ),
)

SOURCES = (GIT_REPOSITORY, OCI_REPOSITORY, BUCKET, HELM_REPOSITORY, HELM_CHART, EXTERNAL_ARTIFACT, ARTIFACT_GENERATOR)
