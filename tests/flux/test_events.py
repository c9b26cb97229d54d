"""What is kept of a Kubernetes Event: only about Flux objects, read in both of its forms, masked."""

import json
from typing import Any

import pytest

from gyre.errors import Invalid
from gyre.flux.events import take_event
from gyre.terms.events import EventRow, EventType
from gyre.terms.naming import ClusterName, Kind, Reference
from tests.support.cluster import KUSTOMIZATIONS, event

DEFAULT = ClusterName("default")
PODS = Kind("", "Pod", "pods")
CERTIFICATES = Kind("cert-manager.io", "Certificate", "certificates")


def row_of(document: dict[str, Any]) -> EventRow:
    taken = take_event(DEFAULT, json.dumps(document).encode())
    assert taken is not None
    return taken.row


def test_an_event_becomes_a_row_with_all_that_is_shown_of_it() -> None:
    told = event("apps.1", count=3, lastTimestamp="2026-01-01T00:05:00Z", type="Warning")
    told["metadata"]["resourceVersion"] = "7"

    assert row_of(told) == EventRow(
        cluster=DEFAULT,
        namespace="prod",
        name="apps.1",
        uid="uid-apps.1",
        resource_version="7",
        type=EventType.WARNING,
        reason="ReconciliationSucceeded",
        message="Reconciliation finished in 1s",
        count=3,
        first_at="2026-01-01T00:00:00Z",
        last_at="2026-01-01T00:05:00Z",
        controller="kustomize-controller",
        about=Reference(kind="Kustomization", name="apps", namespace="prod", group=KUSTOMIZATIONS.group),
        plural="kustomizations",
    )


def test_an_event_told_through_events_k8s_io_has_a_series_and_a_time_in_microseconds() -> None:
    told = event(
        "apps.1",
        count=None,
        firstTimestamp=None,
        lastTimestamp=None,
        eventTime="2026-01-01T00:00:00.123456Z",
        series={"count": 12, "lastObservedTime": "2026-01-01T00:09:00.654321Z"},
        source={},
    )
    row = row_of(told)

    assert (row.count, row.first_at, row.last_at) == (12, "2026-01-01T00:00:00.123456Z", "2026-01-01T00:09:00.654321Z")
    assert row.controller == "kustomize-controller"


def test_an_event_without_any_time_was_told_when_it_was_created() -> None:
    row = row_of(event("apps.1", at="2026-01-01T00:00:00Z", firstTimestamp=None, lastTimestamp=None, count=None))
    assert (row.count, row.first_at, row.last_at) == (1, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")


@pytest.mark.parametrize("about", [PODS, CERTIFICATES, Kind("", "", "")])
def test_what_is_about_no_flux_object_is_not_kept(about: Kind) -> None:
    assert take_event(DEFAULT, json.dumps(event("web.1", about)).encode()) is None


def test_a_kind_of_a_flux_group_that_gyre_does_not_know_has_no_plural_for_a_rule_to_name() -> None:
    row = row_of(event("new.1", Kind(KUSTOMIZATIONS.group, "Later", "laters")))
    assert (row.about.kind, row.plural) == ("Later", "")


def test_a_kind_of_another_group_counts_when_the_cluster_says_it_is_flux() -> None:
    raw = json.dumps(event("one.1", CERTIFICATES)).encode()
    taken = take_event(
        DEFAULT, raw, lambda *named: CERTIFICATES if named == ("cert-manager.io", "Certificate") else None
    )
    assert taken is not None
    assert taken.row.plural == "certificates"


def test_secrets_are_masked_in_the_row_and_in_the_bytes() -> None:
    hook = "/hook/" + "0a" * 32
    told = event("apps.1", message=f"failed to clone https://bob:hunter2@git.example.com/a?token=t0k see {hook}")
    told["metadata"] |= {"annotations": {"example.com/password": "hunter2"}, "managedFields": [{"manager": "x"}]}
    taken = take_event(DEFAULT, json.dumps(told).encode())

    assert taken is not None
    masked = "failed to clone https://********:********@git.example.com/a?token=******** see /hook/********"
    assert taken.row.message == masked
    body = json.loads(taken.body)
    assert (body["apiVersion"], body["kind"], body["message"]) == ("v1", "Event", masked)
    assert body["metadata"]["annotations"] == {"example.com/password": "********"}
    assert "managedFields" not in body["metadata"]
    assert b"hunter2" not in taken.body


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"involvedObject": 1}', b"\xff", b'{"involvedObject": {"kind": 1}}'])
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        take_event(DEFAULT, raw)


def test_an_event_without_a_name_is_refused() -> None:
    nameless = event("x")
    del nameless["metadata"]["name"]
    with pytest.raises(Invalid, match=r"without metadata\.name"):
        take_event(DEFAULT, json.dumps(nameless).encode())


def test_odd_values_count_as_absent() -> None:
    row = row_of(event("apps.1", count="many", type=7, reason=None, message=["x"], series=3, source="y"))
    assert (row.count, row.type, row.reason, row.message) == (1, EventType.NORMAL, "", "")
