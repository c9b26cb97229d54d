"""Every kind on the real API server: what Gyre writes to suspend and resume it is kept, and shows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gyre.flux import patches
from gyre.flux.kinds import KINDS, FluxKind
from gyre.kube.client import KubeClient
from gyre.terms.rows import Word
from tests.cluster.control_plane import ControlPlane
from tests.cluster.loop import CLOCK, Loop
from tests.cluster.watched import open_watched

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

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


@pytest.fixture
async def loop(plane: ControlPlane, admin: KubeClient, namespace: str) -> AsyncIterator[Loop]:
    async with open_watched(plane) as watched:
        yield Loop(admin, watched, namespace)


async def test_every_kind_is_suspended_and_resumed_or_can_not_be(loop: Loop) -> None:
    assert set(SPECS) == {known.kind.name for known in KINDS}
    for known in KINDS:
        name = "flux" if known.kind.name in {"FluxInstance", "FluxReport"} else "a"
        await loop.create(known.kind.name, name, **SPECS[known.kind.name])
        await loop.until(known.kind.name, name, lambda row: not row.suspended)
        if known.suspension is None:
            assert known.kind.name in {"ExternalArtifact", "FluxReport"}
        else:
            await _there_and_back(loop, known, name)


async def _there_and_back(loop: Loop, known: FluxKind, name: str) -> None:
    kind = known.kind.name
    before = loop.row(kind, name)
    await loop.act(kind, name, patches.suspend(known, CLOCK.now(), by="ada", reason="a test"))
    suspended = loop.row(kind, name)
    await loop.act(kind, name, patches.resume(known, CLOCK.now()))
    after = loop.row(kind, name)

    assert before is not None
    assert suspended is not None
    assert after is not None
    assert (suspended.status, suspended.suspended, suspended.suspended_by) == (Word.SUSPENDED, True, "ada")
    assert (after.status, after.suspended, after.suspended_by) == (before.status, False, None)
