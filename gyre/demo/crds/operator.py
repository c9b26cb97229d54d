"""Flux run as a whole, and sets of resources made from inputs: fluxcd.controlplane.io."""

from gyre.demo.crds.definition import AGE, MESSAGE, READY, Column, Definition
from gyre.demo.crds.shapes import (
    Json,
    anything,
    common_metadata,
    defaulting,
    duration,
    fields,
    flag,
    free,
    history,
    inventory,
    labels,
    local,
    many,
    moment,
    named,
    one_of,
    open_fields,
    status,
    text,
    texts,
    whole,
)

GROUP = "fluxcd.controlplane.io"

COMPONENTS = (
    "source-controller",
    "kustomize-controller",
    "helm-controller",
    "notification-controller",
    "image-reflector-controller",
    "image-automation-controller",
    "source-watcher",
)

INPUT_TYPES = (
    "Static",
    *("GitHubBranch", "GitHubTag", "GitHubPullRequest"),
    *("GitLabBranch", "GitLabTag", "GitLabMergeRequest", "GitLabEnvironment"),
    *("AzureDevOpsBranch", "AzureDevOpsTag", "AzureDevOpsPullRequest"),
    *("AWSCodeCommitBranch", "AWSCodeCommitTag", "AWSCodeCommitPullRequest"),
    *("GiteaBranch", "GiteaTag", "GiteaPullRequest"),
    *("OCIArtifactTag", "ACRArtifactTag", "ECRArtifactTag", "GARArtifactTag"),
    *("ExternalService", "ExternalArtifact"),
)

FLUX_INSTANCE = Definition(
    group=GROUP,
    version="v1",
    kind="FluxInstance",
    plural="fluxinstances",
    categories=("fluxcd", "fluxcd-appliers"),
    columns=(AGE, READY, MESSAGE, Column("Revision", ".status.lastAttemptedRevision")),
    spec=fields(
        "distribution",
        cluster=open_fields(
            type=defaulting("kubernetes", one_of("kubernetes", "openshift", "aws", "azure", "gcp")),
            size=one_of("small", "medium", "large"),
            multitenant=flag(),
            networkPolicy=flag(),
            domain=text(),
        ),
        commonMetadata=common_metadata(),
        components=many(one_of(*COMPONENTS)),
        distribution=open_fields(
            "registry",
            "version",
            artifact=text(pattern="^oci://.*$"),
            artifactPullSecret=text(),
            imagePullSecret=text(),
            registry=text(),
            version=text(),
        ),
        kustomize=open_fields(patches=many(fields("patch", patch=text(), target=free()))),
        migrateResources=defaulting(True, flag()),
        sharding=open_fields("shards", key=text(), shards=many(text(), least=1)),
        storage=fields("class", "size", **{"class": text(), "size": text()}),
        sync=fields(
            "kind",
            "path",
            "ref",
            "url",
            interval=defaulting("1m", duration()),
            kind=one_of("OCIRepository", "GitRepository", "Bucket"),
            name=text(most=63),
            path=text(),
            provider=one_of("generic", "aws", "azure", "gcp", "github"),
            pullSecret=text(),
            ref=text(),
            url=text(),
        ),
        wait=defaulting(True, flag()),
    ),
    status=status(
        generation=False,
        components=many(fields("name", "repository", "tag", digest=text(), name=text(), repository=text(), tag=text())),
        history=history(),
        inventory=inventory(),
        lastAppliedRevision=text(),
        lastArtifactRevision=text(),
        lastAttemptedRevision=text(),
        lastHandledForceAt=text(),
    ),
)

FLUX_REPORT = Definition(
    group=GROUP,
    version="v1",
    kind="FluxReport",
    plural="fluxreports",
    categories=("fluxcd",),
    columns=(
        Column("Entitlement", ".spec.distribution.entitlement"),
        AGE,
        READY,
        MESSAGE,
        Column("LastUpdated", '.status.conditions[?(@.type=="Ready")].lastTransitionTime'),
    ),
    spec=fields(
        "distribution",
        cluster=open_fields("platform", "serverVersion", nodes=whole(), platform=text(), serverVersion=text()),
        components=many(
            fields("image", "name", "ready", "status", image=text(), name=text(), ready=flag(), status=text())
        ),
        distribution=open_fields("entitlement", "status", entitlement=text(), managedBy=text(), status=text()),
        operator=open_fields("apiVersion", "platform", "version", apiVersion=text(), platform=text(), version=text()),
        reconcilers=many(
            fields(
                "apiVersion",
                "kind",
                apiVersion=text(),
                kind=text(),
                stats=fields(
                    "failing",
                    "running",
                    "suspended",
                    failing=whole(),
                    running=whole(),
                    suspended=whole(),
                    totalSize=text(),
                ),
            )
        ),
        sync=fields("id", "ready", "status", id=text(), path=text(), ready=flag(), source=text(), status=text()),
    ),
    status=status(generation=False),
)


def _selector() -> Json:
    return fields(matchLabels=labels(), matchExpressions=many(free()))


RESOURCE_SET = Definition(
    group=GROUP,
    version="v1",
    kind="ResourceSet",
    plural="resourcesets",
    short_names=("rset",),
    categories=("all", "fluxcd", "fluxcd-appliers"),
    spec=fields(
        commonMetadata=common_metadata(),
        dependsOn=many(
            fields(
                "apiVersion",
                "kind",
                "name",
                apiVersion=text(),
                kind=text(),
                name=text(),
                namespace=text(),
                ready=flag(),
                readyExpr=text(),
            )
        ),
        inputStrategy=open_fields("name", name=one_of("Flatten", "Permute")),
        inputs=many(named(anything())),
        inputsFrom=many(
            fields(
                apiVersion=text(),
                kind=one_of("ResourceSetInputProvider"),
                name=text(),
                selector=_selector(),
            )
        ),
        resources=many(free()),
        resourcesTemplate=text(),
        serviceAccountName=text(),
        steps=many(open_fields("name", name=text(most=63), resources=many(free()), timeout=duration())),
        wait=flag(),
    ),
    status=status(
        generation=False,
        externalChecksumRefs=texts(),
        history=history(),
        inventory=inventory(),
        lastAppliedRevision=text(),
    ),
)


def _next_schedule() -> Json:
    return fields("cron", "when", cron=text(), timeZone=text(), when=moment(), window=text())


INPUT_PROVIDER = Definition(
    group=GROUP,
    version="v1",
    kind="ResourceSetInputProvider",
    plural="resourcesetinputproviders",
    short_names=("rsip",),
    categories=("all", "fluxcd", "fluxcd-sources"),
    spec=fields(
        "type",
        certSecretRef=local(),
        defaultValues=named(anything()),
        filter=open_fields(labels=texts(), limit=whole(), semver=text()),
        insecure=flag(),
        schedule=many(fields("cron", cron=text(), timeZone=text(), window=duration())),
        secretRef=local(),
        selectors=many(free()),
        serviceAccountName=text(),
        skip=fields(labels=texts()),
        type=one_of(*INPUT_TYPES),
        url=text(),
    ),
    status=status(
        generation=False,
        exportedInputs=many(named(anything())),
        lastExportedRevision=text(),
        lastHandledForceAt=text(),
        nextSchedule=_next_schedule(),
    ),
)

OPERATOR = (FLUX_INSTANCE, FLUX_REPORT, RESOURCE_SET, INPUT_PROVIDER)
