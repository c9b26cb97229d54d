"""What a team of a large fleet has: its own sources and alerts once, and a bundle of objects for each service.

Written for one team and service; gyre.demo.story.fleet makes many of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gyre.demo.outside import Image, Outside
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
    suspended,
)

Facts = Callable[[Outside, str, str], None]
"""What is true outside of one team's service (namespace, service)."""
MISTAKE = "accumulating resources: yaml: line 31: did not find expected '-' indicator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The objects of one service, how many of a hundred are so, and what is true of them outside.

    `later` is somebody's patch of the last object after all had settled.
    """

    of_a_hundred: int
    manifests: Callable[[str, str], list[Manifest]]
    facts: Facts = lambda _outside, _namespace, _service: None
    later: Manifest | None = None


def team(namespace: str) -> list[Manifest]:
    """What each team has once."""
    extensions, notification = "source.extensions.fluxcd.io/v1beta1", "notification.toolkit.fluxcd.io"
    generator = {
        "sources": [{"alias": "repo", "kind": "GitRepository", "name": namespace}],
        "artifacts": [{"name": f"{namespace}-jobs", "copy": [{"from": "@repo/jobs/**", "to": "@artifact/"}]}],
    }
    bucket = {"bucketName": f"acme-{namespace}", "endpoint": "s3.eu-central-1.amazonaws.com", "interval": "10m"}
    sources = [{"kind": kind, "name": "*"} for kind in ("GitRepository", "Kustomization", "HelmRelease")]
    receiver = {
        "type": "github",
        "events": ["push"],
        "secretRef": {"name": "webhook"},
        "resources": [{"kind": "GitRepository", "name": namespace}],
    }
    slack = {"type": "slack", "channel": namespace, "secretRef": {"name": "slack"}}
    return [
        secret(namespace, "webhook", {"token": f"shared-by-{namespace}"}),
        secret(namespace, "slack", {"address": "https://hooks.slack.example/services/T0/B0/demo"}),
        git(namespace, namespace, team_url(namespace)),
        helm_repository(namespace, "acme-charts", "https://charts.acme.example"),
        helm_repository(namespace, "grafana", "https://grafana.github.io/helm-charts"),
        helm_repository(namespace, "shared-charts", "oci://ghcr.io/acme/charts"),
        flux(SOURCE, "Bucket", namespace, "artifacts", bucket),
        flux(extensions, "ArtifactGenerator", namespace, "jobs", generator),
        kustomization(namespace, "jobs", f"./{namespace}-jobs", f"ExternalArtifact/{namespace}-jobs"),
        _automation(namespace),
        flux(f"{notification}/v1beta3", "Provider", namespace, "slack", slack),
        flux(
            f"{notification}/v1beta3",
            "Alert",
            namespace,
            "errors",
            {"providerRef": {"name": "slack"}, "eventSeverity": "error", "eventSources": sources},
        ),
        flux(f"{notification}/v1", "Receiver", namespace, "github", receiver),
        *_sets(namespace),
    ]


def _automation(namespace: str) -> Manifest:
    made = image_automation(namespace, namespace, namespace, "./deploy")
    made["spec"]["policySelector"] = {"matchLabels": {"acme.example/automated": "true"}}
    return made


def _sets(namespace: str) -> list[Manifest]:
    operator = "fluxcd.controlplane.io/v1"
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "team-<< inputs.team >>", "namespace": namespace},
        "data": {"team": "<< inputs.team >>"},
    }
    inputs = {"type": "Static", "defaultValues": {"team": namespace}}
    return [
        flux(operator, "ResourceSetInputProvider", namespace, "team", inputs),
        flux(operator, "ResourceSet", namespace, "team", {"inputsFrom": [{"name": "team"}], "resources": [settings]}),
    ]


def team_url(namespace: str) -> str:
    """A team's repository."""
    return f"{acme.HOST}/{namespace}"


def service_url(namespace: str, service: str) -> str:
    """A service's own repository."""
    return f"{acme.HOST}/{namespace}-{service}"


def _from_team(namespace: str, service: str, **more: Any) -> Manifest:
    return kustomization(namespace, service, f"./deploy/{service}", f"GitRepository/{namespace}", wait=True, **more)


def _scanned(namespace: str, service: str, range_: str = ">=1.0.0") -> list[Manifest]:
    image = image_repository(namespace, service, f"{acme.REGISTRY}/{service}")
    return [image, image_policy(namespace, service, range_), _from_team(namespace, service)]


def _charted(namespace: str, service: str, **more: Any) -> list[Manifest]:
    return [helm_release(namespace, service, "session-cache", "1.4.x", "acme-charts", **more)]


def _own_repository(namespace: str, service: str) -> list[Manifest]:
    source = git(namespace, service, service_url(namespace, service), interval="5m")
    return [source, kustomization(namespace, service, f"./{service}", f"GitRepository/{service}", wait=True)]


def _artifact(namespace: str, service: str) -> list[Manifest]:
    source = oci(namespace, service, f"oci://ghcr.io/acme/manifests/{service}")
    return [source, kustomization(namespace, service, f"./{service}", f"OCIRepository/{service}")]


def _chain(namespace: str, service: str) -> list[Manifest]:
    return [
        _from_team(namespace, service),
        _from_team(namespace, f"{service}-edge", depends_on=(service,)),
        _from_team(namespace, f"{service}-reports", depends_on=(f"{service}-edge",)),
    ]


def _does_not_build(outside: Outside, namespace: str, service: str) -> None:
    outside.repository(service_url(namespace, service)).mistakes[service] = MISTAKE


def _has_no_image(outside: Outside, _namespace: str, service: str) -> None:
    outside.has(images=[Image(f"{acme.REGISTRY}/{service}", ["0.9.0"])])


def _wants_a_password(outside: Outside, namespace: str, service: str) -> None:
    outside.repository(service_url(namespace, service)).password = "not-given"  # noqa: S105 - refuses everyone


def _suspension(who: str, why: str) -> Manifest:
    return {"metadata": {"annotations": suspended(who, why)}, "spec": {"suspend": True}}


BUNDLES: tuple[Bundle, ...] = (
    Bundle(of_a_hundred=28, manifests=_scanned),
    Bundle(of_a_hundred=36, manifests=_charted),
    Bundle(of_a_hundred=13, manifests=_own_repository),
    Bundle(of_a_hundred=9, manifests=_artifact),
    Bundle(of_a_hundred=2, manifests=_own_repository, facts=_does_not_build),
    Bundle(of_a_hundred=2, manifests=_own_repository, facts=_has_no_image),
    Bundle(of_a_hundred=1, manifests=_own_repository, facts=_wants_a_password),
    Bundle(of_a_hundred=1, manifests=_chain, facts=_has_no_image),
    Bundle(of_a_hundred=1, manifests=lambda namespace, service: _scanned(namespace, service, ">=9.0.0")),
    Bundle(
        of_a_hundred=1,
        manifests=lambda n, s: [helm_release(n, s, "session-cache", "9.x", "acme-charts")],
    ),
    Bundle(
        of_a_hundred=1,
        manifests=lambda n, s: [helm_release(n, s, "loki", "6.x", "grafana")],
        later={"spec": {"values": {"resources": {"limits": {"memory": "128Mi"}}}}},
    ),
    Bundle(
        of_a_hundred=3,
        manifests=_scanned,
        later=_suspension("on-call@acme.example", "Frozen for the quarter's end"),
    ),
    Bundle(
        of_a_hundred=2,
        manifests=_charted,
        later=_suspension("sara@acme.example", "Tested by hand on this cluster"),
    ),
)
