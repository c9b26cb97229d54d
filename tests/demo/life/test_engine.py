"""How the engine runs controllers: at once on changes, again on changes meanwhile, never for what is gone."""

import asyncio
from typing import Any

import pytest

from gyre.demo.journal import Change
from gyre.demo.life.controllers import CONTROLLERS
from gyre.demo.life.steps import Steps, Work
from tests.support.living import Living

SPEC: dict[str, Any] = {
    "path": "./cart",
    "prune": True,
    "interval": "10m",
    "sourceRef": {"kind": "GitRepository", "name": "shop"},
}
GIT = {"url": "https://git.example/shop", "interval": "10m", "ref": {"branch": "main"}}


def applied(living: Living) -> None:
    living.has("GitRepository", "shop", GIT)
    living.has("Kustomization", "cart", SPEC)
    living.passes(10)


def test_a_status_is_written_in_two_strokes_the_conditions_first(living: Living) -> None:
    told: list[tuple[object, ...]] = []

    def hear(change: Change) -> None:
        manifest = change.held.read()
        status = manifest.get("status") or {}
        ready = next((each["status"] for each in status.get("conditions", ()) if each["type"] == "Ready"), None)
        revision = (status.get("artifact") or {}).get("revision") or status.get("lastAppliedRevision")
        told.append((manifest["kind"], ready, status.get("observedGeneration"), revision))

    for kind in ("GitRepository", "Kustomization"):
        living.store.follow(living.store.resources.named(kind), hear)
    applied(living)
    ready = [each for each in told if each[1] == "True"]
    revision = living.status("GitRepository", "shop")["artifact"]["revision"]
    assert ready[:2] == [("GitRepository", "True", -1, None), ("GitRepository", "True", 1, revision)]
    assert ready[2:] == [("Kustomization", "True", -1, None), ("Kustomization", "True", 1, revision)]


def test_a_spec_that_changes_while_it_is_reconciled_is_reconciled_again(living: Living) -> None:
    applied(living)
    living.patch("Kustomization", "cart", {"spec": {"path": "./one"}})
    living.passes(0.5)
    living.patch("Kustomization", "cart", {"spec": {"path": "./two"}})
    living.passes(10)
    status = living.status("Kustomization", "cart")
    assert status["observedGeneration"] == 3
    assert [each["id"] for each in status["inventory"]["entries"]][-1] == "shop_two_apps_Deployment"
    assert living.names("Deployment") == ["two"]


def test_a_label_or_status_alone_reconciles_nothing(living: Living) -> None:
    applied(living)
    before = living.engine.flux_changes
    living.patch("Kustomization", "cart", {"metadata": {"labels": {"team": "a"}}})
    living.passes(60)
    assert living.engine.flux_changes == before + 1


def test_an_object_that_goes_while_it_is_reconciled_leaves_nothing_behind(living: Living) -> None:
    living.has("ImagePolicy", "gone", {"imageRepositoryRef": {"name": "x"}, "policy": {"semver": {"range": "*"}}})
    living.passes(0.1)
    living.delete("ImagePolicy", "gone")
    living.passes(60)
    assert living.names("ImagePolicy") == []
    assert living.engine.due_in() is None


def test_a_controller_that_breaks_is_told_of_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(work: Work) -> Steps:
        yield work.step()
        raise LookupError("no such thing")

    living = Living(controllers={**CONTROLLERS, "Receiver": breaks})
    living.has("Receiver", "broken", {"type": "github", "resources": [{"kind": "GitRepository", "name": "shop"}]})
    living.has("GitRepository", "shop", GIT)
    living.passes(5)
    assert living.events("broken") == [("Warning", "ReconciliationFailed", "panic: LookupError('no such thing')")]
    assert "a simulated controller failed on Receiver shop/broken" in caplog.text
    said = living.says("GitRepository", "shop")
    assert said is not None
    assert said[0] == "True"


@pytest.mark.anyio
async def test_it_runs_until_it_is_cancelled_and_wakes_for_what_is_new(living: Living) -> None:
    running = asyncio.create_task(living.engine.run())
    living.has("HelmRepository", "oci", {"url": "https://charts.example", "interval": "1h"})
    for _ in range(200):
        await asyncio.sleep(0.01)
        if living.says("HelmRepository", "oci", "Reconciling"):
            break
    assert living.says("HelmRepository", "oci", "Reconciling") is not None
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
