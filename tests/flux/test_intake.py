import tracemalloc

import orjson
import pytest

from gyre.errors import Invalid
from gyre.flux.intake import take
from gyre.terms.naming import ClusterName, Kind, Reference
from gyre.terms.rows import Label, Row, Suspension, Word

CLUSTER = ClusterName("default")
KUSTOMIZATION = Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations")
WIDGET = Kind("example.com", "Widget", "widgets")

APPS = {
    "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    "kind": "Kustomization",
    "metadata": {
        "name": "apps",
        "namespace": "prod",
        "uid": "u-1",
        "resourceVersion": "17",
        "generation": 3,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {
            "team": "a",
            "kustomize.toolkit.fluxcd.io/name": "flux-system",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        },
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"spec": {}}'},
        "managedFields": [{"manager": "kubectl"}],
    },
    "spec": {
        "path": "./apps",
        "sourceRef": {"kind": "GitRepository", "name": "fleet", "namespace": "flux-system"},
        "dependsOn": [{"name": "infra"}, {"name": "crds", "namespace": "flux-system"}],
    },
    "status": {
        "observedGeneration": 3,
        "lastAppliedRevision": "main@sha1:abc",
        "history": [{"lastReconciled": "2026-01-03T00:00:00Z"}],
        "conditions": [
            {
                "type": "Ready",
                "status": "True",
                "reason": "ReconciliationSucceeded",
                "message": "Applied revision: main@sha1:abc",
                "lastTransitionTime": "2026-01-02T00:00:00Z",
                "observedGeneration": 3,
            }
        ],
    },
}


def noted(spec: dict[str, object], notes: dict[str, str]) -> Suspension | None:
    metadata = {"name": "apps", "annotations": {f"gyre.dev/suspended-{key}": value for key, value in notes.items()}}
    return take(CLUSTER, KUSTOMIZATION, "v1", orjson.dumps({"metadata": metadata, "spec": spec})).row.suspension


def test_who_suspended_an_object_is_in_its_row_while_it_is_suspended() -> None:
    notes = {"by": "ada", "reason": "a move", "at": "2026-01-31T12:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert noted({"suspend": True}, notes) == Suspension(
        by="ada", reason="a move", since="2026-01-31T12:00:00Z", until="2026-02-01T00:00:00Z"
    )
    assert noted({}, notes) is None
    assert noted({"suspend": True}, {}) is None
    assert noted({"suspend": True}, {"until": "some day"}) is None


def test_a_row_says_all_a_list_needs() -> None:
    group = "kustomize.toolkit.fluxcd.io"
    assert take(CLUSTER, KUSTOMIZATION, "v1", orjson.dumps(APPS)).row == Row(
        cluster=CLUSTER,
        group=group,
        kind="Kustomization",
        plural="kustomizations",
        version="v1",
        namespace="prod",
        name="apps",
        uid="u-1",
        resource_version="17",
        generation=3,
        status=Word.READY,
        reason="ReconciliationSucceeded",
        message="Applied revision: main@sha1:abc",
        suspended=False,
        revision="main@sha1:abc",
        created_at="2026-01-01T00:00:00Z",
        changed_at="2026-01-02T00:00:00Z",
        reconciled_at="2026-01-03T00:00:00Z",
        labels=(
            Label("kustomize.toolkit.fluxcd.io/name", "flux-system"),
            Label("kustomize.toolkit.fluxcd.io/namespace", "flux-system"),
            Label("team", "a"),
        ),
        source=Reference("GitRepository", "fleet", "flux-system", "source.toolkit.fluxcd.io"),
        depends_on=(
            Reference("Kustomization", "infra", "prod", group),
            Reference("Kustomization", "crds", "flux-system", group),
        ),
        owner=Reference("Kustomization", "flux-system", "flux-system", group),
    )


def test_what_only_machines_read_is_not_kept() -> None:
    body = orjson.loads(take(CLUSTER, KUSTOMIZATION, "v1", orjson.dumps(APPS)).body)
    assert sorted(body["metadata"]) == [
        "creationTimestamp",
        "generation",
        "labels",
        "name",
        "namespace",
        "resourceVersion",
        "uid",
    ]
    assert {key: body[key] for key in ("spec", "status")} == {key: APPS[key] for key in ("spec", "status")}


def test_other_annotations_stay() -> None:
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "example.com/note": "hi"}
    raw = orjson.dumps({"metadata": {"name": "x", "annotations": annotations}})
    body = orjson.loads(take(CLUSTER, KUSTOMIZATION, "v1", raw).body)
    assert body["metadata"]["annotations"] == {"example.com/note": "hi"}


def test_an_item_of_a_list_gets_back_the_kind_that_lists_leave_out() -> None:
    body = orjson.loads(take(CLUSTER, KUSTOMIZATION, "v1", b'{"metadata": {"name": "x"}}').body)
    assert body["apiVersion"] == "kustomize.toolkit.fluxcd.io/v1"
    assert body["kind"] == "Kustomization"


ODD_VALUES: tuple[object, ...] = (None, [], {}, "text", 7, 1.5, True, [None, 1, "x", [], {}], {"a": None})


@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
@pytest.mark.parametrize("field", ["spec", "status", "labels", "annotations", "generation", "conditions", "history"])
def test_an_odd_object_is_listed_from_its_name(field: str, odd: object) -> None:
    document: dict[str, object] = {"metadata": {"name": "odd", "namespace": "prod", "uid": "u-2"}}
    if field in ("spec", "status"):
        document[field] = odd
    elif field in ("conditions", "history"):
        document["status"] = {field: odd}
    else:
        document["metadata"] = {"name": "odd", "namespace": "prod", "uid": "u-2", field: odd}
    row = take(CLUSTER, WIDGET, "v1", orjson.dumps(document)).row
    assert (row.name, row.namespace, row.uid, row.kind, row.status) == ("odd", "prod", "u-2", "Widget", Word.UNKNOWN)


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"null", b"{", b"\xff", b"{}", b'{"metadata": {"name": ""}}'])
def test_what_has_no_name_is_no_object(raw: bytes) -> None:
    with pytest.raises(Invalid):
        take(CLUSTER, WIDGET, "v1", raw)


@pytest.mark.parametrize("depth", [200, 300, 600, 1000])
def test_an_object_nested_beyond_measure_keeps_at_least_its_identity(depth: int) -> None:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    raw = b'{"metadata": {"name": "deep", "namespace": "prod"}, "spec": ' + nested + b"}"
    taken = take(CLUSTER, WIDGET, "v1", raw)
    assert (taken.row.name, taken.row.namespace) == ("deep", "prod")
    assert orjson.loads(taken.body)["metadata"]["name"] == "deep"


@pytest.mark.parametrize(
    ("status", "moment"),
    [
        ({"history": [{"lastReconciled": "2026-01-01T00:00:00Z"}]}, "2026-01-01T00:00:00Z"),
        ({"artifact": {"lastUpdateTime": "2026-01-01T00:00:00Z"}}, "2026-01-01T00:00:00Z"),
        ({"lastScanResult": {"scanTime": "2026-01-01T00:00:00Z"}}, "2026-01-01T00:00:00Z"),
        ({"lastAutomationRunTime": "2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z"),
        ({"lastHandledReconcileAt": "2026-01-01T02:00:00.5+02:00"}, "2026-01-01T00:00:00.500000Z"),
        ({"lastHandledReconcileAt": "1767225600"}, None),
        ({"history": [{"lastDeployed": "2026-01-01T00:00:00Z"}]}, "2026-01-01T00:00:00Z"),
        ({"history": [{"lastDeployed": "2026-01-01T00:00:00Z"}], "lastHandledReconcileAt": "2026-01-01T00:00:00.5Z"},
         "2026-01-01T00:00:00.5Z"),
        ({"history": [{"lastDeployed": "2026-01-02T00:00:00Z"}], "lastHandledReconcileAt": "2026-01-01T00:00:00Z"},
         "2026-01-02T00:00:00Z"),
        ({"lastHandledReconcileAt": "2026-13-01Tnonsense"}, None),
        ({"history": [{"lastReconciled": 7}], "artifact": {"lastUpdateTime": "2026-01-01T00:00:00Z"}},
         "2026-01-01T00:00:00Z"),
        ({"conditions": [{"type": "Ready", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_last_reconcile_is_what_a_controller_says_and_no_transition(status: object, moment: str | None) -> None:
    raw = orjson.dumps({"metadata": {"name": "x"}, "status": status})
    assert take(CLUSTER, KUSTOMIZATION, "v1", raw).row.reconciled_at == moment


def test_texts_that_many_objects_repeat_are_kept_once() -> None:
    first = take(CLUSTER, KUSTOMIZATION, "v1", orjson.dumps(APPS)).row
    second = take(CLUSTER, KUSTOMIZATION, "v1", orjson.dumps(APPS)).row
    assert first.message is second.message
    assert first.namespace is second.namespace
    assert first.labels[0] is second.labels[0]
    assert first.source is second.source


def test_what_is_kept_takes_no_more_memory_than_its_bytes() -> None:
    raw = orjson.dumps({"metadata": {"name": "apps"}, "spec": {"path": "x" * 2_000}})
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = [take(CLUSTER, KUSTOMIZATION, "v1", raw).body for _ in range(100)]
        each = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    finally:
        tracemalloc.stop()
    assert each < len(kept[0]) * 1.2
