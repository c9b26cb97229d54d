"""What tells others, and what others tell: notification.toolkit.fluxcd.io."""

from gyre.demo.crds.definition import AGE, Definition
from gyre.demo.crds.shapes import (
    Json,
    defaulting,
    duration,
    fields,
    flag,
    free,
    labels,
    local,
    many,
    one_of,
    status,
    text,
    texts,
)

GROUP = "notification.toolkit.fluxcd.io"
CATEGORIES = ("all", "fluxcd", "fluxcd-notifications")

WATCHED = (
    "ArtifactGenerator",
    "Bucket",
    "ExternalArtifact",
    "GitRepository",
    "HelmChart",
    "HelmRelease",
    "HelmRepository",
    "ImagePolicy",
    "ImageRepository",
    "ImageUpdateAutomation",
    "Kustomization",
    "OCIRepository",
)

PROVIDER_TYPES = (
    *("alertmanager", "azuredevops", "azureeventhub", "bitbucket", "bitbucketserver", "datadog", "discord"),
    *("generic", "generic-hmac", "gitea", "giteapullrequestcomment", "github", "githubdispatch"),
    *("githubpullrequestcomment", "gitlab", "gitlabmergerequestcomment", "googlechat", "googlepubsub", "grafana"),
    *("lark", "matrix", "msteams", "nats", "opsgenie", "otel", "pagerduty", "rocket", "sentry", "slack", "telegram"),
    *("webex", "zulip"),
)

RECEIVER_TYPES = (
    *("acr", "bitbucket", "cdevents", "dockerhub", "gcr", "generic", "generic-hmac", "generic-oidc", "github"),
    *("gitlab", "harbor", "nexus", "quay"),
)


def _objects(**more: Json) -> Json:
    return many(
        fields(
            "kind",
            "name",
            apiVersion=text(),
            kind=one_of(*WATCHED),
            matchLabels=labels(),
            name=text(most=253, least=1),
            namespace=text(most=253, least=1),
            **more,
        )
    )


ALERT = Definition(
    group=GROUP,
    version="v1beta3",
    kind="Alert",
    plural="alerts",
    categories=CATEGORIES,
    columns=(AGE,),
    spec=fields(
        "eventSources",
        "providerRef",
        eventMetadata=labels(),
        eventSeverity=defaulting("info", one_of("info", "error")),
        eventSources=_objects(),
        exclusionList=texts(),
        inclusionList=texts(),
        providerRef=local(),
        summary=text(most=255),
        suspend=flag(),
    ),
    status=None,
)

PROVIDER = Definition(
    group=GROUP,
    version="v1beta3",
    kind="Provider",
    plural="providers",
    categories=CATEGORIES,
    columns=(AGE,),
    spec=fields(
        "type",
        address=text(most=2048),
        certSecretRef=local(),
        channel=text(most=2048),
        commitStatusExpr=text(),
        interval=duration(),
        proxy=text(most=2048),
        proxySecretRef=local(),
        secretRef=local(),
        serviceAccountName=text(),
        suspend=flag(),
        timeout=duration(),
        type=one_of(*PROVIDER_TYPES),
        username=text(most=2048),
    ),
    status=None,
)

RECEIVER = Definition(
    group=GROUP,
    version="v1",
    kind="Receiver",
    plural="receivers",
    categories=CATEGORIES,
    spec=fields(
        "resources",
        "type",
        events=texts(),
        interval=defaulting("10m", duration()),
        oidcProviders=many(free()),
        resourceFilter=text(),
        resources=_objects(filter=text()),
        secretRef=local(),
        suspend=flag(),
        type=one_of(*RECEIVER_TYPES),
    ),
    status=status(webhookPath=text()),
)

NOTIFICATION = (ALERT, PROVIDER, RECEIVER)
