"""How an ArtifactGenerator composes ExternalArtifacts, and what suspends it."""

from typing import Any

from tests.support.living import Living

SPEC: dict[str, Any] = {
    "sources": [{"alias": "repo", "kind": "GitRepository", "name": "shop"}],
    "artifacts": [
        {"name": "api", "originRevision": "@repo", "copy": [{"from": "@repo/api/**", "to": "@artifact/"}]},
        {"name": "web", "revision": "@repo", "copy": [{"from": "@repo/web/**", "to": "@artifact/"}]},
    ],
}
URL = "https://git.example/shop"


def made(living: Living) -> None:
    living.has("GitRepository", "shop", {"url": URL, "interval": "1m", "ref": {"branch": "main"}})
    living.has("ArtifactGenerator", "split", SPEC)
    living.passes(10)


def test_it_makes_one_external_artifact_of_each_output(living: Living) -> None:
    made(living)
    message = "reconciliation succeeded, generated 2 artifact(s)"
    assert living.says("ArtifactGenerator", "split") == ("True", "Succeeded", message)
    status = living.status("ArtifactGenerator", "split")
    assert "observedGeneration" not in status
    assert [each["name"] for each in status["inventory"]] == ["api", "web"]
    assert living.names("ExternalArtifact") == ["api", "web"]
    assert living.says("ExternalArtifact", "api") == ("True", "Succeeded", "Artifact is ready")
    api, web = living.get("ExternalArtifact", "api"), living.get("ExternalArtifact", "web")
    assert api["spec"]["sourceRef"]["kind"] == "ArtifactGenerator"
    source = living.status("GitRepository", "shop")["artifact"]["revision"]
    assert web["status"]["artifact"]["revision"] == source
    assert api["status"]["artifact"]["revision"] == f"latest@{api['status']['artifact']['digest']}"
    assert api["status"]["artifact"]["metadata"] == {"org.opencontainers.image.revision": source}
    finalizers = living.get("ArtifactGenerator", "split")["metadata"]["finalizers"]
    assert finalizers == ["source.extensions.fluxcd.io/finalizer"]


def test_a_new_commit_makes_new_artifacts_and_what_uses_them_follows(living: Living) -> None:
    made(living)
    kustomization = {
        "path": "./",
        "prune": True,
        "interval": "10m",
        "sourceRef": {"kind": "ExternalArtifact", "name": "api"},
    }
    living.has("Kustomization", "api", kustomization)
    living.passes(5)
    before = living.status("Kustomization", "api")
    origin = living.status("GitRepository", "shop")["artifact"]["revision"]
    assert before["lastAppliedOriginRevision"] == origin
    living.outside.repository(URL).push("main", "Change the API")
    living.annotate("GitRepository", "shop", requested_at="pushed")
    living.passes(10)
    after = living.status("Kustomization", "api")
    assert after["lastAppliedRevision"] != before["lastAppliedRevision"]
    assert after["lastAppliedRevision"] == living.status("ExternalArtifact", "api")["artifact"]["revision"]


def test_a_source_that_is_not_there_is_named(living: Living) -> None:
    living.has("ArtifactGenerator", "split", SPEC)
    living.passes(2)
    missing = (
        "get sources failed: unable to get source 'shop/shop': "
        'gitrepositories.source.toolkit.fluxcd.io "shop" not found'
    )
    assert living.says("ArtifactGenerator", "split") == ("False", "SourceFetchFailed", missing)


def test_only_its_annotation_suspends_it(living: Living) -> None:
    made(living)
    living.patch("ArtifactGenerator", "split", {"spec": {"suspend": True}})
    assert "suspend" not in living.get("ArtifactGenerator", "split")["spec"]
    living.annotate("ArtifactGenerator", "split", generator="Disabled")
    before = living.status("ArtifactGenerator", "split")
    living.outside.repository(URL).push("main", "Change the API")
    living.annotate("GitRepository", "shop", requested_at="pushed")
    living.annotate("ArtifactGenerator", "split", requested_at="t1")
    living.passes(30)
    assert living.status("ArtifactGenerator", "split") == before
    living.annotate("ArtifactGenerator", "split", generator=None, requested_at="t2")
    living.passes(10)
    after = living.status("ArtifactGenerator", "split")
    assert after["observedSourcesDigest"] != before["observedSourcesDigest"]
    assert after["lastHandledReconcileAt"] == "t2"


def test_an_output_that_is_dropped_goes_and_a_deleted_generator_takes_all(living: Living) -> None:
    made(living)
    living.patch("ArtifactGenerator", "split", {"spec": {"artifacts": SPEC["artifacts"][:1]}})
    living.passes(5)
    assert living.names("ExternalArtifact") == ["api"]
    living.delete("ArtifactGenerator", "split")
    living.passes(2)
    assert living.names("ExternalArtifact") == []
    assert living.names("ArtifactGenerator") == []
