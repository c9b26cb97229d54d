"""What goes with an object, by what its spec says."""

from typing import Any

import pytest

from gyre.flux.inventory import Entry, plural_of
from gyre.flux.kinds import by_name
from gyre.flux.pruning import removed_with

APPLIED = {"entries": [{"id": "shop_web_apps_Deployment", "v": "v1"}]}
WEB = ("Deployment", "shop", "web")
CHART = {
    "chart": {"spec": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "x", "namespace": "charts"}}}
}
DISABLED = {"fluxcd.controlplane.io/reconcile": "disabled"}


def removed(
    kind: str, spec: dict[str, Any], annotations: dict[str, str] | None = None, inventory: object = APPLIED
) -> Any:
    known = by_name(kind)
    assert known is not None
    document: dict[str, object] = {
        "metadata": {"name": "apps", "namespace": "shop", "annotations": annotations or {}},
        "spec": spec,
        "status": {"inventory": inventory},
    }
    return [(entry.kind, entry.namespace, entry.name) for entry in removed_with(known.kind, document).entries]


@pytest.mark.parametrize(
    ("spec", "goes"),
    [
        ({"prune": True}, True),
        ({"prune": False}, False),
        ({}, False),
        ({"prune": True, "suspend": True}, False),
        ({"prune": True, "deletionPolicy": "Orphan"}, False),
        ({"prune": True, "deletionPolicy": "MirrorPrune"}, True),
        ({"prune": False, "deletionPolicy": "Delete"}, True),
        ({"prune": False, "deletionPolicy": "WaitForTermination"}, True),
        ({"prune": False, "deletionPolicy": "Delete", "suspend": True}, False),
    ],
)
def test_a_kustomization_takes_along_what_it_prunes(spec: dict[str, Any], goes: bool) -> None:  # a column
    assert removed("ks", spec) == ([WEB] if goes else [])


def test_a_release_takes_along_its_objects_and_the_chart_made_for_it() -> None:
    assert removed("hr", CHART) == [WEB, ("HelmChart", "charts", "shop-apps")]
    assert removed("hr", {"chartRef": {"kind": "OCIRepository", "name": "x"}}) == [WEB]
    assert removed("hr", {**CHART, "suspend": True}) == []


def test_what_the_operator_and_the_generator_made_goes_unless_they_are_switched_off() -> None:
    assert removed("rset", {}) == removed("fluxinstance", {}) == [WEB]
    assert removed("rset", {}, DISABLED) == []
    assert removed("ag", {}, inventory=[{"name": "part", "namespace": "shop"}]) == [
        ("ExternalArtifact", "shop", "part")
    ]


@pytest.mark.parametrize("kind", ["gitrepo", "hc", "provider", "receiver", "imgpol"])
def test_other_kinds_take_nothing_along(kind: str) -> None:
    assert removed(kind, {"prune": True}) == []


@pytest.mark.parametrize(
    ("group", "kind", "plural"),
    [
        ("apps", "Deployment", "deployments"),
        ("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
        ("networking.k8s.io", "Ingress", "ingresses"),
        ("", "Endpoints", "endpoints"),
        ("networking.k8s.io", "IngressClass", "ingressclasses"),
        ("source.toolkit.fluxcd.io", "GitRepository", "gitrepositories"),
    ],
)
def test_plurals_are_those_that_policies_name(group: str, kind: str, plural: str) -> None:
    assert plural_of(Entry(group=group, kind=kind, version="", namespace="", name="x")) == plural
