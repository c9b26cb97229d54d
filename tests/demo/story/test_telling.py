"""The story as it is when somebody first looks, and as it goes on: believable, complete, true to the schemas."""

import json
import re
import shlex
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gyre.demo import structural
from gyre.demo.life.controllers import FLUX_KINDS
from gyre.demo.story.telling import Story
from tests.support.clocks import TurnedClock

PAGE = Path(__file__).parents[3] / "docs" / "demo.md"
CHAIN = {
    ("identity", "dex"): "databases/postgres",
    ("payments", "ledger"): "identity/dex",
    ("payments", "payments-api"): "payments/ledger",
    ("payments", "settlement-worker"): "payments/payments-api",
    ("storefront", "checkout"): "payments/payments-api",
}


@pytest.fixture(scope="module")
def story() -> Story:
    """Told once; who changes it makes one of their own."""
    told = Story(TurnedClock())
    told.tell()
    return told


def flux_objects(story: Story) -> list[dict[str, Any]]:
    return [each for kind in FLUX_KINDS for each in story.engine.list(kind)]


def ready(manifest: dict[str, Any]) -> tuple[str, str, str]:
    for each in (manifest.get("status") or {}).get("conditions", ()):
        if each["type"] == "Ready":
            return each["status"], each["reason"], each["message"]
    return "", "", ""


def reason(story: Story, kind: str, namespace: str, name: str) -> str:
    found = story.engine.get(kind, namespace, name)
    assert found is not None
    return ready(found)[1]


def test_all_nineteen_kinds_are_there(story: Story) -> None:
    kinds = Counter(each["kind"] for each in flux_objects(story))
    assert set(kinds) == set(FLUX_KINDS)
    assert len(FLUX_KINDS) == 19
    assert 60 <= kinds.total() <= 120


def test_everything_the_controllers_wrote_fits_the_schemas(story: Story) -> None:
    for manifest in flux_objects(story):
        resource = story.store.resources.named(manifest["kind"])
        assert resource.schema is not None
        subject = manifest["metadata"]["namespace"], manifest["metadata"]["name"]
        assert list(structural.validate(resource.schema, manifest)) == [], subject
        pruned = {**manifest}
        structural.prune(resource.schema, pruned)
        assert pruned == manifest, subject


def test_each_way_to_fail_is_there_with_its_own_reason(story: Story) -> None:
    postgres = story.engine.get("Kustomization", "databases", "postgres")
    assert postgres is not None
    assert {each["lastReconciledStatus"] for each in postgres["status"]["history"]} == {"HealthCheckFailed"}
    assert reason(story, "Kustomization", "data-platform", "airflow") == "BuildFailed"
    assert reason(story, "Kustomization", "payments", "partner-contracts") == "ArtifactFailed"
    assert reason(story, "GitRepository", "payments", "partner-contracts") == "GitOperationFailed"
    assert reason(story, "HelmChart", "payments", "payments-payments-gateway") == "InvalidChartReference"
    assert reason(story, "HelmRelease", "payments", "payments-gateway") == "SourceNotReady"
    assert reason(story, "HelmRelease", "monitoring", "loki") == "RollbackSucceeded"
    assert reason(story, "ImagePolicy", "search", "search-api") == "Failure"
    loki = story.engine.get("HelmRelease", "monitoring", "loki")
    assert loki is not None
    stalled = next(each for each in loki["status"]["conditions"] if each["type"] == "Stalled")
    assert (stalled["reason"], stalled["message"]) == ("RetriesExceeded", "Failed to upgrade after 2 attempt(s)")


def test_one_root_blocks_a_chain_through_three_namespaces(story: Story) -> None:
    for (namespace, name), waits_for in CHAIN.items():
        found = story.engine.get("Kustomization", namespace, name)
        assert found is not None
        assert ready(found) == ("False", "DependencyNotReady", f"dependency '{waits_for}' is not ready")


def test_what_is_suspended_says_who_did_it_and_why_and_what_it_was(story: Story) -> None:
    suspended = [
        each
        for each in flux_objects(story)
        if each["spec"].get("suspend") or "Disabled" in (each["metadata"].get("annotations") or {}).values()
    ]
    names = {each["metadata"]["name"] for each in suspended}
    assert {"opensearch", "postgres-backups", "notebooks", "experiments"} <= names
    for each in suspended:
        assert each["metadata"]["annotations"]["gyre.dev/suspended-by"].endswith("@acme.example")
        assert each["metadata"]["annotations"]["gyre.dev/suspended-reason"]
        assert ready(each)[0] == "True"


def test_the_past_is_past_and_nothing_is_in_the_future(story: Story) -> None:
    now = story.store.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    created = sorted(each["metadata"]["creationTimestamp"] for each in flux_objects(story))
    assert created[0] == "2025-12-21T12:00:08Z"
    assert created[-1] <= now
    for each in flux_objects(story):
        for condition in (each.get("status") or {}).get("conditions", ()):
            assert each["metadata"]["creationTimestamp"] <= condition["lastTransitionTime"] <= now


def test_inventories_name_objects_that_are_there(story: Story) -> None:
    there = {
        (kind, each["metadata"]["namespace"], each["metadata"]["name"])
        for kind in ("Deployment", "Service", "ConfigMap")
        for each in story.engine.list(kind)
    }
    for each in story.engine.list("Kustomization"):
        for entry in (each["status"].get("inventory") or {}).get("entries", ()):
            namespace, name, _, kind = entry["id"].split("_")
            if kind in ("Deployment", "Service", "ConfigMap"):
                assert (kind, namespace, name) in there


def test_the_same_seed_tells_the_same_story(story: Story) -> None:
    again = Story(TurnedClock())
    again.tell()
    assert again.store.version == story.store.version
    assert [each["spec"] for each in flux_objects(again)] == [each["spec"] for each in flux_objects(story)]
    assert [ready(each) for each in flux_objects(again)] == [ready(each) for each in flux_objects(story)]


def go_on(story: Story, clock: TurnedClock, seconds: float) -> None:
    """Let time pass with nothing happening outside."""
    for _ in range(int(seconds * 10)):
        clock.moment += timedelta(seconds=0.1)
        story.engine.turn()


def test_whoever_mends_what_fails_as_the_page_says_frees_the_chain_too() -> None:
    clock = TurnedClock()
    story = Story(clock)
    story.tell()
    commands = [shlex.split(found) for found in re.findall(r"`kubectl (-n \S+ patch [^`]*)`", PAGE.read_text())]
    for _, namespace, _, kind, name, _, _, _, patch in commands:
        resource = next(each for each in story.store.resources if each.singular == kind)
        story.store.patch(resource, namespace, name, json.loads(patch))
    go_on(story, clock, 125)
    patched = [(kind, namespace, name) for _, namespace, _, kind, name, *_ in commands if kind != "secret"]
    assert len(patched) == 5
    kinds = {each.singular: each.kind for each in story.store.resources}
    mended = [(kinds[kind], namespace, name) for kind, namespace, name in patched]
    mended += [(kind, "payments", "partner-contracts") for kind in ("GitRepository", "Kustomization")]
    freed = [("Kustomization", *place) for place in CHAIN]
    for kind, namespace, name in (*mended, *freed):
        found = story.engine.get(kind, namespace, name)
        assert found is not None
        assert ready(found)[0] == "True", (name, ready(found))
    before = story.engine.flux_changes
    for _ in range(10):
        story.happenings.happen()
        go_on(story, clock, 3)
    assert story.engine.flux_changes - before > 50
