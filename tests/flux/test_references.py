from typing import Any

import pytest

from gyre.flux import references
from gyre.flux.references import links
from gyre.terms.naming import Reference

SOURCE = "source.toolkit.fluxcd.io"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
HELM = "helm.toolkit.fluxcd.io"
IMAGE = "image.toolkit.fluxcd.io"
NOTIFICATION = "notification.toolkit.fluxcd.io"
OPERATOR = "fluxcd.controlplane.io"


def document(kind: str, group: str = SOURCE, spec: object = None, **labels: str) -> dict[str, Any]:
    named = {key.replace("__", "/"): value for key, value in labels.items()}
    return {
        "apiVersion": f"{group}/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "prod", "labels": named},
        "spec": spec,
    }


SOURCES: list[tuple[str, str, object, Reference | None]] = [
    ("Kustomization", KUSTOMIZE, {"sourceRef": {"kind": "GitRepository", "name": "fleet"}},
     Reference("GitRepository", "fleet", "prod", SOURCE)),
    ("Kustomization", KUSTOMIZE, {"sourceRef": {"kind": "ExternalArtifact", "name": "a", "namespace": "x"}},
     Reference("ExternalArtifact", "a", "x", SOURCE)),
    ("HelmRelease", HELM, {"chartRef": {"kind": "OCIRepository", "name": "app", "namespace": "x"}},
     Reference("OCIRepository", "app", "x", SOURCE)),
    ("HelmRelease", HELM, {"chart": {"spec": {"sourceRef": {"name": "charts", "namespace": "x"}}}},
     Reference("HelmChart", "prod-web", "x", SOURCE)),
    ("HelmRelease", HELM, {"chart": {"spec": {"chart": "app", "sourceRef": {"name": "charts"}}}},
     Reference("HelmChart", "prod-web", "prod", SOURCE)),
    ("HelmChart", SOURCE, {"sourceRef": {"kind": "HelmRepository", "name": "charts"}},
     Reference("HelmRepository", "charts", "prod", SOURCE)),
    ("ImagePolicy", IMAGE, {"imageRepositoryRef": {"name": "app"}}, Reference("ImageRepository", "app", "prod", IMAGE)),
    ("ImageUpdateAutomation", IMAGE, {"sourceRef": {"name": "fleet"}},
     Reference("GitRepository", "fleet", "prod", SOURCE)),
    ("ArtifactGenerator", "source.extensions.fluxcd.io", {"sources": [{"kind": "Bucket", "name": "b"}]},
     Reference("Bucket", "b", "prod", SOURCE)),
    ("GitRepository", SOURCE, {"url": "https://example.com"}, None),
    ("Kustomization", KUSTOMIZE, {"sourceRef": "odd"}, None),
    ("Kustomization", KUSTOMIZE, None, None),
    ("HelmRelease", HELM, {}, None),
    ("HelmRelease", HELM, {"chartRef": {"name": 7}}, None),
    ("Widget", "example.com", {"sourceRef": {"kind": "GitRepository", "name": "x"}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "group", "spec", "expected"), SOURCES, ids=lambda value: str(value)[:40])
def test_where_the_content_of_an_object_comes_from(
    kind: str, group: str, spec: object, expected: Reference | None
) -> None:
    assert references.source(document(kind, group, spec)) == expected


def test_dependencies_are_of_the_own_kind_and_namespace_unless_they_say_another() -> None:
    waits = {"dependsOn": [{"name": "a"}, {"name": "b", "namespace": "x"}, {"name": 7}, "odd"]}
    assert references.depends_on(document("Kustomization", KUSTOMIZE, waits)) == (
        Reference("Kustomization", "a", "prod", KUSTOMIZE),
        Reference("Kustomization", "b", "x", KUSTOMIZE),
    )
    named = {
        "dependsOn": [
            {"apiVersion": "apps/v1", "kind": "Deployment", "name": "db"},
            {"apiVersion": "v1", "kind": "Pod", "name": "p"},
        ]
    }
    assert references.depends_on(document("ResourceSet", OPERATOR, named)) == (
        Reference("Deployment", "db", "prod", "apps"),
        Reference("Pod", "p", "prod", ""),
    )


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"},
         Reference("Kustomization", "apps", "flux-system", KUSTOMIZE)),
        ({"helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "prod"},
         Reference("HelmRelease", "web", "prod", HELM)),
        ({"resourceset.fluxcd.controlplane.io/name": "tenants", "resourceset.fluxcd.controlplane.io/namespace": "x"},
         Reference("ResourceSet", "tenants", "x", OPERATOR)),
        ({"fluxcd.controlplane.io/name": "flux", "fluxcd.controlplane.io/namespace": "flux-system"},
         Reference("FluxInstance", "flux", "flux-system", OPERATOR)),
        ({"team": "a"}, None),
        ({"kustomize.toolkit.fluxcd.io/name": 7}, None),
    ],
)  # fmt: skip
def test_who_applied_an_object_is_in_its_labels(labels: dict[str, str], expected: Reference | None) -> None:
    assert references.owner(document("Kustomization", KUSTOMIZE, **labels)) == expected


def test_an_external_artifact_belongs_to_what_it_was_generated_for() -> None:
    spec = {
        "sourceRef": {"apiVersion": "source.extensions.fluxcd.io/v1beta1", "kind": "ArtifactGenerator", "name": "g"}
    }
    assert references.owner(document("ExternalArtifact", SOURCE, spec)) == Reference(
        "ArtifactGenerator", "g", "prod", "source.extensions.fluxcd.io"
    )


def said(of: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (link.relation.value, f"{link.to.group}/{link.to.kind}/{link.to.namespace}/{link.to.name}")
        for link in links(of)
    ]


def test_an_alert_names_its_provider_and_what_it_listens_to() -> None:
    spec = {
        "providerRef": {"name": "slack"},
        "eventSources": [
            {"kind": "Kustomization", "name": "*"},
            {"kind": "HelmRelease", "name": "a", "namespace": "x"},
        ],
    }
    assert said(document("Alert", NOTIFICATION, spec)) == [
        ("provider", f"{NOTIFICATION}/Provider/prod/slack"),
        ("events", f"{KUSTOMIZE}/Kustomization/prod/*"),
        ("events", f"{HELM}/HelmRelease/x/a"),
    ]


def test_what_other_kinds_name() -> None:
    assert said(document("Receiver", NOTIFICATION, {"resources": [{"kind": "GitRepository", "name": "fleet"}]})) == [
        ("triggered", f"{SOURCE}/GitRepository/prod/fleet")
    ]
    assert said(document("GitRepository", SOURCE, {"include": [{"repository": {"name": "base"}}]})) == [
        ("included", f"{SOURCE}/GitRepository/prod/base")
    ]
    inputs = {
        "inputsFrom": [{"name": "tenants"}, {"kind": "ResourceSetInputProvider", "name": "more"}, {"selector": {}}]
    }
    assert said(document("ResourceSet", OPERATOR, inputs)) == [
        ("input", f"{OPERATOR}/ResourceSetInputProvider/prod/tenants"),
        ("input", f"{OPERATOR}/ResourceSetInputProvider/prod/more"),
    ]
    generator = {"sources": [{"kind": "Bucket", "name": "a"}, {"kind": "GitRepository", "name": "b"}]}
    assert said(document("ArtifactGenerator", "source.extensions.fluxcd.io", generator)) == [
        ("source", f"{SOURCE}/Bucket/prod/a"),
        ("source", f"{SOURCE}/GitRepository/prod/b"),
    ]


def test_a_reconciler_names_source_owner_and_dependencies_once_each() -> None:
    spec = {"sourceRef": {"kind": "GitRepository", "name": "fleet"}, "dependsOn": [{"name": "a"}, {"name": "a"}]}
    labels = {"kustomize.toolkit.fluxcd.io/name": "root", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    assert said(document("Kustomization", KUSTOMIZE, spec, **labels)) == [
        ("source", f"{SOURCE}/GitRepository/prod/fleet"),
        ("owner", f"{KUSTOMIZE}/Kustomization/flux-system/root"),
        ("dependency", f"{KUSTOMIZE}/Kustomization/prod/a"),
    ]


@pytest.mark.parametrize("odd", [None, 7, "x", [], {"eventSources": 7, "providerRef": "x"}, {"eventSources": [7, {}]}])
def test_odd_objects_name_nothing(odd: object) -> None:
    assert links(document("Alert", NOTIFICATION, odd)) == ()
