"""How sources become ready, fail, are asked, rest and recover, in the words of source-controller."""

import pytest

from gyre.demo.outside.git import Commit, Content, Repository
from gyre.demo.outside.registries import Chart, ChartRepository
from tests.support.living import Living

URL = "https://git.example/shop"
GIT = {"url": URL, "interval": "1m", "ref": {"branch": "main"}}
FIRST, SECOND = "a" * 40, "b" * 40


def described(living: Living, *, password: str = "") -> Repository:
    repository = Repository(URL, {"main": Commit(FIRST, "Add the cart")}, {"": Content()}, password=password)
    living.outside.has([repository])
    return repository


def test_a_git_repository_stores_an_artifact_of_the_newest_commit(living: Living) -> None:
    described(living)
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    status = living.status("GitRepository", "shop")
    stored = f"stored artifact for revision 'main@sha1:{FIRST}'"
    assert living.says("GitRepository", "shop") == ("True", "Succeeded", stored)
    assert living.says("GitRepository", "shop", "ArtifactInStorage") == ("True", "Succeeded", stored)
    assert living.says("GitRepository", "shop", "Reconciling") is None
    assert status["observedGeneration"] == 1
    assert status["artifact"]["revision"] == f"main@sha1:{FIRST}"
    assert status["artifact"]["path"] == f"gitrepository/shop/shop/{FIRST}.tar.gz"
    assert status["artifact"]["digest"].startswith("sha256:")
    assert living.events("shop") == [("Normal", "NewArtifact", "stored artifact for commit 'Add the cart'")]
    assert living.get("GitRepository", "shop")["metadata"]["finalizers"] == ["finalizers.fluxcd.io"]


def test_while_it_works_it_says_so(living: Living) -> None:
    described(living)
    living.has("GitRepository", "shop", GIT)
    living.passes(0.1)
    message = "processing object: new generation -1 -> 1"
    assert living.says("GitRepository", "shop") == ("Unknown", "Progressing", message)
    assert living.says("GitRepository", "shop", "Reconciling") == ("True", "Progressing", message)
    living.passes(0.5)
    message = f"building artifact: new upstream revision 'main@sha1:{FIRST}'"
    assert living.says("GitRepository", "shop", "Reconciling") == ("True", "Progressing", message)


def test_a_new_commit_is_seen_at_the_next_interval(living: Living) -> None:
    repository = described(living)
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    repository.heads["main"] = Commit(SECOND, "Fix the cart")
    living.passes(50)
    assert living.status("GitRepository", "shop")["artifact"]["revision"] == f"main@sha1:{FIRST}"
    living.passes(15)
    assert living.status("GitRepository", "shop")["artifact"]["revision"] == f"main@sha1:{SECOND}"
    assert living.events("shop")[-1] == ("Normal", "NewArtifact", "stored artifact for commit 'Fix the cart'")


def test_a_request_is_answered_with_its_own_stamp(living: Living) -> None:
    described(living)
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    changed = living.status("GitRepository", "shop")["conditions"][0]["lastTransitionTime"]
    living.annotate("GitRepository", "shop", requested_at="now")
    living.passes(0.1)
    assert living.says("GitRepository", "shop", "Reconciling") == ("True", "Progressing", "reconciliation in progress")
    assert "lastHandledReconcileAt" not in living.status("GitRepository", "shop")
    living.passes(2)
    status = living.status("GitRepository", "shop")
    assert status["lastHandledReconcileAt"] == "now"
    assert living.says("GitRepository", "shop", "Reconciling") is None
    assert status["conditions"][0]["lastTransitionTime"] == changed
    same = f"no changes since last reconciliation: observed revision 'main@sha1:{FIRST}'"
    assert living.events("shop")[-1] == ("Normal", "GitOperationSucceeded", same)


def test_a_suspended_source_does_not_move_until_it_is_resumed(living: Living) -> None:
    repository = described(living)
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    living.patch("GitRepository", "shop", {"spec": {"suspend": True}})
    repository.heads["main"] = Commit(SECOND, "Fix the cart")
    living.passes(3600)
    assert living.status("GitRepository", "shop")["artifact"]["revision"] == f"main@sha1:{FIRST}"
    assert living.status("GitRepository", "shop")["observedGeneration"] == 1
    living.annotate("GitRepository", "shop", requested_at="while suspended")
    living.passes(5)
    assert "lastHandledReconcileAt" not in living.status("GitRepository", "shop")
    living.patch("GitRepository", "shop", {"spec": {"suspend": None}})
    living.passes(3)
    status = living.status("GitRepository", "shop")
    assert status["artifact"]["revision"] == f"main@sha1:{SECOND}"
    assert (status["observedGeneration"], status["lastHandledReconcileAt"]) == (3, "while suspended")


def test_a_repository_that_wants_a_password_refuses_until_the_right_secret_is_named(living: Living) -> None:
    described(living, password="hunter2")
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    denied = (
        f"failed to checkout and determine revision: unable to clone '{URL}': "
        "authentication required: HTTP Basic: Access denied"
    )
    assert living.says("GitRepository", "shop") == ("False", "GitOperationFailed", denied)
    assert living.says("GitRepository", "shop", "FetchFailed") == ("True", "GitOperationFailed", denied)
    assert living.says("GitRepository", "shop", "Reconciling") == ("True", "ProgressingWithRetry", denied)
    assert living.events("shop")[-1] == ("Warning", "GitOperationFailed", denied)
    assert living.status("GitRepository", "shop")["observedGeneration"] == -1
    living.patch("GitRepository", "shop", {"spec": {"secretRef": {"name": "token"}}})
    living.passes(3)
    missing = "failed to get secret 'shop/token': secrets \"token\" not found"
    assert living.says("GitRepository", "shop") == ("False", "AuthenticationFailed", missing)
    living.has_secret("token", password="aHVudGVyMg==")
    living.passes(150)
    assert living.says("GitRepository", "shop") == (
        "True",
        "Succeeded",
        f"stored artifact for revision 'main@sha1:{FIRST}'",
    )
    assert living.says("GitRepository", "shop", "FetchFailed") is None


def test_a_branch_that_is_not_there_is_named(living: Living) -> None:
    described(living)
    living.has("GitRepository", "shop", {**GIT, "ref": {"branch": "release"}})
    living.passes(3)
    said = living.says("GitRepository", "shop")
    assert said is not None
    assert said[:2] == ("False", "GitOperationFailed")
    assert said[2].endswith('couldn\'t find remote ref "refs/heads/release"')


@pytest.mark.parametrize(
    ("kind", "spec", "words"),
    [
        (
            "OCIRepository",
            {"url": "oci://ghcr.io/acme/deploy", "ref": {"tag": "v1"}},
            "stored artifact for digest 'v1@",
        ),
        ("Bucket", {"bucketName": "models", "endpoint": "s3.example"}, "stored artifact: revision 'sha256:"),
        ("HelmRepository", {"url": "https://charts.example"}, "stored artifact: revision 'sha256:"),
    ],
)
def test_every_source_that_nobody_described_becomes_ready(
    living: Living, kind: str, spec: dict[str, object], words: str
) -> None:
    living.has(kind, "any", {"interval": "5m", **spec})
    living.passes(3)
    said = living.says(kind, "any")
    assert said is not None
    assert said[:2] == ("True", "Succeeded")
    assert said[2].startswith(words)


def test_an_oci_helm_repository_has_no_status_at_all(living: Living) -> None:
    living.has("HelmRepository", "oci", {"url": "oci://ghcr.io/acme/charts", "type": "oci"})
    living.passes(3)
    assert living.status("HelmRepository", "oci") == {}


def test_a_chart_is_taken_in_the_newest_version_of_its_range(living: Living) -> None:
    living.outside.has(
        chart_repositories=[
            ChartRepository(
                "https://charts.example", {"redis": Chart("redis", {"1.2.0": "7", "1.10.0": "8", "2.0.0": "9"})}
            )
        ]
    )
    living.has("HelmRepository", "charts", {"url": "https://charts.example", "interval": "1h"})
    chart = {
        "chart": "redis",
        "version": "1.x",
        "interval": "5m",
        "sourceRef": {"kind": "HelmRepository", "name": "charts"},
    }
    living.has("HelmChart", "redis", chart)
    living.passes(5)
    pulled = "pulled 'redis' chart with version '1.10.0'"
    assert living.says("HelmChart", "redis") == ("True", "ChartPullSucceeded", pulled)
    status = living.status("HelmChart", "redis")
    assert status["artifact"]["revision"] == "1.10.0"
    assert status["observedChartName"] == "redis"
    index = living.status("HelmRepository", "charts")["artifact"]["revision"]
    assert status["observedSourceArtifactRevision"] == index
    living.patch("HelmChart", "redis", {"spec": {"version": "3.x"}})
    living.passes(5)
    none = (
        "invalid chart reference: failed to get chart version for remote reference: "
        "no 'redis' chart with version matching '3.x' found"
    )
    assert living.says("HelmChart", "redis") == ("False", "InvalidChartReference", none)
    living.patch("HelmChart", "redis", {"spec": {"version": "2.x"}})
    living.passes(5)
    pulled = "pulled 'redis' chart with version '2.0.0'"
    assert living.says("HelmChart", "redis") == ("True", "ChartPullSucceeded", pulled)


def test_a_deleted_source_goes_when_its_controller_lets_it(living: Living) -> None:
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    living.delete("GitRepository", "shop")
    assert "deletionTimestamp" in living.get("GitRepository", "shop")["metadata"]
    living.passes(1)
    assert living.names("GitRepository") == []
