"""What an API server fills in and refuses for the built-in kinds, as far as clients notice.

What holds for every kind: gyre.demo.metadata. Custom kinds have their schemas.
"""

import base64
import binascii
import hashlib
from typing import Any

from gyre.demo.causes import Cause, invalid_value, required
from gyre.demo.resources import Manifest

NAME_LABEL = "kubernetes.io/metadata.name"


def mapping(value: Any) -> Manifest:
    """The value when it is an object, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Manifest]:
    """The objects of a list, and nothing else of it."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def prepare_namespace(manifest: Manifest, was: Manifest | None) -> None:
    """A namespace carries its own name as a label, and a phase."""
    labels = mapping(manifest["metadata"].get("labels"))
    manifest["metadata"]["labels"] = {**labels, NAME_LABEL: manifest["metadata"].get("name", "")}
    if was is None:
        manifest["spec"] = {"finalizers": ["kubernetes"]}
        manifest["status"] = {"phase": "Active"}
    else:
        manifest["spec"] = was.get("spec", {})


def prepare_secret(manifest: Manifest, _was: Manifest | None) -> None:
    """`stringData` is written into `data`."""
    manifest.setdefault("type", "Opaque")
    plain = manifest.pop("stringData", None)
    if isinstance(plain, dict):
        encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
        manifest["data"] = {**mapping(manifest.get("data")), **encoded}


def check_secret(manifest: Manifest, was: Manifest | None) -> list[Cause]:
    """Values are base64; the type stays."""
    causes = []
    for key, value in mapping(manifest.get("data")).items():
        try:
            base64.b64decode(value or "", validate=True)
        except (binascii.Error, TypeError, ValueError):
            causes.append(invalid_value(f"data[{key}]", "<secret contents redacted>", "must be base64"))
    if was is not None and manifest.get("type") != was.get("type"):
        causes.append(invalid_value("type", manifest.get("type"), "field is immutable"))
    return causes


def prepare_deployment(manifest: Manifest, _was: Manifest | None) -> None:
    """One replica, rolled out gently, unless said otherwise."""
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        return
    if spec.get("replicas") is None:
        spec["replicas"] = 1
    if not spec.get("strategy"):
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
    for key, usual in (("revisionHistoryLimit", 10), ("progressDeadlineSeconds", 600)):
        spec.setdefault(key, usual)
    _prepare_pod_spec(mapping(mapping(spec.get("template")).get("spec")))


def prepare_replica_set(manifest: Manifest, _was: Manifest | None) -> None:
    """One replica unless said otherwise."""
    spec = mapping(manifest.get("spec"))
    if spec and spec.get("replicas") is None:
        spec["replicas"] = 1
    _prepare_pod_spec(mapping(mapping(spec.get("template")).get("spec")))


def prepare_pod(manifest: Manifest, was: Manifest | None) -> None:
    """A new Pod is pending."""
    _prepare_pod_spec(mapping(manifest.get("spec")))
    if was is None:
        manifest.setdefault("status", {"phase": "Pending", "qosClass": "BestEffort"})


def prepare_service(manifest: Manifest, was: Manifest | None) -> None:
    """A cluster address, kept for good; ports over TCP."""
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        return
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    before = mapping((was or {}).get("spec")).get("clusterIP")
    if not spec.get("clusterIP") and spec["type"] != "ExternalName":
        spec["clusterIP"] = before or _address(manifest["metadata"])
    for port in mappings(spec.get("ports")):
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))


def check_workload(manifest: Manifest, was: Manifest | None) -> list[Cause]:
    """A workload selects the Pods it makes, and always the same."""
    spec = mapping(manifest.get("spec"))
    selector, template = spec.get("selector"), mapping(spec.get("template"))
    if not isinstance(selector, dict) or not selector:
        return [required("spec.selector")]
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    wanted = mapping(selector.get("matchLabels"))
    causes = []
    if any(labels.get(key) != value for key, value in wanted.items()):
        causes.append(
            invalid_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
        )
    if was is not None and selector != mapping(was.get("spec")).get("selector"):
        causes.append(invalid_value("spec.selector", selector, "field is immutable"))
    return [*causes, *_check_containers(mapping(template.get("spec")), "spec.template.spec.containers")]


def check_pod(manifest: Manifest, _was: Manifest | None) -> list[Cause]:
    """A Pod has containers, each with a name and an image."""
    return _check_containers(mapping(manifest.get("spec")), "spec.containers")


def _check_containers(spec: Manifest, path: str) -> list[Cause]:
    containers = spec.get("containers")
    if not isinstance(containers, list) or not containers:
        return [required(path)]
    return [
        required(f"{path}[{index}].{key}")
        for index, container in enumerate(containers)
        for key in ("name", "image")
        if not mapping(container).get(key)
    ]


def _prepare_pod_spec(spec: Manifest) -> None:
    if not spec:
        return
    usual = {"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30}
    for key, value in usual.items():
        spec.setdefault(key, value)
    for container in mappings(spec.get("containers")):
        latest = ":" not in str(container.get("image", "")).rpartition("/")[2]
        container.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")


def _address(metadata: Manifest) -> str:
    digest = hashlib.sha256(str(metadata.get("uid", "")).encode()).digest()
    return f"10.96.{digest[0]}.{digest[1] % 254 + 1}"
