"""What an object waits for: dependsOn, as kustomize- and helm-controller check it."""

from gyre.demo.life.conditions import READY, is_true
from gyre.demo.life.steps import Work
from gyre.demo.resources import Manifest

PLURALS = {
    "Kustomization": "kustomizations.kustomize.toolkit.fluxcd.io",
    "HelmRelease": "helmreleases.helm.toolkit.fluxcd.io",
}


def unmet(work: Work, revision: str = "") -> str:
    """The first dependency that is not met, in the controller's words; empty when all are."""
    for dependency in work.spec.get("dependsOn") or ():
        namespace, name = dependency.get("namespace") or work.namespace, dependency["name"]
        found = work.world.get(work.kind, namespace, name)
        if found is None:
            return f"dependency '{namespace}/{name}' not found: {PLURALS[work.kind]} \"{name}\" not found"
        status: Manifest = found.get("status") or {}
        if status.get("observedGeneration") != found["metadata"]["generation"] or not is_true(status, READY):
            return f"dependency '{namespace}/{name}' is not ready"
        if revision and _source(found) == _source(work.manifest) and status.get("lastAppliedRevision") != revision:
            return f"dependency '{namespace}/{name}' revision is not up to date"
    return ""


def _source(manifest: Manifest) -> tuple[str, str, str]:
    ref = manifest["spec"].get("sourceRef") or {}
    return ref.get("kind", ""), ref.get("namespace") or manifest["metadata"]["namespace"], ref.get("name", "")
