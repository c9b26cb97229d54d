import pytest

from gyre.flux.kinds import GROUPS, KINDS, ByAnnotation, BySpec, FluxKind, by_kind, by_name, near
from gyre.terms.naming import Kind


def test_gyre_knows_nineteen_kinds_of_seven_groups() -> None:
    assert len(KINDS) == 19
    assert GROUPS == (
        "source.toolkit.fluxcd.io",
        "source.extensions.fluxcd.io",
        "kustomize.toolkit.fluxcd.io",
        "helm.toolkit.fluxcd.io",
        "image.toolkit.fluxcd.io",
        "notification.toolkit.fluxcd.io",
        "fluxcd.controlplane.io",
    )


def test_no_two_kinds_share_a_name() -> None:
    names = [name for known in KINDS for name in known.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("known", KINDS, ids=lambda known: known.kind.name)
def test_a_kind_answers_to_all_its_names_in_any_case(known: FluxKind) -> None:
    for name in (known.kind.name, *known.names):
        assert by_name(name) is known
        assert by_name(name.upper()) is known
    assert by_kind(known.kind.group, known.kind.name) is known


def test_short_names_are_those_of_the_custom_resources() -> None:
    assert {known.kind.name: known.short_names for known in KINDS if known.short_names} == {
        "GitRepository": ("gitrepo",),
        "OCIRepository": ("ocirepo",),
        "HelmRepository": ("helmrepo",),
        "HelmChart": ("hc",),
        "ExternalArtifact": ("ea",),
        "ArtifactGenerator": ("ag",),
        "Kustomization": ("ks",),
        "HelmRelease": ("hr",),
        "ImageRepository": ("imgrepo", "imagerepo"),
        "ImagePolicy": ("imgpol", "imagepol"),
        "ImageUpdateAutomation": ("iua", "imgupd", "imgauto"),
        "ResourceSet": ("rset",),
        "ResourceSetInputProvider": ("rsip",),
    }


@pytest.mark.parametrize("text", ["__proto__", "constructor", "toString", "", " ks", "k" * 1_000_000, "ks\0", "İ"])
def test_what_is_no_kind_is_just_unknown(text: str) -> None:
    assert by_name(text) is None


def test_near_names_are_offered_for_a_mistyped_kind() -> None:
    assert near("kustomisation") == ("kustomizations",)
    assert near("HelmRelase") == ("helmreleases", "helmrepositories", "helmcharts")
    assert near("__proto__") == ()
    assert near("k" * 1_000_000) == ()


def test_near_names_include_kinds_only_clusters_know() -> None:
    assert near("widgit", others=[Kind("example.com", "Widget", "widgets")]) == ("widgets",)


def test_who_can_be_suspended_and_how() -> None:
    by_annotation = {
        known.kind.name: (known.suspension.key, known.suspension.value)
        for known in KINDS
        if isinstance(known.suspension, ByAnnotation)
    }
    operator = ("fluxcd.controlplane.io/reconcile", "disabled")
    assert by_annotation == {
        "ArtifactGenerator": ("source.extensions.fluxcd.io/reconcile", "Disabled"),
        "FluxInstance": operator,
        "ResourceSet": operator,
        "ResourceSetInputProvider": operator,
    }
    assert {known.kind.name for known in KINDS if known.suspension is None} == {"ExternalArtifact", "FluxReport"}
    assert sum(known.suspension is BySpec.SPEC for known in KINDS) == 13
