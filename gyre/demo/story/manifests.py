"""The manifests that the teams wrote: each kind's usual form in one call.

What stands in which team's namespace is said in the modules beside.
"""

import base64

from gyre.demo.resources import Manifest

SOURCE = "source.toolkit.fluxcd.io/v1"
HOUR = "1h"
SUSPENDED_BY = "gyre.dev/suspended-by"
SUSPENDED_REASON = "gyre.dev/suspended-reason"
SUSPENDED_AT = "gyre.dev/suspended-at"


def flux(api_version: str, kind: str, namespace: str, name: str, spec: Manifest, **metadata: Manifest) -> Manifest:
    """An object of any kind."""
    meta: Manifest = {"name": name, "namespace": namespace, **metadata}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec}


def applied_by(kustomization: str, namespace: str = "flux-system") -> Manifest:
    """The labels of what a Kustomization applied."""
    return {
        "kustomize.toolkit.fluxcd.io/name": kustomization,
        "kustomize.toolkit.fluxcd.io/namespace": namespace,
    }


def suspended(by: str, reason: str) -> Manifest:
    """The annotations that say who suspended an object and why."""
    return {SUSPENDED_BY: by, SUSPENDED_REASON: reason}


def git(
    namespace: str, name: str, url: str, *, branch: str = "main", credentials: str = "", interval: str = "1m"
) -> Manifest:
    """A GitRepository."""
    spec: Manifest = {"url": url, "interval": interval, "ref": {"branch": branch}, "timeout": "60s"}
    if credentials:
        spec["secretRef"] = {"name": credentials}
    return flux(SOURCE, "GitRepository", namespace, name, spec)


def oci(
    namespace: str, name: str, url: str, *, tag: str = "latest", semver: str = "", interval: str = "5m"
) -> Manifest:
    """An OCIRepository."""
    ref = {"semver": semver} if semver else {"tag": tag}
    spec: Manifest = {"url": url, "interval": interval, "ref": ref, "provider": "generic", "timeout": "60s"}
    return flux(SOURCE, "OCIRepository", namespace, name, spec)


def helm_repository(namespace: str, name: str, url: str, *, interval: str = HOUR) -> Manifest:
    """A HelmRepository; an oci:// address makes it a static one."""
    spec: Manifest = {"url": url, "interval": interval, "provider": "generic"}
    if url.startswith("oci://"):
        spec["type"] = "oci"
    return flux(SOURCE, "HelmRepository", namespace, name, spec)


def kustomization(
    namespace: str, name: str, path: str, source: str, *, depends_on: tuple[str, ...] = (), **more: object
) -> Manifest:
    """A Kustomization; `source` is `Kind/name` or `Kind/namespace/name`, a dependency `name` or `namespace/name`."""
    kind, _, rest = source.partition("/")
    source_namespace, _, source_name = rest.rpartition("/")
    ref: Manifest = {"kind": kind, "name": source_name}
    if source_namespace:
        ref["namespace"] = source_namespace
    spec: Manifest = {
        "interval": "10m",
        "retryInterval": "2m",
        "timeout": "3m",
        "path": path,
        "prune": True,
        "sourceRef": ref,
        **more,
    }
    if depends_on:
        spec["dependsOn"] = [_dependency(each) for each in depends_on]
    return flux("kustomize.toolkit.fluxcd.io/v1", "Kustomization", namespace, name, spec)


def helm_release(
    namespace: str,
    name: str,
    chart: str,
    version: str,
    repository: str,
    *,
    depends_on: tuple[str, ...] = (),
    **more: object,
) -> Manifest:
    """A HelmRelease; `repository` is the HelmRepository's `name` or `namespace/name`."""
    source_namespace, _, source_name = repository.rpartition("/")
    ref: Manifest = {"kind": "HelmRepository", "name": source_name}
    if source_namespace:
        ref["namespace"] = source_namespace
    template = {"spec": {"chart": chart, "version": version, "interval": "15m", "sourceRef": ref}}
    spec: Manifest = {"interval": "15m", "timeout": "5m", "chart": template, **more}
    if depends_on:
        spec["dependsOn"] = [_dependency(each) for each in depends_on]
    return flux("helm.toolkit.fluxcd.io/v2", "HelmRelease", namespace, name, spec)


def image_repository(namespace: str, name: str, image: str) -> Manifest:
    """An ImageRepository."""
    spec = {"image": image, "interval": "5m", "provider": "generic", "exclusionList": ["^.*\\.sig$"]}
    return flux("image.toolkit.fluxcd.io/v1", "ImageRepository", namespace, name, spec)


def image_policy(namespace: str, name: str, range_: str) -> Manifest:
    """An ImagePolicy by semantic version, over the ImageRepository of the same name."""
    spec = {"imageRepositoryRef": {"name": name}, "policy": {"semver": {"range": range_}}}
    return flux("image.toolkit.fluxcd.io/v1", "ImagePolicy", namespace, name, spec)


def image_automation(namespace: str, name: str, source: str, path: str) -> Manifest:
    """An ImageUpdateAutomation that pushes to its own branch."""
    author = {"name": "fluxcdbot", "email": "fluxcdbot@acme.example"}
    spec = {
        "interval": "30m",
        "sourceRef": {"kind": "GitRepository", "name": source},
        "git": {
            "checkout": {"ref": {"branch": "main"}},
            "commit": {"author": author, "messageTemplate": "Update images\n\n{{ range .Changed.Changes }}…{{ end }}"},
            "push": {"branch": "main"},
        },
        "update": {"path": path, "strategy": "Setters"},
    }
    return flux("image.toolkit.fluxcd.io/v1", "ImageUpdateAutomation", namespace, name, spec)


def secret(namespace: str, name: str, values: dict[str, str]) -> Manifest:
    """A Secret."""
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {"name": name, "namespace": namespace},
        "data": data,
    }


def _dependency(text: str) -> Manifest:
    namespace, _, name = text.rpartition("/")
    return {"name": name, "namespace": namespace} if namespace else {"name": name}
