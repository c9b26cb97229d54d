"""The custom kinds that the contract suite defines for itself, and objects of them."""

from typing import Any
from uuid import uuid4

Json = dict[str, Any]
GROUP = f"c{uuid4().hex[:8]}.contract.gyre.dev"
VERSION = f"{GROUP}/v1"
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}

SPEC: Json = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 10},
        "color": {"type": "string", "enum": ["blue", "green", "red"]},
        "interval": {"type": "string", "pattern": "^[0-9]+(s|m|h)$"},
        "title": {"type": "string", "minLength": 2, "maxLength": 8},
        "replicas": {"type": "integer", "default": 1},
        "suspend": {"type": "boolean"},
        "tags": {"type": "array", "items": TEXT, "maxItems": 3},
        "values": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "settings": {"type": "object", "additionalProperties": TEXT},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": TEXT, "count": WHOLE, "kind": {"type": "string", "default": "plain"}},
            },
        },
    },
}
STATUS: Json = {
    "type": "object",
    "properties": {
        "phase": TEXT,
        "observedGeneration": WHOLE,
        "conditions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "status"],
                "properties": {"type": TEXT, "status": TEXT, "message": TEXT},
            },
        },
    },
}
COLUMNS = [
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size", "description": "How large it is."},
    {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
    {"name": "Color", "type": "string", "jsonPath": ".spec.color", "priority": 1},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
]


def definition(plural: str, kind: str, *, status: bool = True, short: str = "", **version: Any) -> Json:
    """A CustomResourceDefinition in the suite's own group."""
    properties = {"spec": SPEC, "status": STATUS}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": names | ({"shortNames": [short]} if short else {}),
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
                    "subresources": {"status": {}} if status else {},
                    **version,
                }
            ],
        },
    }


WIDGETS = definition(
    "widgets", "Widget", short="wdg", additionalPrinterColumns=COLUMNS, selectableFields=[{"jsonPath": ".spec.color"}]
)
GADGETS = definition("gadgets", "Gadget", status=False)  # without a status subresource, as Alert and Provider


def widget(name: str, *, labels: Json | None = None, metadata: Json | None = None, **spec: Any) -> Json:
    return {
        "apiVersion": VERSION,
        "kind": "Widget",
        "metadata": {"name": name, **({"labels": labels} if labels else {}), **(metadata or {})},
        "spec": {"size": 3, **spec},
    }


def config_map(name: str, *, labels: Json | None = None, metadata: Json | None = None, **data: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **({"labels": labels} if labels else {}), **(metadata or {})},
        "data": data,
    }


def deployment(name: str, image: str = "web:1") -> Json:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": image}, {"name": "side", "image": "side:1"}]},
            },
        },
    }


def event(name: str, namespace: str, *, about: str, type_: str = "Normal", reason: str = "Done") -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": {
            "apiVersion": VERSION,
            "kind": "Widget",
            "namespace": namespace,
            "name": about,
            "uid": "u-1",
        },
        "type": type_,
        "reason": reason,
        "message": f"{reason} with {about}",
        "source": {"component": "contract"},
        "firstTimestamp": "2026-01-31T12:00:00Z",
        "lastTimestamp": "2026-01-31T12:05:00Z",
        "count": 2,
    }
