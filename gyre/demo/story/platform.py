"""What the platform team runs for everyone: Flux itself, ingress, certificates, monitoring, databases, sign-in."""

from gyre.demo.crds.operator import COMPONENTS
from gyre.demo.resources import Manifest
from gyre.demo.story import acme
from gyre.demo.story.manifests import (
    applied_by,
    flux,
    git,
    helm_release,
    helm_repository,
    kustomization,
    secret,
)

NAMESPACES = ("flux-system", "cert-manager", "ingress-nginx", "monitoring", "databases", "identity")
OPERATOR = "fluxcd.controlplane.io/v1"
NOTIFICATION = "notification.toolkit.fluxcd.io"
FLEET = "GitRepository/flux-system/fleet-infra"


def manifests() -> list[Manifest]:
    """Everything, in the order it was applied."""
    return [*_flux(), *_operator(), *_notifications(), *_infrastructure(), *_monitoring(), *_databases()]


def _flux() -> list[Manifest]:
    system = "flux-system"
    return [
        secret(system, "fleet-infra", {"username": "git", "password": "deploy-key-of-the-fleet"}),
        secret(system, "slack-webhook", {"address": "https://hooks.slack.example/services/T0/B0/demo"}),
        secret(system, "github-webhook", {"token": "shared-with-github"}),
        secret(system, "github-token", {"token": "for-commit-statuses"}),
        git(system, "fleet-infra", acme.PLATFORM, credentials="fleet-infra"),
        kustomization(system, "flux-system", "./clusters/production", FLEET),
        kustomization(system, "infra-controllers", "./infrastructure/controllers", FLEET, depends_on=("flux-system",)),
        kustomization(
            system,
            "infra-configs",
            "./infrastructure/configs",
            FLEET,
            depends_on=("infra-controllers",),
            targetNamespace="cert-manager",
            wait=True,
        ),
        kustomization(
            system,
            "external-dns",
            "./infrastructure/external-dns",
            FLEET,
            depends_on=("infra-configs",),
            targetNamespace="ingress-nginx",
        ),
        kustomization(system, "tenants", "./tenants", FLEET, depends_on=("infra-configs",)),
    ]


def _operator() -> list[Manifest]:
    system = "flux-system"
    instance = {
        "distribution": {
            "registry": "ghcr.io/fluxcd",
            "version": "2.9.x",
            "artifact": "oci://ghcr.io/controlplaneio-fluxcd/flux-operator-manifests",
        },
        "components": list(COMPONENTS),
        "cluster": {"type": "kubernetes", "size": "medium", "multitenant": True, "networkPolicy": True},
        "sync": {
            "kind": "GitRepository",
            "url": acme.PLATFORM,
            "ref": "refs/heads/main",
            "path": "clusters/production",
            "pullSecret": "fleet-infra",
        },
    }
    report = {
        "distribution": {"entitlement": "Issued by acme", "status": "Installed", "managedBy": "flux-operator"},
        "cluster": {"platform": "linux/amd64", "serverVersion": "v1.36.3", "nodes": 3},
        "operator": {"apiVersion": OPERATOR, "platform": "linux/amd64", "version": "v0.58.1"},
        "components": [
            {
                "name": name,
                "image": f"ghcr.io/fluxcd/{name}",
                "ready": True,
                "status": "Current Deployment is available.",
            }
            for name in COMPONENTS
        ],
    }
    return [
        flux(OPERATOR, "FluxInstance", system, "flux", instance),
        flux(OPERATOR, "FluxReport", system, "flux", report),
        flux(
            OPERATOR,
            "ResourceSetInputProvider",
            system,
            "teams",
            {"type": "Static", "defaultValues": {"tier": "gold", "team": "payments"}},
        ),
        flux(OPERATOR, "ResourceSet", system, "team-quotas", _quotas(), labels=applied_by("tenants")),
    ]


def _quotas() -> Manifest:
    template = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "team-<< inputs.team >>", "namespace": "flux-system"},
        "data": {"tier": "<< inputs.tier >>"},
    }
    inputs = [{"team": team, "tier": tier} for team, tier in (("search", "silver"), ("storefront", "gold"))]
    return {"inputs": inputs, "inputsFrom": [{"name": "teams"}], "resources": [template]}


def _notifications() -> list[Manifest]:
    system, beta = "flux-system", f"{NOTIFICATION}/v1beta3"
    every = [{"kind": kind, "name": "*", "namespace": system} for kind in ("GitRepository", "Kustomization")]
    receiver = {
        "type": "github",
        "events": ["ping", "push"],
        "secretRef": {"name": "github-webhook"},
        "interval": "10m",
        "resources": [{"kind": "GitRepository", "name": "*", "namespace": system}],
    }
    slack = {"type": "slack", "channel": "platform-alerts", "secretRef": {"name": "slack-webhook"}}
    status = {"type": "github", "address": acme.PLATFORM, "secretRef": {"name": "github-token"}}
    return [
        flux(beta, "Provider", system, "slack", slack),
        flux(beta, "Provider", system, "github-status", status),
        flux(
            beta,
            "Alert",
            system,
            "platform-errors",
            {"providerRef": {"name": "slack"}, "eventSeverity": "error", "eventSources": every},
        ),
        flux(
            beta,
            "Alert",
            system,
            "commit-status",
            {"providerRef": {"name": "github-status"}, "eventSources": every[1:]},
        ),
        flux(f"{NOTIFICATION}/v1", "Receiver", system, "github-push", receiver),
    ]


def _infrastructure() -> list[Manifest]:
    owner = applied_by("infra-controllers")
    made = [
        helm_repository("cert-manager", "jetstack", "https://charts.jetstack.io"),
        helm_release("cert-manager", "cert-manager", "cert-manager", "1.19.x", "jetstack", values={"replicaCount": 2}),
        helm_repository("ingress-nginx", "ingress-nginx", "https://kubernetes.github.io/ingress-nginx"),
        helm_release("ingress-nginx", "ingress-nginx", "ingress-nginx", "4.13.x", "ingress-nginx"),
        helm_repository("flux-system", "shared-charts", "oci://ghcr.io/acme/charts"),
    ]
    return [_labelled(each, owner) for each in made]


def _monitoring() -> list[Manifest]:
    space = "monitoring"
    enough = {"resources": {"limits": {"memory": "1Gi"}}, "deploymentMode": "SingleBinary"}
    retries = {"remediation": {"retries": 1}}
    made = [
        helm_repository(space, "prometheus-community", "https://prometheus-community.github.io/helm-charts"),
        helm_repository(space, "grafana", "https://grafana.github.io/helm-charts"),
        helm_release(
            space,
            "kube-prometheus-stack",
            "kube-prometheus-stack",
            "76.x",
            "prometheus-community",
            values={"grafana": {"adminPassword": "change-me"}, "replicaCount": 2},
            driftDetection={"mode": "enabled"},
        ),
        helm_release(space, "loki", "loki", "6.30.x", "grafana", values=enough, install=retries, upgrade=retries),
        helm_release(space, "tempo", "tempo", "1.23.x", "grafana", depends_on=("kube-prometheus-stack",)),
    ]
    dashboards = kustomization("flux-system", "dashboards", "./monitoring/dashboards", FLEET, targetNamespace=space)
    return [*(_labelled(each, applied_by("infra-controllers")) for each in made), dashboards]


def _databases() -> list[Manifest]:
    """Where the one thing is that blocks the chain: the operator's image has a tag that nobody pushed."""
    dex = kustomization(
        "identity", "dex", "./identity/dex", FLEET, depends_on=("databases/postgres",), wait=True, interval="5m"
    )
    return [
        kustomization(
            "databases", "postgres", "./databases/postgres", FLEET, wait=True, timeout="2m", retryInterval="1m"
        ),
        dex,
        kustomization("databases", "postgres-backups", "./databases/backups", FLEET, wait=True),
    ]


def _labelled(manifest: Manifest, labels: Manifest) -> Manifest:
    return {**manifest, "metadata": {**manifest["metadata"], "labels": labels}}
