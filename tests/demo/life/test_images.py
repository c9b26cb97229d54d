"""How images are scanned, tags are chosen, and updates are pushed, in the words of the image controllers."""

from typing import Any

import pytest

from gyre.demo.life.images import resolve
from gyre.demo.outside.git import Commit, Content, Repository
from gyre.demo.outside.registries import Image
from tests.support.living import Living

IMAGE = "ghcr.io/acme/cart"
URL = "https://git.example/shop"
TAGS = ["1.0.0", "1.1.0", "main-1a2b-1700000100", "main-3c4d-1700000200", "sha256-abc.sig"]


def scanned(living: Living) -> Image:
    image = Image(IMAGE, list(TAGS))
    living.outside.has(images=[image])
    living.has("ImageRepository", "cart", {"image": IMAGE, "interval": "5m"})
    living.passes(3)
    return image


def test_a_scan_counts_the_tags_without_those_that_are_excluded(living: Living) -> None:
    scanned(living)
    status = living.status("ImageRepository", "cart")
    result = status["lastScanResult"]
    assert result["tagCount"] == 4
    assert result["latestTags"] == ["main-3c4d-1700000200", "main-1a2b-1700000100", "1.1.0", "1.0.0"]
    assert result["scanTime"] == "2026-01-31T12:00:01Z"
    message = f"successful scan: found 4 tags with checksum {result['revision']}"
    assert living.says("ImageRepository", "cart") == ("True", "Succeeded", message)
    assert living.events("cart") == [("Normal", "Succeeded", message)]
    assert (status["canonicalImageName"], status["observedGeneration"]) == (IMAGE, 1)


def test_an_image_that_nobody_pushed_cannot_be_scanned(living: Living) -> None:
    living.outside.has(images=[Image("ghcr.io/acme/none", [])])
    living.has("ImageRepository", "none", {"image": "ghcr.io/acme/none", "interval": "5m"})
    living.passes(3)
    said = living.says("ImageRepository", "none")
    assert said is not None
    assert said[:2] == ("False", "ReadOperationFailed")
    assert said[2].startswith("scan failed: GET https://ghcr.io/v2/")


def test_a_policy_follows_its_repository(living: Living) -> None:
    policy = {"imageRepositoryRef": {"name": "cart"}, "policy": {"semver": {"range": "1.x"}}}
    living.has("ImagePolicy", "cart", policy)
    living.passes(2)
    missing = (
        "failed to get the referred ImageRepository: referenced ImageRepository does not exist: "
        'imagerepositories.image.toolkit.fluxcd.io "cart" not found'
    )
    assert living.says("ImagePolicy", "cart") == ("False", "DependencyNotReady", missing)
    image = scanned(living)
    living.passes(6)
    resolved = f"Latest image tag for {IMAGE} resolved to 1.1.0"
    assert living.says("ImagePolicy", "cart") == ("True", "Succeeded", resolved)
    image.tags.append("1.2.0")
    living.annotate("ImageRepository", "cart", requested_at="pushed")
    living.passes(5)
    resolved = f"Latest image tag for {IMAGE} resolved to 1.2.0 (previously {IMAGE}:1.1.0)"
    assert living.says("ImagePolicy", "cart") == ("True", "Succeeded", resolved)
    status = living.status("ImagePolicy", "cart")
    assert status["latestRef"] == {"name": IMAGE, "tag": "1.2.0"}
    assert status["observedPreviousRef"] == {"name": IMAGE, "tag": "1.1.0"}


def test_a_policy_that_no_tag_fits_fails_until_its_range_does(living: Living) -> None:
    scanned(living)
    policy = {"imageRepositoryRef": {"name": "cart"}, "policy": {"semver": {"range": ">=2.0.0"}}}
    living.has("ImagePolicy", "cart", policy)
    living.passes(3)
    none = ("False", "Failure", "unable to determine latest version from provided list")
    assert living.says("ImagePolicy", "cart") == none
    living.patch("ImagePolicy", "cart", {"spec": {"policy": {"semver": {"range": "what?"}}}})
    living.passes(3)
    invalid = ("True", "InvalidPolicy", "invalid policy: improper constraint: what?")
    assert living.says("ImagePolicy", "cart", "Stalled") == invalid
    living.patch("ImagePolicy", "cart", {"spec": {"policy": {"semver": {"range": "~1.0"}}}})
    living.passes(3)
    resolved = f"Latest image tag for {IMAGE} resolved to 1.0.0"
    assert living.says("ImagePolicy", "cart") == ("True", "Succeeded", resolved)
    assert living.says("ImagePolicy", "cart", "Stalled") is None


@pytest.mark.parametrize(
    ("spec", "chosen"),
    [
        ({"policy": {"semver": {"range": "*"}}}, "1.1.0"),
        ({"policy": {"alphabetical": {}}}, "sha256-abc.sig"),
        ({"policy": {"alphabetical": {"order": "desc"}}}, "1.0.0"),
        (
            {
                "policy": {"numerical": {"order": "asc"}},
                "filterTags": {"pattern": "^main-[a-f0-9]+-(?P<ts>[0-9]+)", "extract": "$ts"},
            },
            "main-3c4d-1700000200",
        ),
        (
            {
                "policy": {"numerical": {"order": "desc"}},
                "filterTags": {"pattern": "^main-[a-f0-9]+-(?<ts>[0-9]+)", "extract": "${ts}"},
            },
            "main-1a2b-1700000100",
        ),
        ({"policy": {"numerical": {}}}, None),
    ],
)
def test_a_policy_chooses_by_version_number_or_letters(spec: dict[str, Any], chosen: str | None) -> None:
    assert resolve(spec, TAGS) == chosen


def test_an_automation_pushes_newer_tags_which_are_then_rolled_out(living: Living) -> None:
    image = scanned(living)
    repository = Repository(URL, {"main": Commit("a" * 40, "Start")}, {"": Content()}, images={IMAGE: "1.1.0"})
    living.outside.has([repository])
    living.has("GitRepository", "shop", {"url": URL, "interval": "1m", "ref": {"branch": "main"}})
    policy = {"imageRepositoryRef": {"name": "cart"}, "policy": {"semver": {"range": "*"}}}
    living.has("ImagePolicy", "cart", policy)
    author = {"name": "bot", "email": "bot@acme.example"}
    automation = {
        "interval": "10m",
        "sourceRef": {"kind": "GitRepository", "name": "shop"},
        "git": {"commit": {"author": author}, "push": {"branch": "main"}},
    }
    living.has("ImageUpdateAutomation", "shop", automation)
    living.passes(5)
    assert living.says("ImageUpdateAutomation", "shop") == ("True", "Succeeded", "repository up-to-date")
    assert "lastPushCommit" not in living.status("ImageUpdateAutomation", "shop")
    image.tags.append("1.2.0")
    living.annotate("ImageRepository", "cart", requested_at="pushed")
    living.passes(5)
    living.annotate("ImageUpdateAutomation", "shop", requested_at="now")
    living.passes(5)
    status, commit = living.status("ImageUpdateAutomation", "shop"), repository.heads["main"]
    assert repository.images == {IMAGE: "1.2.0"}
    assert status["lastPushCommit"] == commit.hash
    assert status["observedPolicies"] == {"cart": {"name": IMAGE, "tag": "1.2.0"}}
    assert status["lastHandledReconcileAt"] == "now"
    assert living.says("ImageUpdateAutomation", "shop") == ("True", "Succeeded", "repository up-to-date")
    pushed = f"pushed commit '{commit.hash[:7]}' to branch 'main'\nUpdate images\n\n- {IMAGE}:1.1.0 -> {IMAGE}:1.2.0"
    assert ("Normal", "Succeeded", pushed) in living.events("shop")
    living.passes(60)
    assert living.status("GitRepository", "shop")["artifact"]["revision"] == f"main@sha1:{commit.hash}"
