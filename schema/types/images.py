"""What follows container images: repositories, policies and the automation that commits.

What all objects share is in schema.types.resource.
"""

from strawberry.scalars import JSON

from schema.types.declare import at, object_type
from schema.types.resource import Resource
from schema.types.scalars import DateTime
from schema.types.sources import GitReference, NamedReference, SourceReference


@object_type
class ScanResult:
    """What a look at a registry found."""

    tag_count: int | None = at("tagCount", "How many tags there are.")
    scan_time: DateTime | None = at("scanTime", "When it looked.")
    latest_tags: list[str] = at("latestTags", "Some of the tags found.")
    revision: str | None = at("revision", "The checksum of all tags found.")


@object_type
class ImageRepository(Resource):
    """Looks up the tags of a container image."""

    image: str | None = at("spec.image", "The image, without a tag.")
    interval: str | None = at("spec.interval", "How often it looks, as `5m`.")
    timeout: str | None = at("spec.timeout", "How long a look may take.")
    provider: str | None = at("spec.provider", "How it signs in.")
    secret_ref: NamedReference | None = at("spec.secretRef", "The Secret with its credentials.")
    exclusion_list: list[str] = at("spec.exclusionList", "Regular expressions of tags left out.")
    canonical_image_name: str | None = at("status.canonicalImageName", "The image with its registry.")
    last_scan: ScanResult | None = at("status.lastScanResult", "What it last found.")


@object_type
class TagFilter:
    """Which tags a policy considers."""

    pattern: str | None = at("pattern", "A regular expression the tags must match.")
    extract: str | None = at("extract", "The part of it that is compared.")


@object_type
class ImagePolicyRule:
    """How a policy picks the latest tag; one of these is given."""

    semver: str | None = at("semver.range", "The highest version within a range.")
    alphabetical: str | None = at("alphabetical.order", "The last in order of the alphabet: `asc` or `desc`.")
    numerical: str | None = at("numerical.order", "The last in order of numbers: `asc` or `desc`.")


@object_type
class ImageReference:
    """An image with the tag that was picked."""

    name: str | None = at("name", "The image.")
    tag: str | None = at("tag", "The tag.")
    digest: str | None = at("digest", "The digest, where the policy asks for it.")


@object_type
class ImagePolicy(Resource):
    """Picks the latest tag of an image by a rule."""

    image_repository_ref: SourceReference | None = at("spec.imageRepositoryRef", "The ImageRepository it picks from.")
    policy: ImagePolicyRule | None = at("spec.policy", "The rule.")
    filter_tags: TagFilter | None = at("spec.filterTags", "Which tags are considered.")
    digest_reflection_policy: str | None = at(
        "spec.digestReflectionPolicy", "Whether it looks up digests: `Never`, `IfNotPresent`, `Always`."
    )
    latest: ImageReference | None = at("status.latestRef", "What it picked.")
    previous: ImageReference | None = at("status.observedPreviousRef", "What it had picked before.")


@object_type
class ImageUpdateAutomation(Resource):
    """Commits newly picked tags to a Git repository."""

    source_ref: SourceReference | None = at("spec.sourceRef", "The GitRepository it works on.")
    interval: str | None = at("spec.interval", "How often it runs, as `30m`.")
    checkout: GitReference | None = at("spec.git.checkout.ref", "What it starts from.")
    push_branch: str | None = at("spec.git.push.branch", "The branch it pushes to.")
    commit_message_template: str | None = at("spec.git.commit.messageTemplate", "How its commit messages are made.")
    update_path: str | None = at("spec.update.path", "The only folder it changes.")
    update_strategy: str | None = at("spec.update.strategy", "How it changes files: `Setters`.")
    policy_selector: JSON | None = at("spec.policySelector", "Which policies it follows.")
    last_run_time: DateTime | None = at("status.lastAutomationRunTime", "When it last ran.")
    last_push_commit: str | None = at("status.lastPushCommit", "The commit it last pushed.")
    last_push_time: DateTime | None = at("status.lastPushTime", "When it last pushed.")
