"""A CustomResourceDefinition makes the store serve its kind, check its objects, and forget both again."""

from typing import Any

import pytest

from gyre.clock import SystemClock
from gyre.demo.builtin_kinds import NAMESPACE
from gyre.demo.crds import definitions
from gyre.demo.definitions import DEFINITION, serve_builtins
from gyre.demo.refusals import Refusal
from gyre.demo.store import Store


@pytest.fixture
def store() -> Store:
    store = Store(SystemClock())
    serve_builtins(store)
    store.create(NAMESPACE, "", {"metadata": {"name": "prod"}})
    for manifest in definitions():
        store.create(DEFINITION, "", manifest)
    return store


def kustomization(**spec: Any) -> dict[str, Any]:
    source = {"kind": "GitRepository", "name": "apps"}
    return {"metadata": {"name": "apps"}, "spec": {"interval": "5m", "prune": True, "sourceRef": source, **spec}}


def test_every_flux_kind_is_served_with_its_columns_and_names(store: Store) -> None:
    served = {resource.kind: resource for resource in store.resources if resource.custom}
    assert len(served) == 19
    assert [column.name for column in served["Kustomization"].columns] == ["Age", "Ready", "Status"]
    assert served["ImageUpdateAutomation"].short_names == ("iua", "imgupd", "imgauto")
    assert [kind for kind, resource in served.items() if not resource.has_status] == ["Alert", "Provider"]


def test_an_object_is_checked_by_the_schema_and_every_fault_has_its_path(store: Store) -> None:
    resource = store.resources.named("Kustomization")
    with pytest.raises(Refusal) as refused:
        store.create(resource, "prod", kustomization(interval=5, prune=None, sourceRef={"kind": "Pod", "name": "x"}))
    status = refused.value.status()
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert status["message"].startswith('Kustomization.kustomize.toolkit.fluxcd.io "apps" is invalid: [')
    assert {(cause["field"], cause["reason"]) for cause in status["details"]["causes"]} == {
        ("spec.interval", "FieldValueTypeInvalid"),
        ("spec.prune", "FieldValueRequired"),
        ("spec.sourceRef.kind", "FieldValueNotSupported"),
    }
    assert store.list(resource) == []


def test_unknown_fields_are_dropped(store: Store) -> None:
    resource = store.resources.named("Kustomization")
    held = store.create(resource, "prod", kustomization(mystery=1))
    assert "mystery" not in held.read()["spec"]


def test_a_kind_goes_with_its_definition_and_takes_its_objects(store: Store) -> None:
    resource = store.resources.named("Kustomization")
    store.create(resource, "prod", kustomization())
    store.delete(DEFINITION, "", resource.qualified)
    assert store.resources.at(resource.group, resource.version, resource.plural) is None
    store.create(DEFINITION, "", next(each for each in definitions() if each["metadata"]["name"] == resource.qualified))
    assert store.list(store.resources.named("Kustomization")) == []


def test_a_definition_under_another_name_than_its_own_is_refused(store: Store) -> None:
    manifest = definitions()[0]
    manifest["metadata"]["name"] = "others.example.com"
    with pytest.raises(Refusal) as refused:
        store.create(DEFINITION, "", manifest)
    assert refused.value.code == 422
    assert 'must be spec.names.plural+"."+spec.group' in refused.value.message
