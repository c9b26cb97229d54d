"""How one kind's names, columns and schema become a CustomResourceDefinition."""

from dataclasses import dataclass

from gyre.demo.crds.shapes import Json


@dataclass(frozen=True, slots=True)
class Column:
    """One column that `kubectl get` prints."""

    name: str
    path: str
    type: str = "string"


AGE = Column("Age", ".metadata.creationTimestamp", "date")
READY = Column("Ready", '.status.conditions[?(@.type=="Ready")].status')
MESSAGE = Column("Status", '.status.conditions[?(@.type=="Ready")].message')


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One kind. Without `status` it has no status subresource, as Alert and Provider."""

    group: str
    version: str
    kind: str
    plural: str
    spec: Json
    status: Json | None
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ("all", "fluxcd")
    columns: tuple[Column, ...] = (AGE, READY, MESSAGE)

    @property
    def name(self) -> str:
        """`kustomizations.kustomize.toolkit.fluxcd.io`."""
        return f"{self.plural}.{self.group}"


def definition(described: Definition) -> Json:
    """The manifest of apiextensions.k8s.io/v1."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": described.name,
            "labels": {"app.kubernetes.io/instance": "flux-system", "app.kubernetes.io/part-of": "flux"},
        },
        "spec": {
            "group": described.group,
            "scope": "Namespaced",
            "names": _names(described),
            "versions": [_version(described)],
        },
    }


def _names(described: Definition) -> Json:
    names: Json = {
        "kind": described.kind,
        "listKind": f"{described.kind}List",
        "plural": described.plural,
        "singular": described.kind.lower(),
        "categories": list(described.categories),
    }
    if described.short_names:
        names["shortNames"] = list(described.short_names)
    return names


def _version(described: Definition) -> Json:
    properties: Json = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": described.spec,
    }
    if described.status is not None:
        properties["status"] = described.status
    schema: Json = {"type": "object", "properties": properties, "required": ["spec"]}
    return {
        "name": described.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {} if described.status is None else {"status": {}},
        "additionalPrinterColumns": [
            {"name": column.name, "type": column.type, "jsonPath": column.path} for column in described.columns
        ],
    }
