"""Which controller answers for which kind, and what each object wants to hear of others."""

from collections.abc import Callable, Iterator

from gyre.demo.life import (
    charts,
    deployments,
    generators,
    images,
    kustomizations,
    operator,
    receivers,
    releases,
    sources,
)
from gyre.demo.life.steps import Steps, Work
from gyre.demo.resources import Manifest

Key = tuple[str, str, str]
"""Kind, namespace and name."""

Controller = Callable[[Work], Steps]

CONTROLLERS: dict[str, Controller] = {
    "GitRepository": sources.reconcile,
    "OCIRepository": sources.reconcile,
    "Bucket": sources.reconcile,
    "HelmRepository": sources.reconcile,
    "HelmChart": charts.reconcile,
    "ArtifactGenerator": generators.reconcile,
    "Kustomization": kustomizations.reconcile,
    "HelmRelease": releases.reconcile,
    "ImageRepository": images.repository,
    "ImagePolicy": images.policy,
    "ImageUpdateAutomation": images.automation,
    "Receiver": receivers.reconcile,
    "FluxInstance": operator.instance,
    "FluxReport": operator.report,
    "ResourceSet": operator.resource_set,
    "ResourceSetInputProvider": operator.input_provider,
    "Deployment": deployments.reconcile,
}
FLUX_KINDS = (*(kind for kind in CONTROLLERS if kind != "Deployment"), "ExternalArtifact", "Alert", "Provider")

COMPONENTS = {
    **dict.fromkeys(("GitRepository", "OCIRepository", "Bucket", "HelmRepository", "HelmChart"), "source-controller"),
    **dict.fromkeys(("ImageRepository", "ImagePolicy"), "image-reflector-controller"),
    **dict.fromkeys(("Receiver", "Alert", "Provider"), "notification-controller"),
    **dict.fromkeys(("FluxInstance", "FluxReport", "ResourceSet", "ResourceSetInputProvider"), "flux-operator"),
    "ArtifactGenerator": "source-watcher",
    "Kustomization": "kustomize-controller",
    "HelmRelease": "helm-controller",
    "ImageUpdateAutomation": "image-automation-controller",
    "Deployment": "deployment-controller",
}


def listens_to(manifest: Manifest) -> Iterator[Key]:
    """The objects whose news make this one reconcile at once."""
    kind, spec = manifest["kind"], manifest.get("spec") or {}
    meta = manifest["metadata"]
    namespace, name = meta.get("namespace", ""), meta["name"]
    if kind in ("Kustomization", "HelmChart", "ImageUpdateAutomation") and "sourceRef" in spec:
        yield _key(spec["sourceRef"], namespace)
    if kind == "HelmRelease":
        if "chartRef" in spec:
            yield _key(spec["chartRef"], namespace)
        else:
            ref = spec["chart"]["spec"]["sourceRef"]
            yield "HelmChart", ref.get("namespace") or namespace, f"{namespace}-{name}"
    if kind == "ImagePolicy":
        yield _key({"kind": "ImageRepository", **spec["imageRepositoryRef"]}, namespace)
    for each in spec.get("sources") or () if kind == "ArtifactGenerator" else ():
        yield _key(each, namespace)
    for each in spec.get("inputsFrom") or () if kind == "ResourceSet" else ():
        if "name" in each:
            yield "ResourceSetInputProvider", namespace, each["name"]


def _key(ref: Manifest, namespace: str) -> Key:
    return ref["kind"], ref.get("namespace") or namespace, ref["name"]


def essence(manifest: Manifest) -> str:
    """What others listen for: it changes when there is something new to be had from the object."""
    status = manifest.get("status") or {}
    for field, key in (("artifact", "revision"), ("lastScanResult", "revision"), ("latestRef", "tag")):
        if field in status:
            return str(status[field].get(key, ""))
    return str(status.get("lastExportedRevision", ""))
