"""ImageRepository, ImagePolicy and ImageUpdateAutomation, as their two controllers reconcile them."""

import re
import zlib
from collections.abc import Iterable

from gyre.demo.life.conditions import READY, RECONCILING, STALLED, find
from gyre.demo.life.durations import go, seconds
from gyre.demo.life.steps import DEPENDENCY_SECONDS, Step, Steps, Work
from gyre.demo.outside import Repository, semver
from gyre.demo.outside.git import digest_of
from gyre.demo.resources import Manifest

SHOWN_TAGS = 10
RETRY_SECONDS = 15.0
FLUX_BOT = "fluxcdbot"


def _fail(work: Work, reason: str, message: str, again_in: float) -> Step:
    work.mark(READY, "False", reason, message)
    work.reconciling(message, "ProgressingWithRetry")
    work.answer_request()
    work.tell(reason, message, warning=True)
    return work.step(again_in=again_in)


def _succeed(work: Work, message: str, *, told: str = "", again_in: float | None) -> Step:
    before = find(work.status, READY)
    work.drop(RECONCILING, STALLED)
    work.mark(READY, "True", "Succeeded", message)
    work.observe()
    work.answer_request()
    if told or before is None or (before["status"], before["message"]) != ("True", message):
        work.tell("Succeeded", told or message)
    return work.step(again_in=again_in)


def _begin(work: Work) -> Steps:
    work.reconciling("reconciliation in progress")
    if work.changed:
        message = f"processing object: new generation {work.observed_generation} -> {work.generation}"
        work.progress(message, drift=False)
    if work.changed or work.requested:
        yield work.step(0.3)


def repository(work: Work) -> Steps:
    """One scan of an image repository."""
    if work.deleting:
        yield work.let_go()
        return
    adopted = work.adopt()
    if adopted is not None:
        yield adopted
    if work.spec.get("suspend"):
        return
    yield from _begin(work)
    before = work.status.get("lastScanResult") or {}
    why = "reconcile requested" if work.requested else "triggered by interval" if before else "first scan"
    work.progress(f"scanning: {why}", drift=False)
    yield work.step(0.8)
    name = work.spec["image"]
    excluded = work.spec.get("exclusionList") or [r"^.*\.sig$"]
    tags = [tag for tag in work.world.outside.image(name).tags if not any(re.search(each, tag) for each in excluded)]
    if not tags:
        denied = f"GET https://{name.partition('/')[0]}/v2/: NAME_UNKNOWN: repository name not known to registry"
        yield _fail(work, "ReadOperationFailed", f"scan failed: {denied}", RETRY_SECONDS)
        return
    checksum = str(zlib.adler32(",".join(sorted(tags)).encode()))
    work.status["canonicalImageName"] = name
    work.status["observedExclusionList"] = excluded
    work.status["lastScanResult"] = {
        "latestTags": sorted(tags, reverse=True)[:SHOWN_TAGS],
        "revision": checksum,
        "scanTime": work.now,
        "tagCount": len(tags),
    }
    message = f"successful scan: found {len(tags)} tags with checksum {checksum}"
    yield _succeed(work, message, again_in=seconds(work.spec["interval"], 300))


def policy(work: Work) -> Steps:
    """One resolution of an image policy."""
    if work.deleting:
        yield work.let_go()
        return
    if work.spec.get("suspend"):
        return
    yield from _begin(work)
    ref = work.spec["imageRepositoryRef"]
    found = work.world.get("ImageRepository", ref.get("namespace") or work.namespace, ref["name"])
    if found is None:
        missing = f'imagerepositories.image.toolkit.fluxcd.io "{ref["name"]}" not found'
        message = f"failed to get the referred ImageRepository: referenced ImageRepository does not exist: {missing}"
        yield _fail(work, "DependencyNotReady", message, DEPENDENCY_SECONDS)
        return
    image = found["spec"]["image"]
    if not (found.get("status") or {}).get("lastScanResult"):
        message = f"retrying in {go(DEPENDENCY_SECONDS)} error: no tags in database"
        yield _fail(work, "DependencyNotReady", message, DEPENDENCY_SECONDS)
        return
    try:
        tag = resolve(work.spec, work.world.outside.image(image).tags)
    except (semver.BadRange, re.error) as error:
        work.stall("InvalidPolicy", f"invalid policy: {error}")
        work.answer_request()
        yield work.step()
        return
    if tag is None:
        yield _fail(work, "Failure", "unable to determine latest version from provided list", RETRY_SECONDS)
        return
    _choose(work, image, tag)
    yield _succeed(work, _resolved(work.status), again_in=None)


def resolve(spec: Manifest, tags: Iterable[str]) -> str | None:
    """The tag that a policy's spec picks."""
    wanted = spec["policy"]
    pattern, extract = (spec.get("filterTags") or {}).get("pattern"), (spec.get("filterTags") or {}).get("extract")
    values = {tag: tag for tag in tags}
    if pattern:
        matches = {tag: re.search(_python_pattern(pattern), tag) for tag in values}
        values = {_extracted(match, extract) if extract else tag: tag for tag, match in matches.items() if match}
    if "semver" in wanted:
        found = semver.latest(values, wanted["semver"]["range"])
        return values[found] if found else None
    name = "numerical" if "numerical" in wanted else "alphabetical"
    numbers = [each for each in values if each.isdecimal()] if name == "numerical" else list(values)
    if not numbers:
        return None
    last = max if (wanted.get(name) or {}).get("order", "asc") == "asc" else min
    return values[last(numbers, key=int) if name == "numerical" else last(numbers)]


def _python_pattern(pattern: str) -> str:
    return pattern if "(?P<" in pattern else pattern.replace("(?<", "(?P<")


def _extracted(match: re.Match[str], template: str) -> str:
    named = match.groupdict() | {str(number): group for number, group in enumerate(match.groups(), 1)}
    return re.sub(r"\$\{?(\w+)\}?", lambda found: named.get(found[1]) or "", template)


def _choose(work: Work, image: str, tag: str) -> None:
    before = work.status.get("latestRef")
    latest: Manifest = {"name": image, "tag": tag}
    if work.spec.get("digestReflectionPolicy", "Never") != "Never":
        latest["digest"] = digest_of(f"{image}:{tag}")
    if before and before != latest:
        work.status["observedPreviousRef"] = before
    work.status["latestRef"] = latest


def _resolved(status: Manifest) -> str:
    latest, before = status["latestRef"], status.get("observedPreviousRef")
    text = f"Latest image tag for {latest['name']} resolved to {latest['tag']}"
    if "digest" in latest:
        text += f" with digest {latest['digest']}"
    if before:
        digest = f"@{before['digest']}" if "digest" in before else ""
        text += f" (previously {before['name']}:{before['tag']}{digest})"
    return text


def automation(work: Work) -> Steps:
    """One run of an image update automation: it writes newer tags into its repository and pushes."""
    if work.deleting:
        yield work.let_go()
        return
    adopted = work.adopt()
    if adopted is not None:
        yield adopted
    if work.spec.get("suspend"):
        return
    yield from _begin(work)
    ref = work.spec["sourceRef"]
    source = work.world.get("GitRepository", ref.get("namespace") or work.namespace, ref["name"])
    if source is None:
        missing = f'gitrepositories.source.toolkit.fluxcd.io "{ref["name"]}" not found'
        message = f"failed configuring source manager: failed to get git repository: {missing}"
        yield _fail(work, "SourceManagerFailed", message, RETRY_SECONDS)
        return
    again = seconds(work.spec["interval"], 300)
    work.status["lastAutomationRunTime"] = work.now
    observed = _observed_policies(work)
    yield work.step(0.6)
    pushed = _push(work, work.world.outside.repository(source["spec"]["url"]), source, observed)
    work.status["observedPolicies"] = observed
    yield _succeed(work, "repository up-to-date", told=pushed, again_in=again)


def _observed_policies(work: Work) -> Manifest:
    wanted = (work.spec.get("policySelector") or {}).get("matchLabels") or {}
    found = {}
    for each in work.world.list("ImagePolicy", work.namespace):
        labels, latest = each["metadata"].get("labels") or {}, (each.get("status") or {}).get("latestRef")
        if latest and all(labels.get(key) == value for key, value in wanted.items()):
            found[each["metadata"]["name"]] = latest
    return found


def _push(work: Work, repository_: Repository, source: Manifest, observed: Manifest) -> str:
    """Write newer tags into the repository; what is told of it, empty when nothing was newer."""
    newer = {
        latest["name"]: latest["tag"]
        for latest in observed.values()
        if repository_.images.get(latest["name"], latest["tag"]) != latest["tag"]
    }
    branch = (source["spec"].get("ref") or {}).get("branch", "main")
    pushes_to = ((work.spec.get("git") or {}).get("push") or {}).get("branch", branch)
    if not newer:
        return ""
    lines = [f"- {name}:{repository_.images[name]} -> {name}:{tag}" for name, tag in sorted(newer.items())]
    repository_.images.update(newer)
    message = "Update images\n\n" + "\n".join(lines)
    commit = repository_.push(pushes_to, message.partition("\n")[0], FLUX_BOT)
    work.status["lastPushCommit"] = commit.hash
    work.status["lastPushTime"] = work.now
    work.status["observedSourceRevision"] = f"{pushes_to}@sha1:{commit.hash}"
    return f"pushed commit '{commit.hash[:7]}' to branch '{pushes_to}'\n{message}"
