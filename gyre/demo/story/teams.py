"""What the product teams run: payments behind the blocked chain, a storefront that ships all day, data and search."""

from gyre.demo.resources import Manifest
from gyre.demo.story import acme
from gyre.demo.story.manifests import (
    SOURCE,
    flux,
    git,
    helm_release,
    helm_repository,
    image_automation,
    image_policy,
    image_repository,
    kustomization,
    oci,
    secret,
)

NAMESPACES = ("payments", "storefront", "storefront-previews", "search", "data-platform", "recommendations")
OPERATOR = "fluxcd.controlplane.io/v1"


def manifests() -> list[Manifest]:
    """Everything, in the order it was applied."""
    return [*_payments(), *_storefront(), *_previews(), *_search(), *_data(), *_recommendations()]


def _payments() -> list[Manifest]:
    space, source = "payments", "GitRepository/payments"
    gateway = {"resources": {"limits": {"memory": "512Mi"}}, "apiToken": "not-a-real-token"}
    return [
        secret(space, "git-credentials", {"username": "flux", "password": acme.PASSWORDS[acme.PAYMENTS]}),
        secret(space, "partner-credentials", {"username": "acme", "password": "from-last-year"}),
        git(space, "payments", acme.PAYMENTS, credentials="git-credentials"),
        git(space, "partner-contracts", acme.PARTNERS, credentials="partner-credentials"),
        kustomization(space, "ledger", "./deploy/ledger", source, depends_on=("identity/dex",), wait=True),
        kustomization(space, "payments-api", "./deploy/api", source, depends_on=("ledger",), wait=True),
        kustomization(space, "settlement-worker", "./deploy/worker", source, depends_on=("payments-api",)),
        kustomization(space, "partner-contracts", "./", "GitRepository/partner-contracts", interval="30m"),
        helm_repository(space, "acme-charts", "https://charts.acme.example"),
        helm_release(space, "payments-gateway", "payments-gateway", "3.x", "acme-charts", values=gateway),
        helm_release(space, "session-cache", "session-cache", "1.4.x", "acme-charts"),
    ]


def _storefront() -> list[Manifest]:
    space, source = "storefront", "GitRepository/storefront"
    made = [
        git(space, "storefront", acme.STOREFRONT),
        helm_repository(space, "acme-charts", "https://charts.acme.example"),
        helm_release(
            space,
            "feature-flags",
            "feature-flags",
            "*",
            "acme-charts",
            upgrade={"remediation": {"retries": 3}},
            test={"enable": True},
        ),
        image_automation(space, "storefront", "storefront", "./deploy"),
    ]
    for name, path in (("storefront-web", "web"), ("cart", "cart"), ("checkout", "checkout"), ("catalog", "catalog")):
        waits = ("payments/payments-api",) if name == "checkout" else ()
        made.append(kustomization(space, name, f"./deploy/{path}", source, wait=True, interval="5m", depends_on=waits))
        made.append(image_repository(space, name, f"{acme.REGISTRY}/{name}"))
        made.append(image_policy(space, name, ">=1.0.0"))
    return made


def _previews() -> list[Manifest]:
    space = "storefront-previews"
    provider = {
        "type": "GitHubPullRequest",
        "url": acme.PREVIEWS,
        "filter": {"limit": 5, "labels": ["deploy/preview"]},
        "defaultValues": {"app": "storefront-web"},
    }
    source = git("<< namespace >>", "preview-<< inputs.branch >>", acme.PREVIEWS, branch="<< inputs.branch >>")
    preview = kustomization(
        "<< namespace >>",
        "preview-<< inputs.branch >>",
        "./deploy/<< inputs.branch >>",
        "GitRepository/preview-<< inputs.branch >>",
        interval="5m",
    )
    for each in (source, preview):
        each["metadata"]["namespace"] = space
    set_ = {"inputsFrom": [{"name": "pull-requests"}], "resources": [source, preview]}
    every = {"fluxcd.controlplane.io/reconcileEvery": "10m"}
    return [
        flux(OPERATOR, "ResourceSetInputProvider", space, "pull-requests", provider, annotations=every),
        flux(OPERATOR, "ResourceSet", space, "previews", set_),
    ]


def _search() -> list[Manifest]:
    space = "search"
    return [
        oci(space, "search", acme.SEARCH),
        kustomization(space, "search", "./", "OCIRepository/search", wait=True, interval="30m"),
        helm_repository(space, "acme-charts", "https://charts.acme.example"),
        helm_release(space, "opensearch", "opensearch", "3.1.x", "acme-charts"),
        image_repository(space, "search-api", f"{acme.REGISTRY}/search-api"),
        image_policy(space, "search-api", ">=2.0.0-rc.1 <3.0.0"),
    ]


def _data() -> list[Manifest]:
    space, source = "data-platform", "GitRepository/data-platform"
    bucket = {
        "bucketName": "acme-model-registry",
        "endpoint": "s3.eu-central-1.amazonaws.com",
        "region": "eu-central-1",
        "provider": "aws",
        "interval": "10m",
    }
    return [
        git(space, "data-platform", acme.DATA),
        flux(SOURCE, "Bucket", space, "model-registry", bucket),
        kustomization(space, "airflow", "./airflow", source),
        kustomization(space, "feature-store", "./feature-store", source, interval="5m"),
        kustomization(space, "model-serving", "./", "Bucket/model-registry", wait=True),
        kustomization(space, "notebooks", "./notebooks", source),
    ]


def _recommendations() -> list[Manifest]:
    space = "recommendations"
    generator: Manifest = {
        "sources": [
            {"alias": "repo", "kind": "GitRepository", "name": "recommendations"},
            {"alias": "models", "kind": "Bucket", "name": "model-registry", "namespace": "data-platform"},
        ],
        "artifacts": [
            {"name": "api", "originRevision": "@repo", "copy": [{"from": "@repo/api/**", "to": "@artifact/"}]},
            {
                "name": "trainer",
                "originRevision": "@repo",
                "copy": [
                    {"from": "@repo/trainer/**", "to": "@artifact/"},
                    {"from": "@models/latest.json", "to": "@artifact/models/"},
                ],
            },
        ],
    }
    paused = flux("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", space, "experiments", generator)
    paused["spec"] = {**generator, "artifacts": [{**generator["artifacts"][0], "name": "experiment-api"}]}
    return [
        git(space, "recommendations", acme.RECOMMENDATIONS),
        flux("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", space, "split", generator),
        paused,
        kustomization(space, "recommender", "./", "ExternalArtifact/api"),
        kustomization(space, "trainer", "./", "ExternalArtifact/trainer", depends_on=("recommender",)),
        image_repository(space, "recommender", f"{acme.REGISTRY}/recommender"),
        image_policy(space, "recommender", "^1.3"),
    ]
