import pytest

from gyre.flux.inventory import Entry, entries, parse_id


@pytest.mark.parametrize(
    ("written", "namespace", "name", "group", "kind"),
    [
        ("default_web__Service", "default", "web", "", "Service"),
        ("prod_web_apps_Deployment", "prod", "web", "apps", "Deployment"),
        ("_prod__Namespace", "", "prod", "", "Namespace"),
        ("_crds.example.com_apiextensions.k8s.io_CustomResourceDefinition",
         "", "crds.example.com", "apiextensions.k8s.io", "CustomResourceDefinition"),
        ("_system__controller__node_rbac.authorization.k8s.io_ClusterRole",
         "", "system:controller:node", "rbac.authorization.k8s.io", "ClusterRole"),
        ("kube-system_system__leader_rbac.authorization.k8s.io_Role",
         "kube-system", "system:leader", "rbac.authorization.k8s.io", "Role"),
    ],
)  # fmt: skip
def test_an_id_is_read_from_both_ends(written: str, namespace: str, name: str, group: str, kind: str) -> None:
    assert parse_id(written, "v1") == Entry(namespace=namespace, name=name, group=group, kind=kind, version="v1")


@pytest.mark.parametrize(
    "written", ["", "_", "__", "a_b_c", "default___", "default__apps_Deployment", "prod_web_apps_"]
)
def test_what_is_no_id_is_none(written: str) -> None:
    assert parse_id(written) is None


def test_an_inventory_is_listed_in_its_own_order_without_what_cannot_be_read() -> None:
    listed = [{"id": "a_x__Service", "v": "v1"}, {"id": "odd"}, {"id": 7}, "odd", {"id": "a_w_apps_Deployment"}]
    assert [
        (entry.kind, entry.name, entry.version) for entry in entries({"status": {"inventory": {"entries": listed}}})
    ] == [
        ("Service", "x", "v1"),
        ("Deployment", "w", ""),
    ]


def test_an_artifact_generator_lists_its_artifacts() -> None:
    listed = [{"name": "app", "namespace": "prod", "digest": "sha256:1", "filename": "1.tar.gz"}, {"namespace": "x"}]
    assert entries({"status": {"inventory": listed}}) == (
        Entry(group="source.toolkit.fluxcd.io", kind="ExternalArtifact", version="", namespace="prod", name="app"),
    )


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"entries": 7}, {"entries": {"id": "a_b__C"}}])
def test_an_odd_inventory_is_empty(odd: object) -> None:
    assert entries({"status": {"inventory": odd}}) == ()
