"""What puts content on the cluster: Kustomization and HelmRelease."""

from gyre.demo.crds.definition import Definition
from gyre.demo.crds.shapes import (
    Json,
    anything,
    common_metadata,
    defaulting,
    dependencies,
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
    one_of,
    open_fields,
    source,
    status,
    text,
    texts,
    whole,
)

CATEGORIES = ("all", "fluxcd", "fluxcd-appliers")


def _kubeconfig() -> Json:
    return fields(configMapRef=local(), secretRef=local(key=text()))


def _health_expressions() -> Json:
    return many(
        fields(
            "apiVersion",
            "current",
            apiVersion=text(),
            current=text(),
            failed=text(),
            inProgress=text(),
            kind=text(),
        )
    )


def _patches() -> Json:
    return many(fields("patch", patch=text(), target=free()))


KUSTOMIZATION = Definition(
    group="kustomize.toolkit.fluxcd.io",
    version="v1",
    kind="Kustomization",
    plural="kustomizations",
    short_names=("ks",),
    categories=CATEGORIES,
    spec=fields(
        "interval",
        "prune",
        "sourceRef",
        buildMetadata=many(one_of("originAnnotations", "transformerAnnotations")),
        commonMetadata=common_metadata(),
        components=texts(),
        decryption=fields("provider", provider=one_of("sops"), secretRef=local(), serviceAccountName=text()),
        deletionPolicy=one_of("MirrorPrune", "Delete", "WaitForTermination", "Orphan"),
        dependsOn=dependencies(),
        force=defaulting(False, flag()),
        healthCheckExprs=_health_expressions(),
        healthChecks=many(fields("kind", "name", apiVersion=text(), kind=text(), name=text(), namespace=text())),
        ignore=many(fields("paths", paths=texts(), target=free())),
        ignoreMissingComponents=flag(),
        images=many(fields("name", digest=text(), name=text(), newName=text(), newTag=text())),
        interval=duration(),
        kubeConfig=_kubeconfig(),
        namePrefix=text(most=200, least=1),
        nameSuffix=text(most=200, least=1),
        patches=_patches(),
        path=text(),
        postBuild=open_fields(
            substitute=labels(),
            substituteFrom=many(
                fields("kind", "name", kind=one_of("Secret", "ConfigMap"), name=text(), optional=flag())
            ),
        ),
        prune=flag(),
        retryInterval=duration(),
        serviceAccountName=text(),
        sourceRef=source("OCIRepository", "GitRepository", "Bucket", "ExternalArtifact"),
        suspend=flag(),
        targetNamespace=text(most=63, least=1),
        timeout=duration(),
        wait=flag(),
    ),
    status=status(
        history=history(),
        inventory=inventory(),
        lastAppliedOriginRevision=text(),
        lastAppliedRevision=text(),
        lastAttemptedRevision=text(),
    ),
)


def _snapshots() -> Json:
    return many(
        fields(
            "chartName",
            "chartVersion",
            "configDigest",
            "digest",
            "firstDeployed",
            "lastDeployed",
            "name",
            "namespace",
            "status",
            "version",
            action=text(),
            apiVersion=text(),
            appVersion=text(),
            chartName=text(),
            chartVersion=text(),
            configDigest=text(),
            deleted=moment(),
            digest=text(),
            firstDeployed=moment(),
            lastDeployed=moment(),
            name=text(),
            namespace=text(),
            ociDigest=text(),
            status=text(),
            testHooks=free(),
            version=whole(),
        )
    )


def _chart() -> Json:
    return fields(
        "spec",
        metadata=common_metadata(),
        spec=fields(
            "chart",
            "sourceRef",
            chart=text(most=2048, least=1),
            ignoreMissingValuesFiles=flag(),
            interval=duration(),
            reconcileStrategy=defaulting("ChartVersion", one_of("ChartVersion", "Revision")),
            sourceRef=source("HelmRepository", "GitRepository", "Bucket"),
            valuesFiles=texts(),
            verify=free(),
            version=defaulting("*", text()),
        ),
    )


def _release_action(**more: Json) -> Json:
    return open_fields(crds=one_of("Skip", "Create", "CreateReplace"), timeout=duration(), disableWait=flag(), **more)


def _remediation(**more: Json) -> Json:
    return open_fields(ignoreTestFailures=flag(), remediateLastFailure=flag(), retries=whole(), **more)


def _strategy() -> Json:
    return fields("name", name=one_of("RemediateOnFailure", "RetryOnFailure"), retryInterval=duration())


HELM_RELEASE = Definition(
    group="helm.toolkit.fluxcd.io",
    version="v2",
    kind="HelmRelease",
    plural="helmreleases",
    short_names=("hr",),
    categories=CATEGORIES,
    spec=fields(
        "interval",
        chart=_chart(),
        chartRef=source("OCIRepository", "HelmChart", "ExternalArtifact"),
        commonMetadata=common_metadata(),
        dependsOn=dependencies(),
        driftDetection=open_fields(mode=one_of("enabled", "warn", "disabled")),
        healthCheckExprs=_health_expressions(),
        install=_release_action(createNamespace=flag(), remediation=_remediation(), strategy=_strategy()),
        interval=duration(),
        kubeConfig=_kubeconfig(),
        maxHistory=whole(),
        persistentClient=flag(),
        postRenderStrategy=one_of("nohooks", "combined", "separate"),
        postRenderers=many(free()),
        releaseName=text(most=53, least=1),
        rollback=open_fields(timeout=duration()),
        serviceAccountName=text(),
        storageNamespace=text(most=63, least=1),
        suspend=flag(),
        targetNamespace=text(most=63, least=1),
        test=open_fields(enable=flag(), ignoreFailures=flag(), timeout=duration()),
        timeout=duration(),
        uninstall=open_fields(deletionPropagation=one_of("background", "foreground", "orphan"), timeout=duration()),
        upgrade=_release_action(
            force=flag(), remediation=_remediation(strategy=one_of("rollback", "uninstall")), strategy=_strategy()
        ),
        values=anything(),
        valuesFrom=many(
            fields(
                "kind",
                "name",
                kind=one_of("Secret", "ConfigMap"),
                literal=flag(),
                name=text(most=253, least=1),
                optional=flag(),
                targetPath=text(),
                valuesKey=text(),
            )
        ),
        waitStrategy=fields("name", name=one_of("poller", "legacy")),
    )
    | {"oneOf": [{"required": ["chart"]}, {"required": ["chartRef"]}]},
    status=status(
        failures=whole(),
        helmChart=text(),
        history=_snapshots(),
        installFailures=whole(),
        inventory=inventory(),
        lastAttemptedConfigDigest=text(),
        lastAttemptedGeneration=whole(),
        lastAttemptedReleaseAction=one_of("install", "upgrade"),
        lastAttemptedReleaseActionDuration=text(),
        lastAttemptedRevision=text(),
        lastAttemptedRevisionDigest=text(),
        lastAttemptedValuesChecksum=text(),
        lastHandledForceAt=text(),
        lastHandledResetAt=text(),
        lastReleaseRevision=whole(),
        observedCommonMetadataDigest=text(),
        observedPostRenderersDigest=text(),
        storageNamespace=text(),
        upgradeFailures=whole(),
    ),
)

APPLIERS = (KUSTOMIZATION, HELM_RELEASE)
