"""GitRepository, OCIRepository, Bucket and HelmRepository, as source-controller reconciles them."""

import base64
import hashlib

from gyre.demo.life import artifacts
from gyre.demo.life.artifacts import Failure, Fetched
from gyre.demo.life.steps import Steps, Work
from gyre.demo.outside import semver
from gyre.demo.outside.git import Commit, Repository, digest_of
from gyre.demo.resources import Manifest

SHORT = 7


def reconcile(work: Work) -> Steps:
    """One reconciliation of a source."""
    if work.deleting:
        yield work.let_go()
        return
    if work.spec.get("suspend"):
        return
    if work.kind == "HelmRepository" and work.spec.get("type") == "oci":
        yield from _static(work)
        return
    yield from artifacts.begin(work)
    fetched = _FETCHES[work.kind](work)
    if isinstance(fetched, Failure):
        yield artifacts.fail(work, fetched, artifacts.retry_seconds(work))
        return
    yield from artifacts.store(work, fetched)


def _static(work: Work) -> Steps:
    """An OCI HelmRepository is only an address: it has no status, and loses one it had."""
    if work.status:
        work.status.clear()
        yield work.step()


def _git(work: Work) -> Fetched | Failure:
    repository = work.world.outside.repository(work.spec["url"])
    refused = _not_let_in(work, repository)
    if refused is not None:
        return refused
    name, ref = _git_ref(work.spec.get("ref") or {}, repository)
    commit = repository.head(ref) if ref else None
    if commit is None:
        what = f"reference not found: {name!r}" if not ref else f'couldn\'t find remote ref "refs/heads/{ref}"'
        message = f"failed to checkout and determine revision: unable to clone '{repository.url}': {what}"
        return Failure("GitOperationFailed", message)
    revision = f"{ref}@sha1:{commit.hash}"
    return Fetched(
        revision=revision,
        stored=f"stored artifact for revision '{revision}'",
        news=f"new upstream revision '{revision}'",
        told_reason="NewArtifact",
        told=f"stored artifact for commit '{commit.message or revision}'",
        same_reason="GitOperationSucceeded",
        same=f"no changes since last reconciliation: observed revision '{revision}'",
        size=20_480 + int(commit.hash[:4], 16),
    )


def _git_ref(ref: Manifest, repository: Repository) -> tuple[str, str]:
    """What was asked for, and the branch or tag it is."""
    if "semver" in ref:
        tag = semver.latest(repository.heads, ref["semver"])
        return f"no match found for semver: {ref['semver']}", tag or ""
    if "name" in ref:
        return ref["name"], ref["name"].rpartition("/")[2]
    if "tag" in ref:
        return ref["tag"], ref["tag"]
    return ref.get("branch", "master"), ref.get("branch", "master")


def _not_let_in(work: Work, repository: Repository) -> Failure | None:
    """Why a repository that wants a password refuses, or what is wrong with the Secret that is named."""
    named = (work.spec.get("secretRef") or {}).get("name")
    if named:
        secret = work.world.get("Secret", work.namespace, named)
        if secret is None:
            missing = f"failed to get secret '{work.namespace}/{named}': secrets \"{named}\" not found"
            return Failure("AuthenticationFailed", missing)
        if not repository.password or _password(secret) == repository.password:
            return None
    elif not repository.password:
        return None
    if work.kind == "Bucket":
        return Failure("BucketOperationFailed", f"bucket '{work.spec['bucketName']}': Access Denied.")
    clone = f"failed to checkout and determine revision: unable to clone '{repository.url}'"
    return Failure("GitOperationFailed", f"{clone}: authentication required: HTTP Basic: Access denied")


def _password(secret: Manifest) -> str:
    encoded = (secret.get("data") or {}).get("password") or (secret.get("data") or {}).get("secretkey") or ""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return ""


def _oci(work: Work) -> Fetched | Failure:
    url, ref = work.spec["url"], work.spec.get("ref") or {}
    repository = work.world.outside.repository(url)
    tag = semver.latest(repository.heads, ref["semver"]) if "semver" in ref else ref.get("tag", "latest")
    commit = repository.head(tag) if tag else None
    if commit is None or tag is None:
        what = f"no match found for semver: {ref['semver']}" if not tag else f"{url.removeprefix('oci://')}:{tag}"
        message = f"failed to determine artifact digest: MANIFEST_UNKNOWN: manifest unknown; {what}"
        return Failure("OCIArtifactPullFailed", message)
    digest = ref.get("digest") or digest_of(commit.hash)
    revision = f"{tag}@{digest}"
    return Fetched(
        revision=revision,
        stored=f"stored artifact for digest '{revision}'",
        news=f"new revision '{revision}' for '{url}'",
        told_reason="NewArtifact",
        told=f"stored artifact with revision '{revision}' from '{url}'",
        same_reason="ArtifactUpToDate",
        same=f"artifact up-to-date with remote revision: '{revision}'",
        metadata=_origin(url, tag, commit),
    )


def _origin(url: str, tag: str, commit: Commit) -> Manifest:
    return {
        "org.opencontainers.image.revision": f"{tag}@sha1:{commit.hash}",
        "org.opencontainers.image.source": url.replace("oci://ghcr.io/", "https://github.com/"),
    }


def _bucket(work: Work) -> Fetched | Failure:
    name, endpoint = work.spec["bucketName"], work.spec["endpoint"]
    repository = work.world.outside.repository(f"s3://{endpoint}/{name}")
    refused = _not_let_in(work, repository)
    if refused is not None:
        return refused
    commit = repository.head("latest")
    if commit is None:
        return Failure("BucketOperationFailed", f"bucket '{name}' not found")
    revision = digest_of(commit.hash)
    return Fetched(
        revision=revision,
        stored=f"stored artifact: revision '{revision}'",
        news=f"new upstream revision '{revision}'",
        told_reason="NewArtifact",
        told=f"stored artifact with {_files(commit.hash)} fetched files from '{name}' bucket",
        same_reason="ArtifactUpToDate",
        same=f"artifact up-to-date with remote revision: '{revision}'",
    )


def _files(text: str) -> int:
    return 3 + int(text[:2], 16) % 40


def _helm(work: Work) -> Fetched | Failure:
    url = work.spec["url"]
    repository = work.world.outside.chart_repository(url)
    if repository.unreachable:
        fetching = "failed to fetch Helm repository index: failed to cache index to temporary file"
        return Failure("Failed", f'{fetching}: Get "{url}/index.yaml": {repository.unreachable}')
    revision = digest_of(f"{url} {repository.edition}")
    return Fetched(
        revision=revision,
        stored=f"stored artifact: revision '{revision}'",
        news=f"new index revision '{revision}'",
        told_reason="NewArtifact",
        told=f"stored fetched index of size {_size(url)} from '{url}'",
        same_reason="ArtifactUpToDate",
        same=f"artifact up-to-date with remote revision: '{revision}'",
        filename=f"index-{revision.removeprefix('sha256:')}.yaml",
        status={"url": f"{artifacts.STORAGE_HOST}/helmrepository/{work.namespace}/{work.name}/index.yaml"},
    )


def _size(url: str) -> str:
    return f"{20 + hashlib.sha256(url.encode()).digest()[0]}.{SHORT}kB"


_FETCHES = {"GitRepository": _git, "OCIRepository": _oci, "Bucket": _bucket, "HelmRepository": _helm}
