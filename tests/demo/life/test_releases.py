"""How a HelmRelease installs, upgrades, fails, rolls back and gives up, in the words of helm-controller."""

from typing import Any

from gyre.demo.outside.registries import Chart, ChartRepository
from tests.support.living import Living

URL = "https://charts.example"
SPEC: dict[str, Any] = {
    "interval": "10m",
    "chart": {"spec": {"chart": "web", "version": "1.x", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}},
}
PROBLEM = 'cannot patch "web" with kind Deployment'


def described(living: Living) -> Chart:
    """A chart in two versions whose releases fail with `values.broken`."""
    chart = Chart(
        "web",
        {"1.0.0": "10.0", "1.1.0": "11.0"},
        objection=lambda version, values: PROBLEM if values.get("broken") or version == "1.2.0" else "",
    )
    living.outside.has(chart_repositories=[ChartRepository(URL, {"web": chart})])
    living.has("HelmRepository", "charts", {"url": URL, "interval": "1h"})
    living.passes(3)
    return chart


def installed(living: Living, **more: Any) -> Chart:
    chart = described(living)
    living.has("HelmRelease", "web", {**SPEC, **more})
    living.passes(10)
    return chart


def snapshots(living: Living) -> list[tuple[int, str, str]]:
    return [
        (each["version"], each["chartVersion"], each["status"])
        for each in living.status("HelmRelease", "web")["history"]
    ]


def test_it_makes_a_chart_and_installs_it(living: Living) -> None:
    installed(living)
    message = "Helm install succeeded for release shop/web.v1 with chart web@1.1.0"
    assert living.says("HelmRelease", "web") == ("True", "InstallSucceeded", message)
    assert living.says("HelmRelease", "web", "Released") == ("True", "InstallSucceeded", message)
    assert living.says("HelmRelease", "web", "Reconciling") is None
    status = living.status("HelmRelease", "web")
    assert status["helmChart"] == "shop/shop-web"
    assert (status["storageNamespace"], status["observedGeneration"]) == ("shop", 1)
    assert (status["lastAttemptedRevision"], status["lastAttemptedReleaseAction"]) == ("1.1.0", "install")
    (snapshot,) = status["history"]
    assert (snapshot["appVersion"], snapshot["status"], snapshot["action"]) == ("11.0", "deployed", "install")
    assert {"id": "shop_web_apps_Deployment", "v": "v1"} in status["inventory"]["entries"]
    chart = living.get("HelmChart", "shop-web")
    assert chart["metadata"]["labels"]["helm.toolkit.fluxcd.io/name"] == "web"
    assert chart["spec"]["version"] == "1.x"
    labels = living.get("Deployment", "web")["metadata"]["labels"]
    assert labels["helm.toolkit.fluxcd.io/namespace"] == "shop"
    created = "Created HelmChart/shop/shop-web with SourceRef 'HelmRepository/shop/charts'"
    assert living.events("web")[0] == ("Normal", "HelmChartCreated", created)
    assert ("Normal", "InstallSucceeded", message) in living.events("web")


def test_while_it_works_it_says_what_it_runs(living: Living) -> None:
    described(living)
    living.has("HelmRelease", "web", SPEC)
    living.passes(0.1)
    assert living.says("HelmRelease", "web", "Reconciling") == ("True", "Progressing", "Fulfilling prerequisites")
    living.passes(2.9)
    running = ("Unknown", "Progressing", "Running 'install' action with timeout of 5m0s")
    assert living.says("HelmRelease", "web") == running


def test_new_values_upgrade_and_the_release_before_is_remembered(living: Living) -> None:
    installed(living)
    living.patch("HelmRelease", "web", {"spec": {"values": {"replicaCount": 2}}})
    living.passes(10)
    message = "Helm upgrade succeeded for release shop/web.v2 with chart web@1.1.0"
    assert living.says("HelmRelease", "web") == ("True", "UpgradeSucceeded", message)
    assert snapshots(living) == [(2, "1.1.0", "deployed"), (1, "1.1.0", "superseded")]
    assert living.get("Deployment", "web")["spec"]["replicas"] == 2
    living.patch("HelmRelease", "web", {"spec": {"values": {"replicaCount": 3}}})
    living.passes(10)
    assert snapshots(living) == [(3, "1.1.0", "deployed"), (2, "1.1.0", "superseded")]


def test_a_new_version_in_the_range_upgrades_by_itself(living: Living) -> None:
    chart = installed(living)
    chart.versions["1.1.5"] = "11.5"
    living.outside.chart_repository(URL).edition += 1
    living.annotate("HelmRepository", "charts", requested_at="pushed")
    living.passes(15)
    message = "Helm upgrade succeeded for release shop/web.v2 with chart web@1.1.5"
    assert living.says("HelmRelease", "web") == ("True", "UpgradeSucceeded", message)


def test_a_failed_upgrade_without_retries_gives_up_until_the_spec_changes(living: Living) -> None:
    installed(living)
    living.patch("HelmRelease", "web", {"spec": {"values": {"broken": True}}})
    living.passes(10)
    message = f"Helm upgrade failed for release shop/web with chart web@1.1.0: {PROBLEM}"
    assert living.says("HelmRelease", "web") == ("False", "UpgradeFailed", message)
    assert living.says("HelmRelease", "web", "Released") == ("False", "UpgradeFailed", message)
    stalled = ("True", "RetriesExceeded", "Failed to upgrade after 1 attempt(s)")
    assert living.says("HelmRelease", "web", "Stalled") == stalled
    assert living.says("HelmRelease", "web", "Reconciling") is None
    assert ("Warning", "UpgradeFailed", message) in living.events("web")
    status = living.status("HelmRelease", "web")
    assert (status["failures"], status["upgradeFailures"], status["observedGeneration"]) == (1, 1, 2)
    living.passes(3600)
    assert living.status("HelmRelease", "web")["failures"] == 1
    living.patch("HelmRelease", "web", {"spec": {"values": {"broken": None}}})
    living.passes(10)
    said = living.says("HelmRelease", "web")
    assert said is not None
    assert said[:2] == ("True", "UpgradeSucceeded")
    assert living.says("HelmRelease", "web", "Stalled") is None
    assert "failures" not in living.status("HelmRelease", "web")


def test_a_failed_upgrade_with_retries_rolls_back_each_time_and_then_gives_up(living: Living) -> None:
    installed(living, upgrade={"remediation": {"retries": 1}})
    living.patch("HelmRelease", "web", {"spec": {"values": {"broken": True}}})
    living.passes(5)
    rolled_back = "Helm rollback to previous release shop/web.v1 with chart web@1.1.0 succeeded"
    assert living.says("HelmRelease", "web") == ("False", "RollbackSucceeded", rolled_back)
    assert living.says("HelmRelease", "web", "Remediated") == ("True", "RollbackSucceeded", rolled_back)
    assert living.says("HelmRelease", "web", "Reconciling") == ("True", "ProgressingWithRetry", rolled_back)
    assert snapshots(living)[:2] == [(3, "1.1.0", "deployed"), (2, "1.1.0", "failed")]
    living.passes(30)
    stalled = ("True", "RetriesExceeded", "Failed to upgrade after 2 attempt(s)")
    assert living.says("HelmRelease", "web", "Stalled") == stalled
    assert [each[1] for each in living.events("web")].count("UpgradeFailed") == 1
    living.patch("HelmRelease", "web", {"spec": {"values": {"broken": None}}})
    living.passes(10)
    said = living.says("HelmRelease", "web")
    assert said is not None
    assert said[:2] == ("True", "UpgradeSucceeded")
    assert living.says("HelmRelease", "web", "Remediated") is None


def test_a_failed_installation_with_retries_is_taken_back_and_tried_again(living: Living) -> None:
    installed(living, values={"broken": True}, install={"remediation": {"retries": 3}})
    taken_back = "Helm uninstall remediation for release shop/web.v1 with chart web@1.1.0 succeeded"
    assert living.says("HelmRelease", "web", "Remediated") == ("True", "UninstallSucceeded", taken_back)
    assert snapshots(living)[0][2] == "uninstalled"
    living.patch("HelmRelease", "web", {"spec": {"values": {"broken": None}}})
    living.passes(15)
    said = living.says("HelmRelease", "web")
    assert said is not None
    assert said[:2] == ("True", "InstallSucceeded")


def test_reset_clears_the_counters_and_force_upgrades_although_nothing_changed(living: Living) -> None:
    installed(living)
    living.annotate("HelmRelease", "web", requested_at="t1", force_at="t1")
    living.passes(10)
    assert snapshots(living)[0] == (2, "1.1.0", "deployed")
    assert living.status("HelmRelease", "web")["lastHandledForceAt"] == "t1"
    living.annotate("HelmRelease", "web", requested_at="t2")
    living.passes(10)
    assert snapshots(living)[0][0] == 2
    living.patch("HelmRelease", "web", {"spec": {"values": {"broken": True}}})
    living.passes(10)
    assert living.status("HelmRelease", "web")["failures"] == 1
    living.annotate("HelmRelease", "web", requested_at="t3", reset_at="t3")
    living.passes(10)
    status = living.status("HelmRelease", "web")
    assert (status["lastHandledResetAt"], status["lastHandledReconcileAt"]) == ("t3", "t3")
    assert snapshots(living)[0] == (4, "1.1.0", "failed")
    assert status["failures"] == 1


def test_a_chart_that_is_not_there_is_told_with_the_charts_own_words(living: Living) -> None:
    described(living)
    chart = {"spec": {**SPEC["chart"]["spec"], "version": "9.x"}}
    living.has("HelmRelease", "web", {**SPEC, "chart": chart})
    living.passes(10)
    why = (
        "HelmChart 'shop/shop-web' is not ready: invalid chart reference: failed to get chart version for remote "
        "reference: no 'web' chart with version matching '9.x' found"
    )
    assert living.says("HelmRelease", "web") == ("False", "SourceNotReady", why)
    living.patch("HelmRelease", "web", {"spec": {"chart": {"spec": {"version": "1.0.0"}}}})
    living.passes(15)
    message = "Helm install succeeded for release shop/web.v1 with chart web@1.0.0"
    assert living.says("HelmRelease", "web") == ("True", "InstallSucceeded", message)


def test_values_that_are_not_there_and_dependencies_hold_it_up(living: Living) -> None:
    described(living)
    living.has("HelmRelease", "web", {**SPEC, "dependsOn": [{"name": "database"}]})
    living.passes(5)
    waits = "dependency 'shop/database' not found: helmreleases.helm.toolkit.fluxcd.io \"database\" not found"
    assert living.says("HelmRelease", "web") == ("False", "DependencyNotReady", waits)
    living.has("HelmRelease", "database", {**SPEC, "valuesFrom": [{"kind": "Secret", "name": "credentials"}]})
    living.passes(10)
    missing = (
        "could not resolve Secret chart values reference 'shop/credentials' with key 'values.yaml': "
        'secrets "credentials" not found'
    )
    assert living.says("HelmRelease", "database") == ("False", "ValuesError", missing)
    assert living.says("HelmRelease", "web") == (
        "False",
        "DependencyNotReady",
        "dependency 'shop/database' is not ready",
    )
    living.has_secret("credentials", **{"values.yaml": "e30="})
    living.passes(40)
    for name in ("database", "web"):
        said = living.says("HelmRelease", name)
        assert said is not None
        assert said[:2] == ("True", "InstallSucceeded")


def test_a_chart_from_a_registry_is_released_in_its_tag(living: Living) -> None:
    living.has("OCIRepository", "web", {"url": "oci://ghcr.io/acme/web", "interval": "5m", "ref": {"tag": "2.0.1"}})
    living.has("HelmRelease", "web", {"interval": "5m", "chartRef": {"kind": "OCIRepository", "name": "web"}})
    living.passes(15)
    message = "Helm install succeeded for release shop/web.v1 with chart web@2.0.1"
    assert living.says("HelmRelease", "web") == ("True", "InstallSucceeded", message)
    assert living.names("HelmChart") == []


def test_tests_run_after_a_release_when_they_are_asked_for(living: Living) -> None:
    installed(living, test={"enable": True})
    passed = "Helm test succeeded for release shop/web.v1 with chart web@1.1.0: 1 test hook completed successfully"
    assert living.says("HelmRelease", "web") == ("True", "TestSucceeded", passed)
    assert living.says("HelmRelease", "web", "TestSuccess") == ("True", "TestSucceeded", passed)


def test_a_suspended_release_is_left_alone_even_when_asked(living: Living) -> None:
    chart = installed(living)
    living.patch("HelmRelease", "web", {"spec": {"suspend": True}})
    chart.versions["1.1.9"] = "11.9"
    living.outside.chart_repository(URL).edition += 1
    living.annotate("HelmRepository", "charts", requested_at="t1")
    living.annotate("HelmRelease", "web", requested_at="t1")
    living.passes(60)
    assert snapshots(living) == [(1, "1.1.0", "deployed")]
    assert "lastHandledReconcileAt" not in living.status("HelmRelease", "web")
    living.patch("HelmRelease", "web", {"spec": {"suspend": None}})
    living.passes(15)
    assert snapshots(living)[0] == (2, "1.1.9", "deployed")


def test_a_deleted_release_is_uninstalled_with_its_chart(living: Living) -> None:
    installed(living)
    living.delete("HelmRelease", "web")
    living.passes(5)
    for kind in ("HelmRelease", "HelmChart", "Deployment", "Pod"):
        assert living.names(kind) == []
    message = "Helm uninstall succeeded for release shop/web.v1 with chart web@1.1.0"
    assert ("Normal", "UninstallSucceeded", message) in living.events("web")


def test_a_namespace_is_made_only_when_the_release_may(living: Living) -> None:
    described(living)
    living.has("HelmRelease", "web", {**SPEC, "targetNamespace": "nowhere"})
    living.passes(10)
    failed = (
        "Helm install failed for release nowhere/nowhere-web with chart web@1.1.0: "
        'failed to create resource: namespaces "nowhere" not found'
    )
    assert living.says("HelmRelease", "web") == ("False", "InstallFailed", failed)
    living.patch("HelmRelease", "web", {"spec": {"install": {"createNamespace": True}, "values": {"replicaCount": 1}}})
    living.passes(10)
    said = living.says("HelmRelease", "web")
    assert said is not None
    assert said[0] == "True"
    assert living.names("Namespace") == ["nowhere", "shop"]
