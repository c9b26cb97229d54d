"""The objects that a path in Git or a chart yields: Deployments with their Services and ConfigMaps.

Everything here is what somebody wrote and pushed; what runs of it is gyre.demo.life's.
"""

from dataclasses import dataclass

from gyre.demo.resources import Manifest

USUAL_SETTINGS = {"LOG_LEVEL": "info", "LOG_FORMAT": "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One deployed program, from which its manifests follow."""

    name: str
    image: str
    replicas: int = 1
    port: int = 8080
    settings: dict[str, str] | None = None


def manifests(app: App, namespace: str) -> tuple[Manifest, ...]:
    """ConfigMap (when there are settings), Service and Deployment of an app, as they are applied."""
    labels = {"app.kubernetes.io/name": app.name}
    settings = () if app.settings is None else (config_map(f"{app.name}-config", namespace, app.settings),)
    return (*settings, _service(app, namespace, labels), _deployment(app, namespace, labels))


def config_map(name: str, namespace: str, data: dict[str, str]) -> Manifest:
    """A ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": dict(data),
    }


def service_account(name: str, namespace: str) -> Manifest:
    """A ServiceAccount."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}


def _service(app: App, namespace: str, labels: dict[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": app.name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "type": "ClusterIP",
            "selector": dict(labels),
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": app.port}],
        },
    }


def _deployment(app: App, namespace: str, labels: dict[str, str]) -> Manifest:
    container: Manifest = {
        "name": app.name,
        "image": app.image,
        "ports": [{"containerPort": app.port, "name": "http", "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": app.port}, "periodSeconds": 10},
    }
    if app.settings is not None:
        container["envFrom"] = [{"configMapRef": {"name": f"{app.name}-config"}}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": app.name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "replicas": app.replicas,
            "selector": {"matchLabels": dict(labels)},
            "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": [container]}},
        },
    }
