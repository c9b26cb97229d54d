"""The least that each kind of Flux has to say to be taken by a real API server.

Nothing of it is meant to be reconciled: what controllers are given stands in their tests.
"""

from typing import Any

SECRET = {"secretRef": {"name": "hook"}}
SPECS: dict[str, dict[str, Any]] = {
    "Alert": {"providerRef": {"name": "a"}, "eventSources": [{"kind": "GitRepository", "name": "*"}]},
    "ArtifactGenerator": {
        "sources": [{"alias": "a", "kind": "GitRepository", "name": "a"}],
        "artifacts": [{"name": "a", "copy": [{"from": "@a/**", "to": "@artifact/"}]}],
    },
    "Bucket": {"bucketName": "a", "endpoint": "minio.example.dev", "interval": "1m"},
    "ExternalArtifact": {"sourceRef": {"apiVersion": "example.dev/v1", "kind": "Maker", "name": "a"}},
    "FluxInstance": {"distribution": {"version": "2.x", "registry": "ghcr.io/fluxcd"}},
    "FluxReport": {"distribution": {"entitlement": "unknown", "status": "unknown"}},
    "GitRepository": {"url": "https://git.example.dev/a", "interval": "1m"},
    "HelmChart": {"chart": "a", "sourceRef": {"kind": "HelmRepository", "name": "a"}, "interval": "1m"},
    "HelmRelease": {"chartRef": {"kind": "HelmChart", "name": "a"}, "interval": "1m"},
    "HelmRepository": {"url": "https://charts.example.dev", "interval": "1m"},
    "ImagePolicy": {"imageRepositoryRef": {"name": "a"}, "policy": {"semver": {"range": "1.x"}}},
    "ImageRepository": {"image": "example.dev/a", "interval": "1m"},
    "ImageUpdateAutomation": {
        "sourceRef": {"kind": "GitRepository", "name": "a"},
        "interval": "1m",
        "git": {"commit": {"author": {"email": "flux@example.dev"}}},
    },
    "Kustomization": {"sourceRef": {"kind": "GitRepository", "name": "a"}, "interval": "1m", "prune": True},
    "OCIRepository": {"url": "oci://example.dev/a", "interval": "1m"},
    "Provider": {"type": "generic", "address": "https://example.dev"},
    "Receiver": {"type": "generic", "resources": [{"kind": "GitRepository", "name": "a"}], **SECRET},
    "ResourceSet": {"resources": []},
    "ResourceSetInputProvider": {"type": "Static", "defaultValues": {"a": "b"}},
}
