"""The 19 definitions are what a real API server would take, and name the kinds as Flux does."""

from collections.abc import Iterator

import pytest

from gyre.demo.crds import DEFINITIONS, Definition, definition, definitions
from gyre.demo.crds.shapes import Json

NAMES = {
    "alerts.notification.toolkit.fluxcd.io": ("v1beta3", "Alert", ()),
    "artifactgenerators.source.extensions.fluxcd.io": ("v1beta1", "ArtifactGenerator", ("ag",)),
    "buckets.source.toolkit.fluxcd.io": ("v1", "Bucket", ()),
    "externalartifacts.source.toolkit.fluxcd.io": ("v1", "ExternalArtifact", ("ea",)),
    "fluxinstances.fluxcd.controlplane.io": ("v1", "FluxInstance", ()),
    "fluxreports.fluxcd.controlplane.io": ("v1", "FluxReport", ()),
    "gitrepositories.source.toolkit.fluxcd.io": ("v1", "GitRepository", ("gitrepo",)),
    "helmcharts.source.toolkit.fluxcd.io": ("v1", "HelmChart", ("hc",)),
    "helmreleases.helm.toolkit.fluxcd.io": ("v2", "HelmRelease", ("hr",)),
    "helmrepositories.source.toolkit.fluxcd.io": ("v1", "HelmRepository", ("helmrepo",)),
    "imagepolicies.image.toolkit.fluxcd.io": ("v1", "ImagePolicy", ("imgpol", "imagepol")),
    "imagerepositories.image.toolkit.fluxcd.io": ("v1", "ImageRepository", ("imgrepo", "imagerepo")),
    "imageupdateautomations.image.toolkit.fluxcd.io": ("v1", "ImageUpdateAutomation", ("iua", "imgupd", "imgauto")),
    "kustomizations.kustomize.toolkit.fluxcd.io": ("v1", "Kustomization", ("ks",)),
    "ocirepositories.source.toolkit.fluxcd.io": ("v1", "OCIRepository", ("ocirepo",)),
    "providers.notification.toolkit.fluxcd.io": ("v1beta3", "Provider", ()),
    "receivers.notification.toolkit.fluxcd.io": ("v1", "Receiver", ()),
    "resourcesetinputproviders.fluxcd.controlplane.io": ("v1", "ResourceSetInputProvider", ("rsip",)),
    "resourcesets.fluxcd.controlplane.io": ("v1", "ResourceSet", ("rset",)),
}
NO_GENERATION_IN_STATUS = {
    "ArtifactGenerator",
    "ExternalArtifact",
    "FluxInstance",
    "FluxReport",
    "ResourceSet",
    "ResourceSetInputProvider",
}


def test_the_nineteen_kinds_have_the_names_and_versions_of_flux() -> None:
    found = {each.name: (each.version, each.kind, each.short_names) for each in DEFINITIONS}
    assert found == NAMES


def test_all_carry_the_label_by_which_unknown_kinds_are_found() -> None:
    for manifest in definitions():
        assert manifest["metadata"]["labels"]["app.kubernetes.io/part-of"] == "flux"
        assert manifest["spec"]["scope"] == "Namespaced"


def test_only_alert_and_provider_have_no_status_subresource() -> None:
    without = {
        each["spec"]["names"]["kind"] for each in definitions() if not each["spec"]["versions"][0]["subresources"]
    }
    assert without == {"Alert", "Provider"}


def test_operator_kinds_and_artifacts_keep_no_observed_generation() -> None:
    without = {
        each.kind for each in DEFINITIONS if each.status and "observedGeneration" not in each.status["properties"]
    }
    assert without == NO_GENERATION_IN_STATUS


def test_every_kind_but_alert_and_provider_prints_ready_and_its_message() -> None:
    for each in DEFINITIONS:
        printed = {column.name for column in each.columns}
        assert {"Ready", "Status"} <= printed or each.status is None
        assert "Age" in printed


def test_artifact_generator_has_no_field_to_suspend_it_by() -> None:
    found = next(each for each in DEFINITIONS if each.kind == "ArtifactGenerator")
    assert "suspend" not in found.spec["properties"]
    assert "x-kubernetes-preserve-unknown-fields" not in found.spec


@pytest.mark.parametrize("each", DEFINITIONS, ids=lambda each: each.kind)
def test_every_schema_is_structural(each: Definition) -> None:
    root = definition(each)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert list(_not_structural(root, "")) == []


def _not_structural(schema: Json, path: str) -> Iterator[str]:
    """Paths whose schema an API server would refuse: no type, required fields that are not described, bad defaults."""
    if "type" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        yield f"{path}: no type"
    if schema.get("type") == "array" and "items" not in schema:
        yield f"{path}: no items"
    if "properties" in schema and "additionalProperties" in schema:
        yield f"{path}: both properties and additionalProperties"
    described = schema.get("properties", {})
    yield from (f"{path}: requires {name}" for name in schema.get("required", ()) if name not in described)
    if "enum" in schema and schema.get("default", schema["enum"][0]) not in schema["enum"]:
        yield f"{path}: the default is none of the values"
    for name, inner in described.items():
        yield from _not_structural(inner, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if name in schema:
            yield from _not_structural(schema[name], f"{path}.{name}")
