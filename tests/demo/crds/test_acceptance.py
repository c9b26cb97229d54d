"""Manifests as people write them are taken, for each kind; clear mistakes are refused and name the field."""

from typing import Any

import pytest

from gyre.demo.refusals import Refusal
from tests.support.living import API_VERSIONS, Living

GIT = {"kind": "GitRepository", "name": "podinfo"}
WORKS: list[tuple[str, dict[str, Any]]] = [
    (
        "GitRepository",
        {
            "interval": "5m0s",
            "url": "ssh://git@github.com/stefanprodan/podinfo",
            "ref": {"semver": ">=6.0.0"},
            "secretRef": {"name": "ssh"},
            "ignore": "/*\n!/kustomize\n",
            "include": [{"repository": {"name": "other"}, "fromPath": "a", "toPath": "b"}],
            "verify": {"mode": "TagAndHEAD", "secretRef": {"name": "keys"}},
            "sparseCheckout": ["kustomize"],
        },
    ),
    (
        "OCIRepository",
        {
            "interval": "5m",
            "url": "oci://ghcr.io/stefanprodan/manifests/podinfo",
            "ref": {"semver": "6.x", "semverFilter": ".*-rc.*"},
            "layerSelector": {"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "operation": "copy"},
            "verify": {
                "provider": "cosign",
                "matchOIDCIdentity": [{"issuer": "^https://token$", "subject": "^https://github.com/x$"}],
            },
        },
    ),
    (
        "Bucket",
        {
            "interval": "5m",
            "provider": "aws",
            "bucketName": "podinfo",
            "endpoint": "s3.amazonaws.com",
            "region": "us-east-1",
            "sts": {"provider": "aws", "endpoint": "https://sts.amazonaws.com"},
        },
    ),
    ("HelmRepository", {"type": "oci", "url": "oci://ghcr.io/stefanprodan/charts"}),
    (
        "HelmChart",
        {
            "interval": "5m",
            "chart": "podinfo",
            "version": ">=4.0.0 <5.0.0",
            "reconcileStrategy": "ChartVersion",
            "sourceRef": {"kind": "HelmRepository", "name": "podinfo"},
            "valuesFiles": ["values-production.yaml"],
        },
    ),
    ("ExternalArtifact", {"sourceRef": {"apiVersion": "x.example/v1", "kind": "Anything", "name": "x"}}),
    (
        "ArtifactGenerator",
        {
            "sources": [{"alias": "repo", "kind": "GitRepository", "name": "podinfo"}],
            "artifacts": [
                {
                    "name": "podinfo",
                    "originRevision": "@repo",
                    "copy": [{"from": "@repo/deploy/**", "to": "@artifact/", "exclude": ["*.md"], "strategy": "Merge"}],
                }
            ],
        },
    ),
    (
        "Kustomization",
        {
            "interval": "1h",
            "retryInterval": "2m",
            "timeout": "5m",
            "path": "./kustomize",
            "prune": True,
            "wait": True,
            "sourceRef": {**GIT, "namespace": "flux-system"},
            "targetNamespace": "apps",
            "dependsOn": [{"name": "common", "readyExpr": "dep.status.ready"}],
            "healthChecks": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo", "namespace": "apps"}],
            "healthCheckExprs": [{"apiVersion": "x/v1", "kind": "X", "current": "status.ready"}],
            "patches": [{"patch": "- op: add", "target": {"kind": "Deployment", "labelSelector": "app=x"}}],
            "images": [{"name": "podinfo", "newName": "my/podinfo", "newTag": "v1"}],
            "components": ["../components/x"],
            "decryption": {"provider": "sops", "secretRef": {"name": "sops-age"}},
            "postBuild": {
                "substitute": {"var": "value"},
                "substituteFrom": [{"kind": "ConfigMap", "name": "vars", "optional": True}],
            },
            "kubeConfig": {"secretRef": {"name": "prod", "key": "value"}},
            "commonMetadata": {"labels": {"a": "b"}},
            "deletionPolicy": "WaitForTermination",
        },
    ),
    (
        "HelmRelease",
        {
            "interval": "50m",
            "releaseName": "podinfo",
            "chart": {
                "spec": {
                    "chart": "podinfo",
                    "version": "6.x",
                    "interval": "12h",
                    "sourceRef": {"kind": "HelmRepository", "name": "podinfo", "namespace": "flux-system"},
                    "verify": {"provider": "cosign"},
                }
            },
            "install": {"crds": "Create", "createNamespace": True, "remediation": {"retries": 3}},
            "upgrade": {
                "crds": "CreateReplace",
                "cleanupOnFail": True,
                "remediation": {"retries": 3, "strategy": "rollback", "remediateLastFailure": True},
            },
            "driftDetection": {"mode": "enabled", "ignore": [{"paths": ["/spec/replicas"]}]},
            "postRenderers": [{"kustomize": {"patches": [{"patch": "x", "target": {"kind": "Deployment"}}]}}],
            "test": {"enable": True, "filters": [{"name": "x", "exclude": True}]},
            "values": {"ui": {"color": "#34577c"}, "list": [1, "two", None, {"three": 3.5}]},
            "valuesFrom": [{"kind": "Secret", "name": "values", "valuesKey": "a.yaml", "targetPath": "a.b"}],
        },
    ),
    ("ImageRepository", {"interval": "1h", "image": "ghcr.io/stefanprodan/podinfo", "provider": "aws"}),
    (
        "ImagePolicy",
        {
            "imageRepositoryRef": {"name": "podinfo", "namespace": "other"},
            "filterTags": {"pattern": "^main-[a-f0-9]+-(?P<ts>[0-9]+)", "extract": "$ts"},
            "policy": {"numerical": {"order": "asc"}},
            "digestReflectionPolicy": "IfNotPresent",
        },
    ),
    (
        "ImageUpdateAutomation",
        {
            "interval": "30m",
            "sourceRef": GIT,
            "git": {
                "checkout": {"ref": {"branch": "main"}},
                "commit": {"author": {"email": "fluxcdbot@users.noreply.github.com", "name": "fluxcdbot"}},
                "push": {"branch": "main", "refspec": "refs/heads/main:refs/heads/auto"},
            },
            "update": {"path": "./clusters", "strategy": "Setters"},
            "policySelector": {"matchLabels": {"app": "podinfo"}},
        },
    ),
    (
        "Receiver",
        {
            "type": "github",
            "events": ["ping", "push"],
            "secretRef": {"name": "token"},
            "resources": [{**GIT, "apiVersion": "source.toolkit.fluxcd.io/v1"}, {"kind": "HelmRelease", "name": "*"}],
        },
    ),
    (
        "Alert",
        {
            "summary": "production",
            "providerRef": {"name": "slack"},
            "eventSeverity": "error",
            "eventSources": [{"kind": "Kustomization", "name": "*", "matchLabels": {"team": "a"}}],
            "exclusionList": ["waiting.*socket"],
            "eventMetadata": {"env": "prod"},
        },
    ),
    ("Provider", {"type": "msteams", "address": "https://example.com/hook", "secretRef": {"name": "hook"}}),
    (
        "FluxInstance",
        {
            "distribution": {"version": "2.x", "registry": "ghcr.io/fluxcd", "imagePullSecret": "x"},
            "components": ["source-controller", "source-watcher"],
            "cluster": {"type": "openshift", "multitenant": True, "domain": "cluster.local"},
            "sharding": {"shards": ["a", "b"]},
            "storage": {"class": "standard", "size": "10Gi"},
            "kustomize": {"patches": [{"patch": "x", "target": {"kind": "Deployment"}}]},
        },
    ),
    (
        "FluxReport",
        {
            "distribution": {"entitlement": "x", "status": "Installed"},
            "sync": {"id": "a", "ready": True, "status": "x"},
        },
    ),
    (
        "ResourceSet",
        {
            "inputs": [{"tenant": "a", "replicas": 2, "nested": {"list": [1]}}],
            "inputsFrom": [{"kind": "ResourceSetInputProvider", "selector": {"matchLabels": {"a": "b"}}}],
            "inputStrategy": {"name": "Permute"},
            "resources": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "<< inputs.tenant >>"}}],
            "dependsOn": [{"apiVersion": "v1", "kind": "Secret", "name": "x", "ready": True}],
        },
    ),
    (
        "ResourceSetInputProvider",
        {
            "type": "GitLabMergeRequest",
            "url": "https://gitlab.com/x/y",
            "filter": {"labels": ["deploy"], "limit": 5, "includeBranch": "^feat/.*"},
            "schedule": [{"cron": "0 8 * * 1-5", "timeZone": "Europe/London", "window": "2h"}],
            "defaultValues": {"chart": {"version": 1}},
        },
    ),
]


def test_there_is_a_manifest_of_every_kind() -> None:
    assert {kind for kind, _ in WORKS} == set(API_VERSIONS)


@pytest.mark.parametrize(("kind", "spec"), WORKS, ids=[kind for kind, _ in WORKS])
def test_what_people_write_is_taken_whole(living: Living, kind: str, spec: dict[str, Any]) -> None:
    living.has(kind, "podinfo", spec)
    kept = living.get(kind, "podinfo")["spec"]
    assert {key: kept[key] for key in spec} == {key: _with_defaults(kept[key], value) for key, value in spec.items()}


def _with_defaults(kept: Any, written: Any) -> Any:
    """What was written, with what the schema filled in beside it."""
    if isinstance(written, dict):
        return {key: _with_defaults(value, written[key]) if key in written else value for key, value in kept.items()}
    if isinstance(written, list):
        return [_with_defaults(one, other) for one, other in zip(kept, written, strict=True)]
    return written


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("Kustomization", {"interval": None}, "spec.interval"),
        ("Kustomization", {"prune": None}, "spec.prune"),
        ("Kustomization", {"prune": "yes"}, "spec.prune"),
        ("Kustomization", {"interval": "ten minutes"}, "spec.interval"),
        ("Kustomization", {"sourceRef": {"kind": "HelmRepository", "name": "x"}}, "spec.sourceRef.kind"),
        ("Kustomization", {"dependsOn": [{"namespace": "x"}]}, "spec.dependsOn[0].name"),
        ("GitRepository", {"url": "git@github.com:x/y"}, "spec.url"),
        ("GitRepository", {"interval": 5}, "spec.interval"),
        ("OCIRepository", {"url": "https://ghcr.io/x"}, "spec.url"),
        ("HelmRelease", {"install": {"crds": "Sometimes"}}, "spec.install.crds"),
        ("HelmRelease", {"valuesFrom": [{"kind": "Deployment", "name": "x"}]}, "spec.valuesFrom[0].kind"),
        ("HelmRelease", {"chart": None}, "spec"),
        ("ImagePolicy", {"policy": {"semver": {}}}, "spec.policy.semver.range"),
        ("ImageUpdateAutomation", {"sourceRef": {"kind": "Bucket", "name": "x"}}, "spec.sourceRef.kind"),
        ("Receiver", {"type": "smoke-signal"}, "spec.type"),
        ("Alert", {"eventSources": None}, "spec.eventSources"),
        ("Provider", {"type": None}, "spec.type"),
        ("ArtifactGenerator", {"sources": []}, "spec.sources"),
        ("FluxInstance", {"components": ["everything"]}, "spec.components[0]"),
        ("ResourceSetInputProvider", {"type": "Guess"}, "spec.type"),
    ],
)
def test_a_clear_mistake_is_refused_by_its_field(living: Living, kind: str, change: dict[str, Any], field: str) -> None:
    spec = {**next(spec for each, spec in WORKS if each == kind), **change}
    wrong = {key: value for key, value in spec.items() if value is not None}
    with pytest.raises(Refusal) as refused:
        living.has(kind, "podinfo", wrong)
    assert (refused.value.code, refused.value.reason) == (422, "Invalid")
    assert refused.value.details is not None
    assert field in [cause["field"] for cause in refused.value.details["causes"]]
    assert living.names(kind) == []


def test_an_object_without_a_spec_is_refused(living: Living) -> None:
    resource = living.store.resources.named("Kustomization")
    with pytest.raises(Refusal, match="spec: Required value"):
        living.store.create(resource, "shop", {"metadata": {"name": "empty"}})
